"""How sources fare: what the scraper wrote down of them, their hosts, hubs, entries and articles. Read-only."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from services.desk.adapters.records import source_of
from services.desk.domain.source_views import (
    CALM,
    HostView,
    HubView,
    SourceArticle,
    SourceDetails,
    SourceView,
    TroubledSource,
    WaitingArticle,
)
from shared.kit.urls import host_of
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow, EntryRow, HostRow, HubSubscriptionRow, SourceStateRow
from shared.store.unit_of_work import Work

SHOWN_ARTICLES = 5
SHOWN_WAITING = 5
_STILL_TO_READ = ("waiting", "again")


class SourceQueries(Work):
    """What the desk reads of sources."""

    async def source_views(self, now: datetime) -> list[SourceView]:
        """Return the live sources with how they fare, by name; `now` is what "the last day" ends with."""
        day, week = now - timedelta(days=1), now - timedelta(days=7)
        found = (
            select(
                ArticleRow.source_id,
                func.count().label("articles"),
                func.count().filter(ArticleRow.fetched_at > day).label("articles_day"),
                func.count().filter(ArticleRow.fetched_at > week).label("articles_week"),
            )
            .group_by(ArticleRow.source_id)
            .subquery()
        )
        counts = [
            func.coalesce(column, 0) for column in (found.c.articles, found.c.articles_day, found.c.articles_week)
        ]
        statement = (
            select(SourceRow, SourceStateRow, *counts)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
            .outerjoin(found, found.c.source_id == SourceRow.source_id)
            .where(SourceRow.removed_at.is_(None))
            .order_by(func.lower(SourceRow.name))
        )
        rows = (await self.session.execute(statement)).all()
        return [_source_view(source, state, (all_, in_day, in_week)) for source, state, all_, in_day, in_week in rows]

    async def source_details(self, view: SourceView) -> SourceDetails:
        """Return the source with what its host, its hub, its articles and its waiting entries say."""
        source_id = view.source.source_id
        host = await self.session.get(HostRow, host_of(view.moved_to or view.source.url))
        hub = await self.session.get(HubSubscriptionRow, source_id)
        waiting = EntryRow.source_id == source_id, EntryRow.state.in_(_STILL_TO_READ)
        count = await self.session.scalar(select(func.count()).select_from(EntryRow).where(*waiting))
        statement = select(EntryRow).where(*waiting).order_by(EntryRow.next_try_at, EntryRow.entry_id)
        entries = list(await self.session.scalars(statement.limit(SHOWN_WAITING)))
        return SourceDetails(
            view=view,
            host=None if host is None else _host_view(host),
            hub=None if hub is None else _hub_view(hub),
            articles=await self._last_articles(source_id),
            waiting=tuple(
                WaitingArticle(each.title, each.url, each.failures, each.next_try_at, each.last_error)
                for each in entries
            ),
            waiting_count=count or 0,
        )

    async def troubled_sources(self, limit: int) -> list[TroubledSource]:
        """Return sources in trouble, the newest trouble first."""
        statement = (
            select(SourceRow.name, SourceStateRow.state, SourceStateRow.state_since, SourceStateRow.last_error)
            .join(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
            .where(SourceRow.removed_at.is_(None), ~SourceRow.paused, SourceStateRow.state.not_in(CALM))
            .order_by(SourceStateRow.state_since.desc().nulls_last(), SourceRow.name)
            .limit(limit)
        )
        rows = (await self.session.execute(statement)).all()
        return [TroubledSource(name, state, since, why or "") for name, state, since, why in rows]

    async def _last_articles(self, source_id: UUID) -> tuple[SourceArticle, ...]:
        statement = (
            select(
                ArticleRow.article_id,
                ArticleRow.title,
                ArticleRow.url,
                ArticleRow.language,
                ArticleRow.published_at,
                ArticleRow.fetched_at,
                ArticleRow.gate,
            )
            .where(ArticleRow.source_id == source_id)
            .order_by(ArticleRow.fetched_at.desc(), ArticleRow.article_id)
            .limit(SHOWN_ARTICLES)
        )
        return tuple(SourceArticle(*row) for row in (await self.session.execute(statement)).all())


def _source_view(row: SourceRow, state: SourceStateRow | None, counts: tuple[int, int, int]) -> SourceView:
    articles, articles_day, articles_week = counts
    return SourceView(
        source=source_of(row),
        state="paused" if row.paused else state.state if state else "new",
        last_look_at=state.last_look_at if state else None,
        next_look_at=state.next_look_at if state and not row.paused else None,
        last_error=state.last_error if state else None,
        articles=articles,
        articles_day=articles_day,
        articles_week=articles_week,
        state_since=state.state_since if state and not row.paused else None,
        last_success_at=state.last_success_at if state else None,
        last_new_at=state.last_new_at if state else None,
        interval_seconds=state.interval_seconds if state else None,
        failures=state.failures if state else 0,
        found_kind=state.found_kind if state else None,
        moved_to=state.moved_to if state else None,
        hub=state.hub if state else None,
    )


def _host_view(row: HostRow) -> HostView:
    return HostView(
        host=row.host,
        robots_status=row.robots_status,
        robots_at=row.robots_at,
        robots_failing_since=row.robots_failing_since,
        delay_seconds=row.delay_seconds,
        next_request_at=row.next_request_at,
        pages_rest_until=row.pages_rest_until,
    )


def _hub_view(row: HubSubscriptionRow) -> HubView:
    return HubView(
        hub=row.hub,
        topic=row.topic,
        state=row.state,
        asked_at=row.asked_at,
        ends_at=row.ends_at,
        pushes=row.pushes,
        last_push_at=row.last_push_at,
        last_error=row.last_error,
    )

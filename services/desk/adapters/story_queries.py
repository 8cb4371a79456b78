"""The stream of stories: the newest copies and alerts of all, or those that a query of the rule language finds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    Tuple,
    exists,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.elements import SQLCoreOperations

from services.desk.adapters.archive_conditions import as_tsquery
from services.desk.adapters.backtest_queries import BacktestQueries, has_terms, in_time
from services.desk.adapters.story_lines import ARRIVED, StoryLineQueries
from services.desk.domain.stories import Asked, Hit, Place
from shared.rules.archive_query import Condition
from shared.rules.archive_terms import ARCHIVE_FORM
from shared.store.alerts import AlertRow
from shared.store.archive import ArchivedArticleRow
from shared.store.harvest import ArticleRow
from shared.store.verdicts import VerdictRow

MOST_JOINED = 2_000  # articles that a query finds: of more, the newest are looked for from the newest end
_IS_OVERLONG = ArchivedArticleRow.words == ""


class StoryQueries(BacktestQueries, StoryLineQueries):
    """Reads the stream."""

    async def newest_events(self, asked: Asked, before: Place | None, limit: int) -> Sequence[Place]:
        """Return where copies came or alerts were raised, the newest first; a story may be there several times."""
        alerts = (
            select(AlertRow.story_id, AlertRow.raised_at.label("at"))
            .where(_is_before(AlertRow.raised_at, AlertRow.story_id, before))
            .order_by(AlertRow.raised_at.desc(), AlertRow.story_id.desc())
            .limit(limit)
        )
        events = alerts
        if not asked.alerted:
            copies = _copies(asked).where(_is_before(ARRIVED, ArticleRow.story_id, before))
            copies = copies.order_by(ARRIVED.desc(), ArticleRow.story_id.desc()).limit(limit)
            both = copies.subquery().select().union_all(alerts.subquery().select()).subquery()
            events = select(both).order_by(both.c.at.desc(), both.c.story_id.desc()).limit(limit)
        return [Place(at, story_id) for story_id, at in await self.session.execute(events)]

    async def told_above(self, story_ids: Collection[UUID], asked: Asked, above: Place) -> frozenset[UUID]:
        """Return the stories of these that have an event above this place: they stand on an earlier page."""
        alerts = select(AlertRow.story_id).where(
            AlertRow.story_id.in_(story_ids), tuple_(AlertRow.raised_at, AlertRow.story_id) >= _edge(above)
        )
        told: Select[UUID] | CompoundSelect[UUID] = alerts
        if not asked.alerted:
            copies = _copies(asked).where(ArticleRow.story_id.in_(story_ids), _is_from(above))
            told = alerts.union_all(select(copies.subquery().c.story_id))
        return frozenset(await self.session.scalars(told))

    async def hits(
        self,
        condition: Condition,
        *,
        alerted: bool,
        before: Place | None = None,
        of: Collection[UUID] | None = None,
        above: Place | None = None,
        limit: int,
    ) -> Sequence[Hit]:
        """Return the articles that meet the condition, the newest first: below a place, or above it of some stories."""
        row = ArchivedArticleRow
        found = select(row.article_id, _IS_OVERLONG.label("is_overlong")).where(row.form == ARCHIVE_FORM)
        said = as_tsquery(condition)
        if said is not None:
            found = found.where(has_terms(literal(said, Text())))
        if of is not None and above is not None:
            copies = select(ArticleRow.article_id).where(ArticleRow.story_id.in_(of), _is_from(above))
            found = found.where(row.article_id.in_(copies))
        with in_time():
            if await self._are_few(found):
                met = found.cte("met").prefix_with("MATERIALIZED")
                joined: Select[Any] = _stream(alerted=alerted, before=before).add_columns(met.c.is_overlong)
                joined = joined.join(met, met.c.article_id == ArticleRow.article_id).limit(limit)
                rows = await self.session.execute(joined)
                return [Hit(article_id, Place(at, story), is_long) for article_id, story, at, is_long in rows]
            # Walked from the newest end, each held against all that the index found; a join would look at every one.
            many = ArticleRow.article_id.in_(found.with_only_columns(row.article_id)).is_(True)
            overlong = select(_IS_OVERLONG).where(row.article_id == ArticleRow.article_id).scalar_subquery()
            walk: Select[Any] = _stream(alerted=alerted, before=before).where(many).add_columns(overlong).limit(limit)
            walked = await self.session.execute(walk)
            return [Hit(article_id, Place(at, story), is_long) for article_id, story, at, is_long in walked]

    async def _are_few(self, found: Select[UUID, bool]) -> bool:
        some = found.limit(MOST_JOINED + 1).subquery()
        return (await self.session.scalar(select(func.count()).select_from(some)) or 0) <= MOST_JOINED


def _stream(*, alerted: bool, before: Place | None) -> Select[UUID, UUID, datetime]:
    """Return published articles below a place, the newest first."""
    stream = select(ArticleRow.article_id, ArticleRow.story_id, ARRIVED.label("at"))
    stream = stream.where(_is_before(ARRIVED, ArticleRow.story_id, before), ArticleRow.gate.is_(None))
    if alerted:
        stream = stream.where(exists().where(AlertRow.story_id == ArticleRow.story_id))
    return stream.order_by(ARRIVED.desc(), ArticleRow.story_id.desc())


def _is_from(above: Place) -> ColumnElement[bool]:
    return tuple_(ARRIVED, ArticleRow.story_id) >= _edge(above)


def _copies(asked: Asked) -> Select[UUID, datetime]:
    """Return the articles that were published: those about both countries or not judged yet, or every one."""
    copies = select(ArticleRow.story_id, ARRIVED.label("at")).where(ArticleRow.gate.is_(None))
    if asked.everything:
        return copies
    newest = (
        select(VerdictRow.relevant)
        .where(VerdictRow.article_id == ArticleRow.article_id)
        .order_by(VerdictRow.judged_at.desc(), VerdictRow.verdict_id)
        .limit(1)
        .lateral()
    )
    return copies.outerjoin(newest, true()).where(func.coalesce(newest.c.relevant, true()))


def _is_before(
    at: SQLCoreOperations[datetime], story_id: SQLCoreOperations[UUID], before: Place | None
) -> ColumnElement[bool]:
    return true() if before is None else tuple_(at, story_id) < _edge(before)


def _edge(place: Place) -> Tuple:
    return tuple_(literal(place.at, ArticleRow.fetched_at.type), literal(place.story_id, ArticleRow.story_id.type))

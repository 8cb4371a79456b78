"""What became of an address: its article with versions, copies and alerts, or the entry that still waits. Read-only."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from services.desk.domain.article_views import (
    ArticleDetails,
    ArticleVersion,
    CopyView,
    HeldView,
    SharedAddress,
    WaitingEntryView,
)
from shared.kit.ids import id_for
from shared.kit.urls import host_of
from shared.store.alerts import AlertRow
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRevisionRow, ArticleRow, EntryRow
from shared.store.unit_of_work import Work
from shared.store.verdicts import VerdictRow

MOST_COPIES = 50


class ArticleQueries(Work):
    """Reads articles and what is known of them."""

    async def article_at(self, canonical: str, url: str) -> ArticleDetails | None:
        """Return the article of this address (as it is, or in its canonical form)."""
        return await self._details(or_(ArticleRow.canonical_url == canonical, ArticleRow.url == url))

    async def articles_at(self, url: str) -> Sequence[SharedAddress]:
        """Return the articles that lead to this very address, the latest first; some of many."""
        rows = await self.session.execute(
            select(ArticleRow.article_id, ArticleRow.title)
            .where(ArticleRow.url == url)
            .order_by(ArticleRow.fetched_at.desc(), ArticleRow.article_id)
            .limit(MOST_COPIES)
        )
        return [SharedAddress(article_id, title) for article_id, title in rows]

    async def article_of(self, article_id: UUID) -> ArticleDetails | None:
        """Return the article of this id."""
        return await self._details(ArticleRow.article_id == article_id)

    async def waiting_at(self, canonical: str, url: str) -> WaitingEntryView | None:
        """Return an entry of this address whose page was not read yet; one that shares its address by that."""
        row = (
            await self.session.execute(
                select(EntryRow, SourceRow.name)
                .join(SourceRow, SourceRow.source_id == EntryRow.source_id)
                .where(
                    EntryRow.state == "waiting",
                    or_(
                        EntryRow.entry_id == id_for("entry", canonical),
                        and_(EntryRow.host == host_of(url), EntryRow.url == url),
                    ),
                )
                .limit(1)
            )
        ).one_or_none()
        if row is None:
            return None
        entry, name = row
        return WaitingEntryView(
            name, entry.title, entry.url, entry.found_at, entry.next_try_at, entry.failures, entry.last_error
        )

    async def held(self, limit: int) -> Sequence[HeldView]:
        """Return the articles that the gate holds back, the latest first."""
        rows = await self.session.scalars(
            select(ArticleRow)
            .where(ArticleRow.gate.is_not(None))
            .order_by(ArticleRow.fetched_at.desc(), ArticleRow.article_id)
            .limit(limit)
        )
        return [
            HeldView(
                row.article_id, row.source_name, row.title, row.url, row.gate or "", row.fetched_at, bool(row.text)
            )
            for row in rows
        ]

    async def _details(self, which: ColumnElement[bool]) -> ArticleDetails | None:
        row = (await self.session.scalars(select(ArticleRow).where(which).limit(1))).one_or_none()
        if row is None:
            return None
        verdict = (
            await self.session.execute(
                select(VerdictRow.relevance, VerdictRow.relevant)
                .where(VerdictRow.article_id == row.article_id)
                .order_by(VerdictRow.judged_at.desc())
                .limit(1)
            )
        ).one_or_none()
        return ArticleDetails(
            article_id=row.article_id,
            story_id=row.story_id,
            source_name=row.source_name,
            url=row.url,
            author=row.author,
            agency=row.agency,
            dateline=row.dateline,
            language=row.language,
            text_from=row.text_from,
            published_at=row.published_at,
            fetched_at=row.fetched_at,
            alertable=row.alertable,
            held=row.gate,
            versions=await self._versions(row),
            copies=await self._copies(row),
            relevance=verdict.relevance if verdict else None,
            relevant=verdict.relevant if verdict else None,
            alerts=tuple(await self._alerts(row.story_id)),
        )

    async def _versions(self, row: ArticleRow) -> tuple[ArticleVersion, ...]:
        earlier = await self.session.scalars(
            select(ArticleRevisionRow)
            .where(ArticleRevisionRow.article_id == row.article_id)
            .order_by(ArticleRevisionRow.revision)
        )
        versions = [ArticleVersion(each.revision, each.title, each.text, each.seen_at) for each in earlier]
        return (*versions, ArticleVersion(row.revision, row.title, row.text, row.revised_at or row.fetched_at))

    async def _copies(self, row: ArticleRow) -> tuple[CopyView, ...]:
        others = await self.session.scalars(
            select(ArticleRow)
            .where(ArticleRow.story_id == row.story_id, ArticleRow.article_id != row.article_id)
            .order_by(ArticleRow.fetched_at)
            .limit(MOST_COPIES)
        )
        return tuple(CopyView(each.source_name, each.title, each.url, each.fetched_at) for each in others)

    async def _alerts(self, story_id: UUID) -> Sequence[str]:
        names = await self.session.scalars(
            select(AlertRow.rule_name).where(AlertRow.story_id == story_id).order_by(AlertRow.rule_name)
        )
        return names.all()

"""The searchable archive: files articles, and finds those that are not filed yet."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from services.classifier.ports import Filed
from shared.contracts.verdict import Verdict
from shared.rules.archive_terms import ARCHIVE_FORM
from shared.rules.archived import archived
from shared.rules.document import Document, Origin
from shared.store.archive import ArchivedArticleRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Work, is_outage
from shared.store.verdicts import VerdictRow
from shared.telemetry import metrics

logger = logging.getLogger(__name__)

LOCK_WAIT_MILLISECONDS = 500  # a verdict may be this much later; who rebuilds the index holds the table for minutes
_LOCK_NOT_AVAILABLE = "55P03"


class ArchiveHeldError(Exception):
    """Somebody holds the archive, as a rebuild of its index does."""


class ArchiveQueries(Work):
    """Writes the searchable archive."""

    _is_locked = False  # in this transaction somebody held the archive for too long: it is not waited for again

    async def file(self, article_id: UUID, verdict: Verdict, judged_at: datetime | None = None) -> None:
        """Put the article, as it stands, into the archive with this verdict; what is held back is in none.

        Words of an earlier version and an earlier verdict never take the place of later ones. Where it cannot be filed,
        because somebody holds the archive or because it does not go in, the rest of the transaction stands:
        `pactwatch reindex` files it.
        """
        row = await self.session.get(ArticleRow, article_id)
        if row is None or row.gate is not None:
            return
        try:
            self._refuse_to_wait_again()
            values = _filed(row, verdict, judged_at)
            async with self._waiting_shortly():
                await self._file([values], and_(ArchivedArticleRow.revision <= row.revision, _IS_NO_LATER_VERDICT))
        except Exception as error:  # alerts do not wait for the archive, whatever is wrong with it
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            self._is_locked = self._is_locked or _tells_of_lock(error)
            metrics.ARTICLES_NOT_FILED.inc()
            why = getattr(error, "orig", None) or error  # without the statement, which holds the whole article
            logger.warning("article %s is judged, but not in the archive (pactwatch reindex): %s", article_id, why)

    def _refuse_to_wait_again(self) -> None:
        if self._is_locked:
            raise ArchiveHeldError("the archive is held by somebody else")

    async def _file(self, values: Sequence[dict[str, Any]], where: ColumnElement[bool]) -> None:
        """Write rows within a savepoint, so that a failure takes nothing else back."""
        filing = insert(ArchivedArticleRow).values(values)
        async with self.session.begin_nested():
            await self.session.execute(
                filing.on_conflict_do_update(
                    index_elements=[ArchivedArticleRow.article_id],
                    set_={name: filing.excluded[name] for name in _CHANGING},
                    where=where,
                )
            )

    @asynccontextmanager
    async def _waiting_shortly(self) -> AsyncIterator[None]:
        """Wait for locks only for a moment."""
        before = await self.session.scalar(select(func.current_setting("lock_timeout")))
        await self._wait_for_locks(f"{LOCK_WAIT_MILLISECONDS}ms")
        try:
            yield
        finally:
            await self._wait_for_locks(before or "0")

    async def _wait_for_locks(self, setting: str) -> None:
        await self.session.execute(select(func.set_config("lock_timeout", setting, True)))  # noqa: FBT003 - SQL

    async def unfiled_count(self) -> int:
        """Return how many judged articles are not in the archive, or in an earlier form of it."""
        return await self.session.scalar(select(func.count()).select_from(ArticleRow).where(_IS_UNFILED)) or 0

    async def file_next(self, after: tuple[datetime, UUID] | None, limit: int) -> Filed:
        """File the next articles that are not in the archive, the last fetched first.

        What is filed meanwhile by somebody else stays as that is. An article whose newest verdict cannot be read waits
        until it is judged again.
        """
        newest = (
            select(VerdictRow.findings, VerdictRow.judged_at)
            .where(VerdictRow.article_id == ArticleRow.article_id)
            .order_by(VerdictRow.judged_at.desc())
            .limit(1)
            .lateral()
        )
        read = (ArticleRow, newest.c.findings, newest.c.judged_at)
        asked = select(*read).select_from(ArticleRow).join(newest, true()).where(_IS_UNFILED)
        if after is not None:
            asked = asked.where(tuple_(ArticleRow.fetched_at, ArticleRow.article_id) < after)
        asked = asked.order_by(ArticleRow.fetched_at.desc(), ArticleRow.article_id.desc()).limit(limit)
        found = (await self.session.execute(asked)).all()
        values = [
            _filed(row, verdict, judged_at)
            for row, findings, judged_at in found
            if (verdict := _read(row, findings)) is not None
        ]
        filed = await self._file_each_that_goes_in(values)
        last = found[-1][0] if len(found) == limit else None
        return Filed(filed, len(found) - filed, last and (last.fetched_at, last.article_id))

    async def _file_each_that_goes_in(self, values: Sequence[dict[str, Any]]) -> int:
        """File together, or one by one where one does not go in; returns how many were filed. Raises for a lock."""
        if not values:
            return 0
        try:
            await self._file(values, _IS_BEHIND)
        except DBAPIError as error:
            if error.connection_invalidated or is_outage(error):
                raise
            if len(values) == 1:
                metrics.ARTICLES_NOT_FILED.inc()
                logger.warning("article %s does not go into the archive: %s", values[0]["article_id"], error.orig)
                return 0
            return sum([await self._file_each_that_goes_in([each]) for each in values])
        return len(values)


_CHANGING = [column.name for column in ArchivedArticleRow.__table__.columns if column.name != "article_id"]
_HAS_A_LATER_VERDICT = (  # one that could not be filed; of what was filed by a version that did not say it is not known
    select(VerdictRow.verdict_id)
    .where(VerdictRow.article_id == ArchivedArticleRow.article_id, VerdictRow.judged_at > ArchivedArticleRow.judged_at)
    .exists()
)
_IS_FILED = (
    select(ArchivedArticleRow.article_id)
    .where(ArchivedArticleRow.article_id == ArticleRow.article_id, ArchivedArticleRow.form == ARCHIVE_FORM)
    .where(ArchivedArticleRow.revision >= ArticleRow.revision, ~_HAS_A_LATER_VERDICT)
    .exists()
)
_IS_BEHIND = or_(
    ArchivedArticleRow.form != ARCHIVE_FORM,
    ArchivedArticleRow.revision < literal_column("excluded.revision"),
    ArchivedArticleRow.judged_at < literal_column("excluded.judged_at"),
)
_IS_NO_LATER_VERDICT = func.coalesce(ArchivedArticleRow.judged_at <= literal_column("excluded.judged_at"), true())
_IS_UNFILED: ColumnElement[bool] = and_(
    ArticleRow.gate.is_(None),
    ~_IS_FILED,
    select(VerdictRow.verdict_id).where(VerdictRow.article_id == ArticleRow.article_id).exists(),
)


def _tells_of_lock(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _filed(row: ArticleRow, verdict: Verdict, judged_at: datetime | None) -> dict[str, Any]:
    origin = Origin(source=row.source_name, url=row.url, published=row.published_at, language=row.language)
    kept = archived(Document(row.title, row.text, verdict, origin), str(row.source_id))
    return {
        "article_id": row.article_id,
        "revision": row.revision,
        "judged_at": judged_at,
        "form": ARCHIVE_FORM,
        "moment": min(row.published_at or row.fetched_at, row.fetched_at),
        "source": row.source_name,
        "title": row.title,
        "facts": kept.facts,
        "terms": kept.terms,
        "words": kept.words,
        "joins": kept.joins,
    }


def _read(row: ArticleRow, findings: dict[str, Any]) -> Verdict | None:
    try:
        return Verdict.model_validate(findings)
    except ValidationError as wrong:
        logger.warning("article %s: its newest verdict cannot be read: %s", row.article_id, wrong)
        return None

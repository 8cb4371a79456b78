"""The searchable archive: files articles, and finds those that are not filed yet."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, and_, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import insert

from services.classifier.ports import Filed
from shared.contracts.verdict import Verdict
from shared.rules.archive_terms import ARCHIVE_FORM
from shared.rules.archived import archived
from shared.rules.document import Document, Origin
from shared.store.archive import ArchivedArticleRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Work
from shared.store.verdicts import VerdictRow

logger = logging.getLogger(__name__)


class ArchiveQueries(Work):
    """Writes the searchable archive."""

    async def file(self, article_id: UUID, verdict: Verdict) -> None:
        """Put the article, as it stands, into the archive with this verdict; what is held back is in none.

        Words of an earlier version never take the place of those of a later one.
        """
        row = await self.session.get(ArticleRow, article_id)
        if row is None or row.gate is not None:
            return
        filing = insert(ArchivedArticleRow).values(_filed(row, verdict))
        await self.session.execute(
            filing.on_conflict_do_update(
                index_elements=[ArchivedArticleRow.article_id],
                set_={name: filing.excluded[name] for name in _CHANGING},
                where=ArchivedArticleRow.revision <= filing.excluded.revision,
            )
        )

    async def unfiled_count(self) -> int:
        """Return how many judged articles are not in the archive, or in an earlier form of it."""
        return await self.session.scalar(select(func.count()).select_from(ArticleRow).where(_IS_UNFILED)) or 0

    async def file_next(self, after: tuple[datetime, UUID] | None, limit: int) -> Filed:
        """File the next articles that are not in the archive, the last fetched first.

        What is filed meanwhile by somebody else stays as that is. An article whose newest verdict cannot be read waits
        until it is judged again.
        """
        newest = (
            select(VerdictRow.findings)
            .where(VerdictRow.article_id == ArticleRow.article_id)
            .order_by(VerdictRow.judged_at.desc())
            .limit(1)
            .lateral()
        )
        asked = select(ArticleRow, newest.c.findings).select_from(ArticleRow).join(newest, true()).where(_IS_UNFILED)
        if after is not None:
            asked = asked.where(tuple_(ArticleRow.fetched_at, ArticleRow.article_id) < after)
        asked = asked.order_by(ArticleRow.fetched_at.desc(), ArticleRow.article_id.desc()).limit(limit)
        found = (await self.session.execute(asked)).all()
        values = [_filed(row, verdict) for row, findings in found if (verdict := _read(row, findings)) is not None]
        if values:
            filing = insert(ArchivedArticleRow).values(values)
            await self.session.execute(
                filing.on_conflict_do_update(
                    index_elements=[ArchivedArticleRow.article_id],
                    set_={name: filing.excluded[name] for name in _CHANGING},
                    where=ArchivedArticleRow.form != ARCHIVE_FORM,
                )
            )
        last = found[-1][0] if len(found) == limit else None
        return Filed(len(values), len(found) - len(values), last and (last.fetched_at, last.article_id))


_CHANGING = [column.name for column in ArchivedArticleRow.__table__.columns if column.name != "article_id"]
_IS_FILED = (
    select(ArchivedArticleRow.article_id)
    .where(ArchivedArticleRow.article_id == ArticleRow.article_id, ArchivedArticleRow.form == ARCHIVE_FORM)
    .exists()
)
_IS_UNFILED: ColumnElement[bool] = and_(
    ArticleRow.gate.is_(None),
    ~_IS_FILED,
    select(VerdictRow.verdict_id).where(VerdictRow.article_id == ArticleRow.article_id).exists(),
)


def _filed(row: ArticleRow, verdict: Verdict) -> dict[str, Any]:
    origin = Origin(source=row.source_name, url=row.url, published=row.published_at, language=row.language)
    kept = archived(Document(row.title, row.text, verdict, origin), str(row.source_id))
    return {
        "article_id": row.article_id,
        "revision": row.revision,
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

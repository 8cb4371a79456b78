"""The classifier's transaction on Postgres: reads articles, owns verdicts and the searchable archive."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func, select, true
from sqlalchemy.dialects.postgresql import insert

from services.classifier.adapters.archive_queries import ArchiveQueries
from services.classifier.ports import ArchivedArticle, ArchivePage
from shared.contracts.verdict import ArticleText, Language, Verdict
from shared.store.catalogue_in_force import CatalogueInForce
from shared.store.harvest import ArticleRow
from shared.store.verdicts import VerdictRow

logger = logging.getLogger(__name__)


class ClassifierWork(ArchiveQueries, CatalogueInForce):
    """One transaction of the classifier."""

    async def article(self, article_id: UUID) -> ArticleText | None:
        """Return the article's words; None when there is no such article."""
        row = await self.session.get(ArticleRow, article_id)
        return None if row is None else _words(row)

    async def save_verdict(self, verdict_id: UUID, article_id: UUID, verdict: Verdict) -> datetime:
        """Keep the verdict as the newest, by the database's clock; the same one kept again is the newest again."""
        keeping = insert(VerdictRow).values(
            verdict_id=verdict_id,
            article_id=article_id,
            relevant=verdict.relevant,
            relevance=verdict.relevance,
            language=verdict.language,
            findings=verdict.model_dump(mode="json"),
            classifier=verdict.classifier,
            judged_at=func.clock_timestamp(),
        )
        kept = keeping.on_conflict_do_update(
            index_elements=[VerdictRow.verdict_id], set_={"judged_at": keeping.excluded.judged_at}
        )
        return (await self.session.execute(kept.returning(VerdictRow.judged_at))).scalar_one()

    async def judged_by_others(
        self, version: str, *, since: datetime | None, after: UUID | None, limit: int
    ) -> ArchivePage:
        """Return, of the next `limit` published articles by id, those whose newest verdict is not this version's."""
        window = select(ArticleRow.article_id).where(ArticleRow.gate.is_(None)).order_by(ArticleRow.article_id)
        if after is not None:
            window = window.where(ArticleRow.article_id > after)
        ids = (await self.session.scalars(window.limit(limit))).all()
        newest = (
            select(VerdictRow.classifier, VerdictRow.findings)
            .where(VerdictRow.article_id == ArticleRow.article_id)
            .order_by(VerdictRow.judged_at.desc())
            .limit(1)
            .lateral()
        )
        asked = (
            select(ArticleRow, newest.c.findings)
            .outerjoin(newest, true())
            .where(ArticleRow.article_id.in_(ids), newest.c.classifier.is_distinct_from(version))
            .order_by(ArticleRow.article_id)
        )
        if since is not None:
            asked = asked.where(func.coalesce(ArticleRow.published_at, ArticleRow.fetched_at) >= since)
        articles = [_archived(row, findings) for row, findings in await self.session.execute(asked)]
        return ArchivePage(articles, ids[-1] if len(ids) == limit else None)

    async def unrevised(self, articles: Sequence[ArchivedArticle]) -> frozenset[UUID]:
        """Return which of these articles are still as they were read, and keep them so until the end."""
        revisions = {article.article_id: article.revision for article in articles}
        rows = await self.session.execute(
            select(ArticleRow.article_id, ArticleRow.revision)
            .where(ArticleRow.article_id.in_(revisions))
            .order_by(ArticleRow.article_id)
            .with_for_update(read=True)
        )
        return frozenset(article_id for article_id, revision in rows if revisions[article_id] == revision)


def _words(row: ArticleRow) -> ArticleText:
    return ArticleText(
        id=str(row.article_id),
        title=row.title,
        text=row.text,
        language=cast("Language | None", row.language),
        published=row.published_at,
        url=row.url,
    )


def _archived(row: ArticleRow, findings: dict[str, Any] | None) -> ArchivedArticle:
    return ArchivedArticle(
        article_id=row.article_id,
        story_id=row.story_id,
        correlation_id=row.correlation_id,
        revision=row.revision,
        alertable=row.alertable,
        url=row.url,
        fetched_at=row.fetched_at,
        words=_words(row),
        verdict=_verdict(row.article_id, findings),
    )


def _verdict(article_id: UUID, findings: dict[str, Any] | None) -> Verdict | None:
    """Return the verdict; None for none, and for one that an earlier version wrote in a form that is no more."""
    try:
        return None if findings is None else Verdict.model_validate(findings)
    except ValidationError as wrong:
        logger.warning("article %s: its newest verdict cannot be read, and counts as none: %s", article_id, wrong)
        return None

"""The classifier's transaction on Postgres: reads articles, owns verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from services.classifier.ports import ArchivedArticle
from shared.contracts.verdict import ArticleText, Language, Verdict
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Work
from shared.store.verdicts import VerdictRow


class ClassifierWork(Work):
    """One transaction of the classifier."""

    async def article(self, article_id: UUID) -> ArticleText | None:
        """Return the article's words; None when there is no such article."""
        row = await self.session.get(ArticleRow, article_id)
        return None if row is None else _words(row)

    async def save_verdict(self, verdict_id: UUID, article_id: UUID, verdict: Verdict, judged_at: datetime) -> None:
        """Keep the verdict; the same one kept again changes nothing."""
        await self.session.execute(
            insert(VerdictRow)
            .values(
                verdict_id=verdict_id,
                article_id=article_id,
                relevant=verdict.relevant,
                relevance=verdict.relevance,
                language=verdict.language,
                findings=verdict.model_dump(mode="json"),
                classifier=verdict.classifier,
                judged_at=judged_at,
            )
            .on_conflict_do_nothing()
        )

    async def judged_by_others(
        self, version: str, *, since: datetime | None, after: UUID | None, limit: int
    ) -> Sequence[ArchivedArticle]:
        """Return published articles whose newest verdict is not this version's, by id, those after `after`."""
        newest = (
            select(VerdictRow.classifier, VerdictRow.findings)
            .where(VerdictRow.article_id == ArticleRow.article_id)
            .order_by(VerdictRow.judged_at.desc())
            .limit(1)
            .lateral()
        )
        asked = (
            select(ArticleRow, newest.c.classifier, newest.c.findings)
            .outerjoin(newest, true())
            .where(
                ArticleRow.gate.is_(None),
                or_(newest.c.classifier.is_(None), newest.c.classifier != version),
            )
            .order_by(ArticleRow.article_id)
            .limit(limit)
        )
        if since is not None:
            asked = asked.where(func.coalesce(ArticleRow.published_at, ArticleRow.fetched_at) >= since)
        if after is not None:
            asked = asked.where(ArticleRow.article_id > after)
        return [_archived(row, findings) for row, _, findings in await self.session.execute(asked)]


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
        verdict=None if findings is None else Verdict.model_validate(findings),
    )

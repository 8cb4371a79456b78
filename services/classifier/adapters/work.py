"""The classifier's transaction on Postgres: reads articles, owns verdicts."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from shared.contracts.verdict import ArticleText, Language, Verdict
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Work
from shared.store.verdicts import VerdictRow


class ClassifierWork(Work):
    """One transaction of the classifier."""

    async def article(self, article_id: UUID) -> ArticleText | None:
        """Return the article's words; None when there is no such article."""
        row = await self.session.get(ArticleRow, article_id)
        if row is None:
            return None
        return ArticleText(
            id=str(article_id),
            title=row.title,
            text=row.text,
            language=cast("Language | None", row.language),
            published=row.published_at,
            url=row.url,
        )

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

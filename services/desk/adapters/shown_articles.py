"""What the page of a story and of an article shows. Read-only."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from services.desk.adapters.article_queries import ArticleQueries
from services.desk.adapters.queries import DeskQueries
from services.desk.domain.shown import Copy
from shared.store.definitions import RuleRow
from shared.store.harvest import ArticleRow

MOST_COPIES = 100
LONGEST_TITLE = 1_000  # characters: of a longer one the beginning is shown


class ShownArticles(ArticleQueries, DeskQueries):
    """Reads articles for their pages."""

    async def copies_of(self, story_id: UUID) -> Sequence[Copy]:
        """Return the articles of a story that were published, the first one first."""
        row = ArticleRow.__table__.c
        asked = select(
            row.article_id,
            row.source_name,
            func.left(row.title, LONGEST_TITLE),
            row.url,
            row.language,
            row.fetched_at,
            row.withdrawn_at,
        ).where(row.story_id == story_id, row.gate.is_(None))
        rows = await self.session.execute(asked.order_by(row.fetched_at, row.article_id).limit(MOST_COPIES))
        return [Copy(*each) for each in rows]

    async def names_of_rules(self) -> Sequence[str]:
        """Return the names of the live rules."""
        asked = select(RuleRow.name).where(RuleRow.removed_at.is_(None)).order_by(RuleRow.name)
        return list(await self.session.scalars(asked))

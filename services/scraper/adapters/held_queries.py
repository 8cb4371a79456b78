"""Articles that the gate holds back: judged again while their text is kept, and relieved of it after that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from services.scraper.adapters.stories import Stories, forget_marks
from services.scraper.ports import HeldArticle
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Work

_TEXTS_AT_ONCE = 1000  # a first tidying may find a month's worth; short transactions let the others in between


class HeldQueries(Work):
    """Reads and changes what the gate held back."""

    async def held_articles(self, *, since: datetime, after: UUID | None, limit: int) -> Sequence[HeldArticle]:
        """Return held articles whose text is still there, by id; `after` is the last one of the batch before."""
        asked = (
            select(ArticleRow, SourceRow.country)
            .join(SourceRow, SourceRow.source_id == ArticleRow.source_id)
            .where(ArticleRow.gate.is_not(None), ArticleRow.text != "", ArticleRow.fetched_at >= since)
            .order_by(ArticleRow.article_id)
            .limit(limit)
        )
        if after is not None:
            asked = asked.where(ArticleRow.article_id > after)
        rows = await self.session.execute(asked)
        return [
            HeldArticle(
                article_id=row.article_id,
                source_name=row.source_name,
                source_country=country,
                url=row.url,
                title=row.title,
                text=row.text,
                published_at=row.published_at,
                alertable=row.alertable,
                revision=row.revision,
                correlation_id=row.correlation_id,
            )
            for row, country in rows
        ]

    async def let_through(self, article_id: UUID) -> UUID | None:
        """Take the gate's hold off the article and return its story, its copies' if it has some; None if not held."""
        row = await self.session.get(ArticleRow, article_id, with_for_update=True)
        if row is None or row.gate is None:
            return None
        row.gate, row.story_id = None, await Stories(self.session).story_of(row)
        return row.story_id

    async def forget_held_texts(self, older_than: timedelta) -> int:
        """Empty the texts of articles that were held so long, some at a time; return how many were emptied."""
        old = (
            select(ArticleRow.article_id)
            .where(
                ArticleRow.gate.is_not(None),
                ArticleRow.text != "",
                ArticleRow.fetched_at < func.clock_timestamp() - older_than,
            )
            .limit(_TEXTS_AT_ONCE)
        )
        emptied = await self.session.scalars(
            update(ArticleRow)
            .where(ArticleRow.article_id.in_(old))
            .values(text="")
            .returning(ArticleRow.article_id)
            .execution_options(synchronize_session=False)
        )
        return len(emptied.all())

    async def forget_marks(self, before: datetime) -> int:
        """Forget how the stories read that had no copy since then; return how many those were."""
        return await forget_marks(self.session, before)

"""Articles as they are stored, and the stories they belong to; what becomes of an entry."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.domain.article import AKIN_AT_ONE_HOST, AKIN_AT_TWO_HOSTS, titles_akin
from services.scraper.ports import NewArticle
from shared.kit.ids import id_for
from shared.kit.urls import host_of
from shared.store.harvest import ArticleRow, EntryRow
from shared.store.unit_of_work import Work

STORY_SPAN = timedelta(days=7)  # the same words again after a week are another story's
STORY_SURELY_CHARACTERS = 2000  # so long a text at two hosts is a wire's, whatever the headlines; no wall is so long
STORY_SHORTEST_CHARACTERS = 400  # shorter texts may be equal by chance, or be a wall that many pages show


class ReadQueries(Work):
    """Keeps what the reading of a page gave."""

    async def save_article(self, article: NewArticle) -> UUID | None:
        """Store the article and return its story's id; None when it is stored already.

        Copies of one text at several outlets are one story. Two that are saved at the same moment wait for each
        other (an advisory lock on the text's fingerprint), or each would start a story of its own.
        """
        await self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(article.fingerprint, 0))))
        story_id = await self._story_of_copy(article) or id_for("story", article.article_id)
        values = {name: getattr(article, name) for name in NewArticle.__dataclass_fields__}
        saved = await self.session.execute(
            insert(ArticleRow)
            .values(story_id=story_id, **values)
            .on_conflict_do_nothing()
            .returning(ArticleRow.story_id)
        )
        return saved.scalar_one_or_none()

    async def _story_of_copy(self, article: NewArticle) -> UUID | None:
        """Return the story of an earlier copy: equal words under titles that are akin, or within one host the same.

        Equal words alone may be a wall that many pages show, of one host or of several.
        """
        if len(article.text) < STORY_SHORTEST_CHARACTERS:
            return None
        copies = await self.session.execute(
            select(ArticleRow.story_id, ArticleRow.url, ArticleRow.title)
            .where(
                ArticleRow.fingerprint == article.fingerprint, ArticleRow.fetched_at > article.fetched_at - STORY_SPAN
            )
            .order_by(ArticleRow.fetched_at)
            .limit(20)
        )
        for story_id, url, title in copies:
            if host_of(url) == host_of(article.url):
                same = title == article.title or titles_akin(title, article.title, part=AKIN_AT_ONE_HOST)
            else:
                long = len(article.text) >= STORY_SURELY_CHARACTERS
                same = long or titles_akin(title, article.title, part=AKIN_AT_TWO_HOSTS)
            if same:
                return story_id
        return None

    async def close_entry(self, entry_id: UUID) -> None:
        """Say that the entry's article is stored; its words live on there."""
        await self.session.execute(
            update(EntryRow)
            .where(EntryRow.entry_id == entry_id)
            .values(state="done", leased_until=None, content="", last_error=None)
        )

    async def try_entry_later(self, entry_id: UUID, *, failures: int, wait: timedelta, error: str) -> None:
        """Give the entry back, to be tried again after the wait (by the database's clock)."""
        next_try_at = func.clock_timestamp() + wait
        await self.session.execute(
            update(EntryRow)
            .where(EntryRow.entry_id == entry_id, EntryRow.state == "waiting")
            .values(failures=failures, next_try_at=next_try_at, leased_until=None, last_error=error)
        )

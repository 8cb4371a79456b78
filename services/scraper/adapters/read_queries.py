"""Articles as they are stored, and the stories they belong to; what becomes of an entry."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.adapters.stories import Stories
from services.scraper.domain.revision import REREAD_AT_THE_EARLIEST, comparable, rewritten
from services.scraper.domain.withdrawal import is_withdrawn
from services.scraper.ports import GonePage, NewArticle, Saved
from shared.kit.ids import id_for
from shared.store.base import UtcDateTime
from shared.store.harvest import ArticleRevisionRow, ArticleRow, EntryRow, SourceStateRow
from shared.store.unit_of_work import Work

_NOW = func.clock_timestamp(type_=UtcDateTime())
_REVISED = "title text text_from language published_at fingerprint author agency dateline image_url".split()


class ReadQueries(Work):
    """Keeps what the reading of a page gave."""

    async def add_article(self, article: NewArticle) -> Saved | None:
        """Store the article; None when it is stored already.

        One that the gate holds back starts a story of its own, and joins that of its copies when it is let through.
        """
        story_id = await self._story_of(article)
        values = {name: getattr(article, name) for name in NewArticle.__dataclass_fields__}
        added = await self.session.execute(
            insert(ArticleRow)
            .values(story_id=story_id, **values)
            .on_conflict_do_nothing()
            .returning(ArticleRow.story_id)
        )
        if added.scalar_one_or_none() is None:
            return None
        return Saved(story_id, 1, article.alertable, article.gate)

    async def revise_article(self, article: NewArticle, *, judged: bool) -> Saved | None:
        """Store a new version of an article beside the earlier ones; None when it says nothing else than the last.

        What the gate let through once stays published. What it held back and would let pass now is let through, whether
        its words have changed or not; not by words that it was not asked about (`judged`). The story is that of the
        first version, and so is whether it may alert, unless another source has taken the article over.
        """
        known = await self.session.get(ArticleRow, article.article_id, with_for_update=True)
        if known is None:
            return await self.add_article(article)
        known.withdrawn_at = None
        let_through = judged and known.gate is not None and article.gate is None
        taken_over = known.source_id != article.source_id
        newly_alertable = taken_over and article.alertable and not known.alertable
        if let_through or _says_something_else(known, article):
            if known.text_from == "feed" and article.text_from == "page" and known.gate is None:
                await Stories(self.session).told_in_full(article, known.story_id)
            self._keep_version(known, article)
        elif not newly_alertable:
            return None
        if taken_over:
            known.source_id, known.source_name = article.source_id, article.source_name
            known.alertable = known.alertable or article.alertable
        if let_through:
            known.gate, known.story_id = None, await self._story_of(article)
        await self.session.flush()
        return Saved(known.story_id, known.revision, known.alertable, known.gate, newly_alertable)

    def _keep_version(self, known: ArticleRow, article: NewArticle) -> None:
        """Put the words that were known beside the new ones."""
        self.session.add(
            ArticleRevisionRow(
                article_id=known.article_id,
                revision=known.revision,
                title=known.title,
                text=known.text,
                published_at=known.published_at,
                seen_at=known.revised_at or known.fetched_at,
            )
        )
        for name in _REVISED:
            setattr(known, name, getattr(article, name))
        known.revision += 1
        known.revised_at = article.fetched_at

    async def count_page_alike(self, source_id: UUID, *, alike: bool) -> None:
        """Count a page that had no more to say than its feed; one that had more begins the count anew."""
        counted = SourceStateRow.pages_alike + 1 if alike else 0
        await self.session.execute(
            update(SourceStateRow).where(SourceStateRow.source_id == source_id).values(pages_alike=counted)
        )

    async def _story_of(self, article: NewArticle) -> UUID:
        if article.gate is not None:
            return id_for("story", article.article_id)
        return await Stories(self.session).story_of(article)

    async def note_gone(self, entry_id: UUID, article_id: UUID) -> GonePage | None:
        """Note that the page of an entry answers that it is gone; None where no published words are from there."""
        known = await self.session.get(ArticleRow, article_id, with_for_update=True)
        if known is None or known.gate is not None or known.text_from != "page" or known.withdrawn_at is not None:
            return None
        row = (
            await self.session.execute(
                select(EntryRow.gone_since, _NOW).where(EntryRow.entry_id == entry_id).with_for_update()
            )
        ).one_or_none()
        if row is None:
            return None
        gone_since, now = row
        withdrawn = is_withdrawn(gone_since, now)
        if withdrawn:
            known.withdrawn_at = now
        if gone_since is None:
            await self.session.execute(update(EntryRow).where(EntryRow.entry_id == entry_id).values(gone_since=now))
        await self.session.flush()
        return GonePage(known.revision, known.correlation_id, withdrawn)

    async def close_entry(
        self, entry_id: UUID, *, mark: str, again_after: timedelta | None, failures: int = 0, gone: bool = False
    ) -> None:
        """Say that the entry's article is stored, its words live on there; its page is read again after the wait.

        `mark` is that of the feed's words as they were claimed: where the feed has changed them since, the page is to
        be read again soon. `failures` counts the tries at a page that is still owed; `gone`: the page just answered
        that it is gone.
        """
        now = func.clock_timestamp()
        changed = EntryRow.mark != mark
        soon = now + min(REREAD_AT_THE_EARLIEST, again_after or REREAD_AT_THE_EARLIEST)
        then = EntryRow.next_try_at if again_after is None else now + again_after
        await self.session.execute(
            update(EntryRow)
            .where(EntryRow.entry_id == entry_id)
            .values(
                state=case((changed, "again"), else_="done" if again_after is None else "again"),
                rereads=case((EntryRow.state == "again", EntryRow.rereads + 1), else_=EntryRow.rereads),
                failures=failures,
                leased_until=None,
                content=case((changed, EntryRow.content), else_=""),
                last_error=None,
                gone_since=EntryRow.gone_since if gone else None,
                next_try_at=case((changed, soon), else_=then),
            )
        )

    async def try_entry_later(self, entry_id: UUID, *, state: str, failures: int, wait: timedelta, error: str) -> None:
        """Give the entry back, to be tried again after the wait; one that is no longer in this state is left alone."""
        next_try_at = func.clock_timestamp() + wait
        await self.session.execute(
            update(EntryRow)
            .where(EntryRow.entry_id == entry_id, EntryRow.state == state)
            .values(failures=failures, next_try_at=next_try_at, leased_until=None, last_error=error)
        )


def _says_something_else(known: ArticleRow, article: NewArticle) -> bool:
    return comparable(known.text, article.text, now_from=article.text_from, before_from=known.text_from) and rewritten(
        known.title, known.text, article.title, article.text
    )

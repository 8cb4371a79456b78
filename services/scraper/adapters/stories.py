"""Gives every article its story: its own, or that of the text which it is a copy of. On Postgres.

A story is found by the marks of its first text's lead, which copies share (`services.scraper.domain.sketch`): a look-up
reads as many index entries as a lead has, however many stories are stored. The first text speaks for its story: were
every copy to speak too, a digest of the day's news would tie its stories together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Uuid, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.scraper.domain.article import AKIN_AT_ONE_HOST, AKIN_AT_TWO_HOSTS, titles_akin
from services.scraper.domain.copies import (
    STORY_SPAN,
    SURELY_CHARACTERS,
    KeptStory,
    Told,
    common_marks,
    story_told_again,
    without,
)
from services.scraper.domain.sketch import Sketch, sketch_of
from shared.kit.ids import id_for
from shared.kit.urls import host_of
from shared.store.harvest import ArticleRow
from shared.store.stories import CommonMarkRow, StoryKeyRow, StorySketchRow

STORY_SHORTEST_CHARACTERS = 400  # shorter texts may be equal by chance, or be a wall that many pages show
MOST_EQUAL_TEXTS = 20
STORIES_AT_ONCE = 500  # are forgotten in a transaction: after a long stop there may be a hundred thousand
MOST_STORIES_WEIGHED = 200  # a mark leads two stories and seldom a few more, so that a text meets some thirty at most
_LOCK = 7_283_941  # the class of our advisory locks: any constant, ours alone
_INTEGERS = ARRAY(INTEGER)


class Article(Protocol):
    """What decides to which story an article belongs."""

    @property
    def article_id(self) -> UUID:
        """Return the article's id."""
        ...

    @property
    def url(self) -> str:
        """Return its address."""
        ...

    @property
    def title(self) -> str:
        """Return its headline, which may be empty."""
        ...

    @property
    def text(self) -> str:
        """Return its words."""
        ...

    @property
    def fingerprint(self) -> str:
        """Return the hexadecimal fingerprint of its words."""
        ...

    @property
    def published_at(self) -> datetime | None:
        """Return when it was published, where that is known."""
        ...

    @property
    def fetched_at(self) -> datetime:
        """Return when it was fetched."""
        ...


class Stories:
    """The stories that copies may still come of, within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def story_of(self, article: Article) -> UUID:
        """Return the article's story, which begins with this article when it is no copy of an earlier one.

        To be called for one article in a transaction: two that could be copies of each other wait here until the
        first one's transaction ends; others do not. Called again for the same article, it returns the same story.
        """
        sketch = sketch_of(article.text)
        await self._wait_for_copies(article.fingerprint, sketch.keys if sketch else ())
        story_id = await self._story_of_equal_text(article)
        if story_id is None and sketch is not None:
            story_id = await self._story_of_copy(article, sketch)
        if story_id is None:
            return id_for("story", article.article_id)
        await self._prolong(story_id, article.fetched_at)
        return story_id

    async def told_in_full(self, article: Article, story_id: UUID) -> None:
        """Remember the words of a story that began with a teaser, so that copies of them join it."""
        sketch = sketch_of(article.text)
        if sketch is not None:
            await self._wait_for_copies(article.fingerprint, sketch.keys)
            await self._remember(article, without(sketch, await self._common(sketch.keys)), story_id)

    async def _wait_for_copies(self, fingerprint: str, keys: Collection[int]) -> None:
        """Wait until no other transaction saves a text with a key of this one's; in the keys' order, or two would hang.

        The locks end with the transaction.
        """
        of_fingerprint = int(fingerprint[:8] or "0", 16) - (1 << 31)
        locks = func.unnest(literal(sorted({of_fingerprint, *keys}), _INTEGERS)).column_valued("lock")
        await self._session.execute(select(func.count(func.pg_advisory_xact_lock(_LOCK, locks))))

    async def _story_of_equal_text(self, article: Article) -> UUID | None:
        """Return the story of an earlier article of equal words.

        Under titles that are akin, or within one host the same: equal words alone may be a wall that many pages show,
        of one host or of several.
        """
        if len(article.text) < STORY_SHORTEST_CHARACTERS:
            return None
        equal = await self._session.execute(
            select(ArticleRow.story_id, ArticleRow.url, ArticleRow.title)
            .where(
                ArticleRow.fingerprint == article.fingerprint,
                ArticleRow.article_id != article.article_id,
                ArticleRow.gate.is_(None),  # what is held back tells no story
                ArticleRow.fetched_at > article.fetched_at - STORY_SPAN,
            )
            .order_by(ArticleRow.fetched_at)
            .limit(MOST_EQUAL_TEXTS)
        )
        for story_id, url, title in equal:
            if host_of(url) == host_of(article.url):
                same = title == article.title or titles_akin(title, article.title, part=AKIN_AT_ONE_HOST)
            else:
                long = len(article.text) >= SURELY_CHARACTERS
                same = long or titles_akin(title, article.title, part=AKIN_AT_TWO_HOSTS)
            if same:
                return story_id
        return None

    async def _story_of_copy(self, article: Article, whole: Sketch) -> UUID | None:
        """Return the story that the text is a near copy of; None for a new one, which is then remembered."""
        sketch = without(whole, await self._common(whole.keys))
        new = Told(host_of(article.url), article.title, article.published_at, sketch)
        stories = await self._kept(sketch.keys, since=article.fetched_at - STORY_SPAN)
        story_id = story_told_again(new, article.text, stories)
        if story_id is None:
            common = common_marks(sketch, stories)
            await self._note_common(common, article.fetched_at)
            await self._remember(article, without(sketch, common), id_for("story", article.article_id))
        return story_id

    async def _common(self, keys: Collection[int]) -> frozenset[int]:
        found = await self._session.scalars(
            select(CommonMarkRow.mark).where(CommonMarkRow.mark == func.any(literal(sorted(keys), _INTEGERS)))
        )
        return frozenset(found)

    async def _kept(self, keys: Collection[int], *, since: datetime) -> Sequence[KeptStory]:
        """Return the stories that one of the keys leads to, those with the latest copies first."""
        met = select(StoryKeyRow.story_id).where(StoryKeyRow.mark == func.any(literal(sorted(keys), _INTEGERS)))
        rows = await self._session.execute(
            select(
                StorySketchRow.story_id,
                StorySketchRow.host,
                StorySketchRow.title,
                StorySketchRow.published_at,
                StorySketchRow.long_marks,
                StorySketchRow.lead_marks,
                StorySketchRow.short_marks,
                StorySketchRow.figures,
            )
            .where(StorySketchRow.story_id.in_(met), StorySketchRow.last_copy_at > since)
            .order_by(StorySketchRow.last_copy_at.desc(), StorySketchRow.story_id)
            .limit(MOST_STORIES_WEIGHED)
        )
        return [
            KeptStory(
                story_id, Told(host, title, published_at, Sketch(tuple(long), lead, tuple(short), tuple(figures)))
            )
            for story_id, host, title, published_at, long, lead, short, figures in rows
        ]

    async def _note_common(self, marks: Collection[int], now: datetime) -> None:
        if marks:
            rows = [{"mark": mark, "noted_at": now} for mark in sorted(marks)]
            await self._session.execute(insert(CommonMarkRow).values(rows).on_conflict_do_nothing())

    async def _remember(self, article: Article, sketch: Sketch, story_id: UUID) -> None:
        await self._session.execute(
            insert(StorySketchRow)
            .values(
                story_id=story_id,
                host=host_of(article.url),
                title=article.title,
                published_at=article.published_at,
                lead_marks=sketch.lead,
                long_marks=list(sketch.long),
                short_marks=list(sketch.short),
                figures=list(sketch.figures),
                last_copy_at=article.fetched_at,
            )
            .on_conflict_do_nothing()
        )
        keys = select(func.unnest(literal(sorted(sketch.keys), _INTEGERS)), literal(story_id))
        await self._session.execute(
            insert(StoryKeyRow).from_select(["mark", "story_id"], keys).on_conflict_do_nothing()
        )

    async def _prolong(self, story_id: UUID, copied_at: datetime) -> None:
        """Let copies come for another span."""
        await self._session.execute(
            update(StorySketchRow)
            .where(StorySketchRow.story_id == story_id, StorySketchRow.last_copy_at < copied_at)
            .values(last_copy_at=copied_at)
            .execution_options(synchronize_session=False)
        )


async def forget_marks(session: AsyncSession, before: datetime) -> int:
    """Forget some sketches that had no copy since `before`, and what was common then; return how many stories went.

    The stories themselves live on in their articles.
    """
    some = select(StorySketchRow.story_id).where(StorySketchRow.last_copy_at < before).limit(STORIES_AT_ONCE)
    old = delete(StorySketchRow).where(StorySketchRow.story_id.in_(some)).returning(StorySketchRow.story_id)
    forgotten = (await session.scalars(old.execution_options(synchronize_session=False))).all()
    if forgotten:
        stories = literal(forgotten, ARRAY(Uuid()))
        await session.execute(delete(StoryKeyRow).where(StoryKeyRow.story_id == func.any(stories)))
    await session.execute(delete(CommonMarkRow).where(CommonMarkRow.noted_at < before))
    return len(forgotten)

"""Today: the stream of stories, narrowed by the rule language, with what is new since the reader looked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.desk.domain.narrowing import Facet, facets_of
from services.desk.domain.reading import MOST_VIEWS, Look, SavedView, checked_name
from services.desk.domain.stories import Asked, Place, Standing, StoryLine, StoryPage, split_at
from services.desk.use_cases.story_search import STATEMENT_SECONDS, SearchWork, StorySearch
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.rules import Query

PAGE_STORIES = 40
_EVENTS_AT_ONCE = 3 * PAGE_STORIES
_MOST_ROUNDS = 8  # a story with more copies than that in a row ends the page early

ReadQuery = Callable[[str, Mapping[str, Collection[str]]], Query]


class TodayWork(SearchWork, Protocol):
    """One transaction of reading."""

    async def newest_events(self, asked: Asked, before: Place | None, limit: int) -> Sequence[Place]:
        """Return where copies came or alerts were raised, the newest first; a story may be there several times."""

    async def told_above(self, story_ids: Collection[UUID], asked: Asked, above: Place) -> frozenset[UUID]:
        """Return the stories of these that have an event above this place: they stand on an earlier page."""

    async def lines(self, places: Sequence[Place]) -> Sequence[StoryLine]:
        """Return the lines of the stories at these places, in their order."""

    async def house(self, now: datetime) -> Standing:
        """Return how the house stands."""

    async def word_lists(self) -> Mapping[str, Sequence[str]]:
        """Return the members of the named lists, by name."""

    async def views_of(self, account_id: UUID) -> list[SavedView]:
        """Return the saved views of an account, by name."""

    async def save_view(self, view: SavedView) -> None:
        """Insert the view, or let the one of this id ask for something else."""

    async def forget_view(self, account_id: UUID, view_id: UUID) -> None:
        """Delete the view, if it is of this account."""

    async def last_look(self, account_id: UUID) -> Look | None:
        """Return the last look of the account."""

    async def note_look(self, account_id: UUID, look: Look) -> None:
        """Write down the last look of the account."""


BeginReading = Callable[[], AbstractAsyncContextManager[TodayWork]]


@dataclass(frozen=True, slots=True)
class TodayPage:
    """What the first page shows: stories, how the house stands, and what the reader keeps.

    `fresh` of the stories have something new since the reader looked; `looked` is when that was.
    """

    asked: Asked
    stories: StoryPage
    facets: tuple[Facet, ...]
    standing: Standing
    views: tuple[SavedView, ...]
    looked: datetime | None
    fresh: int


class Today:
    """Shows the stream."""

    def __init__(self, begin: BeginReading, clock: Clock, read: ReadQuery) -> None:
        self._begin = begin
        self._clock = clock
        self._read = read

    async def page(self, asked: Asked, account_id: UUID | None, before: Place | None = None) -> TodayPage:
        """Return a page of stories, and note that the reader looks. Raises WrongInput for a query that is none."""
        places, older, searched_to = await self._places(asked, before)
        now = self._clock.now()
        async with self._begin() as work:
            lines = await work.lines(places)
            standing = await work.house(now)
            views = await work.views_of(account_id) if account_id is not None else []
            look = await _look(work, account_id, now) if before is None else None
        looked = look.before_at if look is not None else None
        return TodayPage(
            asked=asked,
            stories=StoryPage(tuple(lines), older, searched_to),
            facets=facets_of(asked.query, lines),
            standing=standing,
            views=tuple(views),
            looked=looked,
            fresh=split_at(lines, looked),
        )

    async def seen(self, account_id: UUID) -> None:
        """Note that the reader has seen everything."""
        now = self._clock.now()
        async with self._begin() as work:
            await work.note_look(account_id, Look(now, now))

    async def save(self, account_id: UUID, name: str, asked: Asked) -> SavedView:
        """Keep the question under this name; one of the same name asks for this from now on. Raises WrongInput."""
        clean = checked_name(name)
        async with self._begin() as work:
            if asked.query.strip():
                await self._parsed(work, asked.query)
            known = await work.views_of(account_id)
            same = next((view for view in known if view.name.casefold() == clean.casefold()), None)
            if same is None and len(known) >= MOST_VIEWS:
                mend = "Forget one that you no longer use."
                raise WrongInput("name", clean, f"would be one more than {MOST_VIEWS} saved views", mend=mend)
            now = self._clock.now()
            view_id = id_for("view", account_id, clean, now) if same is None else same.view_id
            view = SavedView(view_id, account_id, clean, asked, now)
            await work.save_view(view)
        return view

    async def forget(self, account_id: UUID, view_id: UUID) -> None:
        """Forget a saved view of this account."""
        async with self._begin() as work:
            await work.forget_view(account_id, view_id)

    async def _places(self, asked: Asked, before: Place | None) -> tuple[list[Place], Place | None, datetime | None]:
        """Return the places of a page, where the next begins, and how far back was looked where that was stopped."""
        async with self._begin() as work:
            if asked.query.strip():
                query = await self._parsed(work, asked.query)
                feeds_of = await work.feeds_of()
                await work.bound(STATEMENT_SECONDS)
                search = StorySearch(work, query, feeds_of, alerted=asked.alerted)
                places, stopped = await search.places(before, PAGE_STORIES + 1)
            else:
                places, stopped = await _newest(work, asked, before)
        if len(places) > PAGE_STORIES:
            return places[:PAGE_STORIES], places[PAGE_STORIES - 1], None
        return places, stopped, stopped.at if stopped is not None else None

    async def _parsed(self, work: TodayWork, query: str) -> Query:
        lists = await work.word_lists()
        return await asyncio.to_thread(self._read, query, lists)


async def _newest(work: TodayWork, asked: Asked, before: Place | None) -> tuple[list[Place], Place | None]:
    """Return the newest places below this one, each story once, and where the looking stopped too early."""
    found: dict[UUID, Place] = {}
    above: set[UUID] = set()
    last = before
    for _ in range(_MOST_ROUNDS):
        events = await work.newest_events(asked, last, _EVENTS_AT_ONCE)
        new = {event.story_id for event in events} - found.keys() - above
        if before is not None and new:
            above |= await work.told_above(new, asked, before)
        for event in events:
            if event.story_id not in above:
                found.setdefault(event.story_id, event)
        if len(events) < _EVENTS_AT_ONCE or len(found) > PAGE_STORIES:
            return list(found.values())[: PAGE_STORIES + 1], None
        last = events[-1]
    return list(found.values()), last


async def _look(work: TodayWork, account_id: UUID | None, now: datetime) -> Look | None:
    if account_id is None:
        return None
    known = await work.last_look(account_id)
    look = Look(now) if known is None else known.again(now)
    if look is not known:
        await work.note_look(account_id, look)
    return look

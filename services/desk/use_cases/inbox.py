"""A person's own alerts: read them, put them off, find one again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.desk.domain.inbox import (
    MOST_COUNTED,
    Edge,
    InboxItem,
    InboxPage,
    Showing,
    snoozed_until,
    snoozes_at,
    words_of,
)
from shared.kit.clock import Clock

ITEMS_ON_A_PAGE = 20


class InboxWork(Protocol):
    """One transaction of people's own alerts."""

    async def zone_of_person(self, person_id: UUID) -> str:
        """Return the person's time zone."""
        ...

    async def inbox(
        self,
        person_id: UUID,
        showing: Showing,
        words: Sequence[Collection[str]],
        after: Edge | None,
        limit: int,
        now: datetime,
    ) -> list[InboxItem]:
        """Return alerts that reached the person, the last news first, which hold one of each of these words."""
        ...

    async def inbox_items(self, person_id: UUID, alert_ids: Collection[UUID], now: datetime) -> list[InboxItem]:
        """Return those of these alerts that reached the person."""
        ...

    async def unread(self, person_id: UUID, most: int, now: datetime) -> int:
        """Count what is unread, up to so many."""
        ...

    async def mark(
        self, person_id: UUID, alert_ids: Collection[UUID], *, read_at: datetime | None, snoozed_until: datetime | None
    ) -> None:
        """Keep what the person did with these alerts, in the place of what they did before."""
        ...

    async def note_read(self, person_id: UUID, alert_id: UUID, at: datetime) -> None:
        """Keep that the person read the alert; what they put off stays put off. An unknown alert is no error."""
        ...


BeginInbox = Callable[[], AbstractAsyncContextManager[InboxWork]]


class Inbox:
    """Shows people their alerts. `agreements` are the names of those of the catalogue, by id."""

    def __init__(self, begin: BeginInbox, clock: Clock, agreements: Mapping[str, str]) -> None:
        self._begin = begin
        self._clock = clock
        self._agreements = agreements

    async def page(self, person_id: UUID, showing: Showing, search: str = "", after: Edge | None = None) -> InboxPage:
        """Return a page of the person's alerts."""
        now = self._clock.now()
        words = [self._also_called(word) for word in words_of(search)]
        async with self._begin() as work:
            found = await work.inbox(person_id, showing, words, after, ITEMS_ON_A_PAGE + 1, now)
            unread = await work.unread(person_id, MOST_COUNTED + 1, now)
        items = found[:ITEMS_ON_A_PAGE]
        more = len(found) > ITEMS_ON_A_PAGE
        return InboxPage(tuple(items), unread, Edge(items[-1].news_at, items[-1].alert.alert_id) if more else None)

    async def unread(self, person_id: UUID) -> int:
        """Return how many alerts the person has not read, at most one more than is ever shown."""
        async with self._begin() as work:
            return await work.unread(person_id, MOST_COUNTED + 1, self._clock.now())

    async def items(self, person_id: UUID, alert_ids: Collection[UUID]) -> list[InboxItem]:
        """Return those of these alerts that reached the person, as they are now."""
        async with self._begin() as work:
            return await work.inbox_items(person_id, alert_ids, self._clock.now())

    async def opened(self, person_id: UUID, alert_id: UUID) -> None:
        """Keep that the person looked at an alert's page."""
        async with self._begin() as work:
            await work.note_read(person_id, alert_id, self._clock.now())

    async def mark_read(self, person_id: UUID, alert_ids: Collection[UUID]) -> None:
        """Mark alerts as read; what was put off is done with, too."""
        async with self._begin() as work:
            await work.mark(person_id, alert_ids, read_at=self._clock.now(), snoozed_until=None)

    async def mark_unread(self, person_id: UUID, alert_ids: Collection[UUID]) -> None:
        """Mark alerts as unread, now and not later."""
        async with self._begin() as work:
            await work.mark(person_id, alert_ids, read_at=None, snoozed_until=None)

    async def snooze(self, person_id: UUID, alert_ids: Collection[UUID], choice: str) -> datetime:
        """Put alerts off; they come back unread. Returns when. Raises WrongInput."""
        async with self._begin() as work:
            until = snoozed_until(choice, self._clock.now(), await work.zone_of_person(person_id))
            await work.mark(person_id, alert_ids, read_at=None, snoozed_until=until)
        return until

    async def snoozes(self, person_id: UUID) -> tuple[tuple[str, datetime], ...]:
        """Return until when the person can put alerts off now."""
        async with self._begin() as work:
            return snoozes_at(self._clock.now(), await work.zone_of_person(person_id))

    def _also_called(self, word: str) -> tuple[str, ...]:
        """Return the word, and the ids of the agreements whose names hold it: alerts keep their ids."""
        return (word, *(item_id for item_id, name in self._agreements.items() if word in name.casefold()))

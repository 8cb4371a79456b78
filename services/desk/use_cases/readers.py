"""What a reader does with a link that only they have: end a subscription, fetch its feed. No login is asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from services.desk.domain.feed import Feed
from services.desk.domain.views import Followed
from services.desk.use_cases.writing import Writing
from shared.contracts.reader_links import FEED, UNSUBSCRIBE
from shared.kit.sealing import Seals

MOST_FEED_ENTRIES = 100


class ReaderWork(Protocol):
    """The queries of readers' links."""

    async def followed(self, subscription_id: UUID) -> Followed | None:
        """Return the subscription, also one that was ended."""
        ...

    async def feed(self, subscription_id: UUID, limit: int) -> Feed | None:
        """Return the newest alerts of a live feed subscription; None for any other."""
        ...


BeginReading = Callable[[], AbstractAsyncContextManager[ReaderWork]]


class Readers:
    """Answers readers' links; a token that was not made with one of our keys leads nowhere."""

    def __init__(self, writing: Writing, begin_reading: BeginReading, seals: Seals | None) -> None:
        self._writing = writing
        self._begin_reading = begin_reading
        self._seals = seals

    async def followed(self, token: str) -> Followed | None:
        """Return what the token would unsubscribe from; changes nothing."""
        subscription_id = self._subject(UNSUBSCRIBE, token)
        if subscription_id is None:
            return None
        async with self._begin_reading() as work:
            return await work.followed(subscription_id)

    async def unsubscribe(self, token: str) -> Followed | None:
        """End the subscription; one that was ended before stays so. None for a token that leads nowhere."""
        found = await self.followed(token)
        if found is None or found.ended:
            return found
        async with self._writing.writing() as work:
            await work.end_subscriptions([found.subscription.subscription_id], self._writing.now())
        return Followed(found.subscription, ended=True)

    async def feed(self, token: str) -> Feed | None:
        """Return the feed behind a token; None for one that leads nowhere, or whose subscription was ended."""
        subscription_id = self._subject(FEED, token)
        if subscription_id is None:
            return None
        async with self._begin_reading() as work:
            return await work.feed(subscription_id, MOST_FEED_ENTRIES)

    def _subject(self, purpose: str, token: str) -> UUID | None:
        return None if self._seals is None else self._seals.read_token(purpose, token)

"""What open pages hear while nothing is asked: that there is news, and what of the house is away.

One upstream for the process tells this room; each page has a stream that holds no queue, only how far it has heard. A
stream ends with its session, after a while by itself (the browser opens it again), and when the desk stops.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from services.desk.domain.visitors import Visitor

BEAT_SECONDS = 5.0  # within it a page learns that its session has ended, and that the line still holds
GAP_SECONDS = 0.3  # between two pieces of news to one page: a burst is fetched once
MOST_SECONDS = 1_800.0  # of one stream
MOST_OF_ACCOUNT = 8  # streams at once; a page that is not looked at closes its own
MOST_STREAMS = 500
UNKNOWN = "unknown"

IsStill = Callable[[Visitor], Awaitable[bool]]


class TooManyStreams(Exception):
    """This account, or the desk, has as many open streams as it may have."""


@dataclass(eq=False)
class _Ear:
    """One stream: how far it has heard, and what wakes it."""

    account_id: UUID | None
    heard: int
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Live:
    """Passes on that there is news. `is_still` asks whether a visitor's session still lets them in."""

    def __init__(
        self, is_still: IsStill, *, beat_seconds: float = BEAT_SECONDS, most_seconds: float = MOST_SECONDS
    ) -> None:
        self._is_still = is_still
        self._beat_seconds = beat_seconds
        self._most_seconds = most_seconds
        self._ears: set[_Ear] = set()
        self._news = 0
        self._away: tuple[str, ...] = (UNKNOWN,)
        self._closed = False

    @property
    def streams(self) -> int:
        """Return how many streams are open."""
        return len(self._ears)

    def tell(self) -> None:
        """There is news."""
        self._news += 1
        self._wake()

    def know(self, away: tuple[str, ...]) -> None:
        """Know what is away: the bus, services; empty where everything is there."""
        if away != self._away:
            self._away = away
            self._wake()

    def close(self) -> None:
        """End all streams: the desk stops."""
        self._closed = True
        self._wake()

    def open(self, visitor: Visitor) -> AsyncGenerator[str, None]:
        """Return a stream of server-sent events. Raises TooManyStreams."""
        account_id = visitor.account.account_id if visitor.account is not None else None
        taken = Counter(ear.account_id for ear in self._ears)
        if len(self._ears) >= MOST_STREAMS or taken[account_id] >= MOST_OF_ACCOUNT:
            raise TooManyStreams
        return self._stream(visitor, _Ear(account_id, self._news))

    async def _stream(self, visitor: Visitor, ear: _Ear) -> AsyncGenerator[str, None]:
        loop = asyncio.get_running_loop()
        ends, told = loop.time() + self._most_seconds, None
        sure_until = loop.time() + self._beat_seconds
        self._ears.add(ear)
        try:
            yield "retry: 1500\n\n"
            while not self._closed and loop.time() < ends:
                if loop.time() >= sure_until:  # also while there is always news
                    if not await self._is_still(visitor):
                        yield _event("ended", "signed out")
                        return
                    sure_until = loop.time() + self._beat_seconds
                if told != self._away:
                    told = self._away
                    yield _event("state", json.dumps({"away": told}))
                if ear.heard != self._news:
                    ear.heard = self._news
                    yield _event("news", str(ear.heard))
                    await asyncio.sleep(GAP_SECONDS)
                    continue
                ear.woken.clear()
                if await self._is_quiet(ear):
                    yield ": here\n\n"
        finally:
            self._ears.discard(ear)

    async def _is_quiet(self, ear: _Ear) -> bool:
        """Wait for something to tell; tell whether there was nothing for as long as a beat."""
        try:
            async with asyncio.timeout(self._beat_seconds):
                await ear.woken.wait()
        except TimeoutError:
            return True
        return False

    def _wake(self) -> None:
        for ear in self._ears:
            ear.woken.set()


def _event(name: str, said: str) -> str:
    return f"event: {name}\ndata: {said}\n\n"

"""The scraper's clockwork: looks at what is due, so many at once, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from services.scraper.domain.hubs import HubAsk
from services.scraper.ports import SourceInHand
from services.scraper.use_cases.hubs import HubAsks
from services.scraper.use_cases.looking import SourceLooks
from services.scraper.use_cases.reading import PageReads
from services.scraper.use_cases.tidying import Tidying
from services.scraper.use_cases.vigil import Vigil
from shared.kit.errors import Later
from shared.kit.waiting import pause
from shared.store.unit_of_work import is_outage

logger = logging.getLogger(__name__)

LOOKS_AT_ONCE = 64  # they wait for servers: so many dead ones at half a minute each still leave hands for the living
READS_AT_ONCE = 24  # they mostly wait for servers; what came is read by two children, whatever this is
HUBS_AT_ONCE = 4
HUB_TICK_SECONDS = 10.0  # a subscription may wait, its source is polled meanwhile
TIDY_SECONDS = 3600.0
VIGIL_SECONDS = 60.0
TICK_SECONDS = 1.0  # a source or an entry that another process made due
RENEWED_AFTER = 1 / 3  # of a lease, so that one lost renewal costs nothing
GATHER_SECONDS = 0.1  # so that one claim serves several hands: it costs much the same for one as for all
OUTAGE_WAIT_SECONDS = 2.0
GRACE_SECONDS = 5.0  # what is in hand at a stop is mostly done by then; the rest is given back
GIVE_BACK_SECONDS = 2.0  # best effort: a lease that is not given back ends by itself

T = TypeVar("T")


class Claims(Protocol[T]):
    """Where pieces of work are claimed, and come back to when they cannot be done.

    A claim holds for `lease_seconds`, and as long as it is renewed.
    """

    @property
    def lease_seconds(self) -> float:
        """How long a claim holds when its holder has died."""
        ...

    async def renew(self, pieces: Sequence[T]) -> None:
        """Hold the claim on these pieces for as long again."""
        ...

    async def claim(self, limit: int) -> Sequence[T]:
        """Take up to `limit` pieces that are due."""
        ...

    async def record_mistake(self, piece: T, trouble: Exception) -> None:
        """Give back a piece that could not be handled, so that it is seen, and due again later."""
        ...

    async def give_back(self, pieces: Sequence[T]) -> None:
        """End the claim on pieces that were not done."""
        ...


async def poll_forever(looks: SourceLooks, new_entries: asyncio.Event, stop: asyncio.Event) -> None:
    """Look at sources as they fall due; sets `new_entries` when a look found something to read."""

    async def look(source: SourceInHand) -> None:
        if await looks.look_at(source):
            new_entries.set()

    hands = _Hands(looks, look, lambda source: f"source {source.name}", at_once=LOOKS_AT_ONCE)
    await hands.work_forever(woken=None, stop=stop)


async def read_forever(reads: PageReads, new_entries: asyncio.Event, stop: asyncio.Event) -> None:
    """Read the pages of entries as they come, and again as their next try falls due."""
    hands = _Hands(reads, reads.read, lambda entry: f"page {entry.url}", at_once=READS_AT_ONCE)
    await hands.work_forever(woken=new_entries, stop=stop)


async def ask_hubs_forever(asks: HubAsks, stop: asyncio.Event) -> None:
    """Subscribe at the hubs that sources name, renew in time, and give up what nobody wants any more."""

    def called(ask: HubAsk) -> str:
        return f"the hub of source {ask.source_name}"

    hands = _Hands(asks, asks.ask, called, at_once=HUBS_AT_ONCE, tick_seconds=HUB_TICK_SECONDS)
    await hands.work_forever(woken=None, stop=stop)


async def tidy_forever(tidying: Tidying, stop: asyncio.Event) -> None:
    """Put away what was kept long enough, once an hour."""
    while not stop.is_set():
        await tidying.tidy()
        await pause(TIDY_SECONDS, stop)


async def keep_vigil_forever(vigil: Vigil, stop: asyncio.Event) -> None:
    """See to the sources together, every few minutes."""
    while not stop.is_set():
        await vigil.look_around()
        await pause(VIGIL_SECONDS, stop)


class _Hands(Generic[T]):
    """So many hands, each of which does one piece at a time: one slow piece holds up only its own hand."""

    def __init__(
        self,
        claims: Claims[T],
        do: Callable[[T], Awaitable[None]],
        called: Callable[[T], str],
        *,
        at_once: int,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._claims = claims
        self._do = do
        self._called = called
        self._at_once = at_once
        self._tick_seconds = tick_seconds
        self._running: dict[asyncio.Task[None], T] = {}
        self._freed = asyncio.Event()

    async def work_forever(self, *, woken: asyncio.Event | None, stop: asyncio.Event) -> None:
        """Claim as many pieces as there are free hands, and start each at once."""
        wakers = [stop, *([woken] if woken is not None else [])]
        renewing = asyncio.create_task(self._renew_forever())
        try:
            while not stop.is_set():
                self._freed.clear()
                if woken is not None:
                    woken.clear()
                free = self._at_once - len(self._running)
                pieces = await self._claimed(free, stop) if free else []
                for piece in pieces:
                    self._start(piece)
                if len(pieces) < free:  # nothing more is due, and a hand that comes free changes nothing about that
                    await pause(self._tick_seconds, *wakers)
                else:
                    await pause(self._tick_seconds, stop, self._freed)
                    await pause(GATHER_SECONDS, stop)
            if self._running:
                await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await self._let_go()

    async def _renew_forever(self) -> None:
        """Keep what is in hand: a slow host may take longer than a lease, and another scraper must not ask it too."""
        while True:
            await asyncio.sleep(self._claims.lease_seconds * RENEWED_AFTER)
            in_hand = list(self._running.values())
            try:
                if in_hand:
                    await self._claims.renew(in_hand)
            except Exception as trouble:  # noqa: BLE001  (the next renewal is soon; without any, the lease ends)
                logger.warning("%d claims could not be renewed: %s", len(in_hand), _kind(trouble))

    async def _claimed(self, free: int, stop: asyncio.Event) -> Sequence[T]:
        """Claim; a claim that fails, whatever for, is waited out: what is in hand has nothing to do with it."""
        try:
            return await self._claims.claim(free)
        except Exception as trouble:
            if is_outage(trouble):
                logger.warning("the database is away: %s", type(trouble).__name__)
            else:
                logger.exception("nothing could be claimed; trying again")
            await pause(OUTAGE_WAIT_SECONDS, stop)
            return []

    def _start(self, piece: T) -> None:
        task = asyncio.create_task(self._guarded(piece))
        self._running[task] = piece
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._freed.set()

    async def _guarded(self, piece: T) -> None:
        """Do one piece. A mistake is recorded with it; where the database is away, it comes back as its lease ends."""
        try:
            await self._do(piece)
        except Exception as trouble:
            if is_outage(trouble) or isinstance(trouble, Later):
                logger.warning("%s comes back, it could not be done now: %s", self._called(piece), _kind(trouble))
                return
            logger.exception("%s could not be handled", self._called(piece))
            await self._record(piece, trouble)

    async def _record(self, piece: T, trouble: Exception) -> None:
        try:
            await self._claims.record_mistake(piece, trouble)
        except Exception:
            logger.exception("%s comes back as its lease ends, its mistake is not recorded", self._called(piece))

    async def _let_go(self) -> None:
        """Cancel what is still in hand and give it back, so that the next scraper need not wait for the leases."""
        in_hand = dict(self._running)
        for task in in_hand:
            task.cancel()
        await asyncio.gather(*in_hand, return_exceptions=True)
        left = list(in_hand.values())  # also one whose end was an outage; a lease that is given back twice is no harm
        if not left:
            return
        try:
            async with asyncio.timeout(GIVE_BACK_SECONDS):
                await self._claims.give_back(left)
        except Exception as trouble:  # noqa: BLE001
            logger.warning("%d pieces in hand come back as their leases end: %s", len(left), _kind(trouble))


def _kind(trouble: Exception) -> str:
    return type(trouble).__name__

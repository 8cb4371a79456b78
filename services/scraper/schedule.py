"""The scraper's clockwork: looks at what is due, so many at once, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from services.scraper.ports import SourceInHand
from services.scraper.use_cases.looking import SourceLooks
from services.scraper.use_cases.reading import PageReads
from shared.kit.waiting import pause
from shared.store.unit_of_work import is_outage

logger = logging.getLogger(__name__)

LOOKS_AT_ONCE = 8
READS_AT_ONCE = 6
TICK_SECONDS = 1.0  # a source or an entry that another process made due
OUTAGE_WAIT_SECONDS = 2.0

T = TypeVar("T")


async def poll_forever(looks: SourceLooks, new_entries: asyncio.Event, stop: asyncio.Event) -> None:
    """Look at sources as they fall due; sets `new_entries` when a look found something to read."""

    async def look(source: SourceInHand) -> None:
        if await looks.look_at(source):
            new_entries.set()

    await _work_forever(looks.claim, look, at_once=LOOKS_AT_ONCE, woken=None, stop=stop)


async def read_forever(reads: PageReads, new_entries: asyncio.Event, stop: asyncio.Event) -> None:
    """Read the pages of entries as they come, and again as their next try falls due."""
    await _work_forever(reads.claim, reads.read, at_once=READS_AT_ONCE, woken=new_entries, stop=stop)


async def _work_forever(
    claim: Callable[[int], Awaitable[Sequence[T]]],
    do: Callable[[T], Awaitable[None]],
    *,
    at_once: int,
    woken: asyncio.Event | None,
    stop: asyncio.Event,
) -> None:
    """Claim as many as there are free hands, and start each at once: one slow piece holds up only its own hand."""
    running: set[asyncio.Task[None]] = set()
    freed = asyncio.Event()

    def done(task: asyncio.Task[None]) -> None:
        running.discard(task)
        freed.set()

    try:
        while not stop.is_set():
            freed.clear()
            if woken is not None:
                woken.clear()
            free = at_once - len(running)
            pieces = await _claimed(claim, free, stop) if free else []
            for piece in pieces:
                task = asyncio.create_task(_guarded(do, piece))
                running.add(task)
                task.add_done_callback(done)
            if len(pieces) < free or not free:
                await pause(TICK_SECONDS, stop, freed, *([woken] if woken is not None else []))
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _claimed(claim: Callable[[int], Awaitable[Sequence[T]]], free: int, stop: asyncio.Event) -> Sequence[T]:
    try:
        return await claim(free)
    except Exception as trouble:
        if not is_outage(trouble):
            raise
        logger.warning("the database is away: %s", type(trouble).__name__)
        await pause(OUTAGE_WAIT_SECONDS, stop)
        return []


async def _guarded(do: Callable[[T], Awaitable[None]], piece: T) -> None:
    """Do one piece; what fails is logged, and comes back when its lease ends."""
    try:
        await do(piece)
    except Exception as trouble:
        if is_outage(trouble):
            logger.warning("the database is away; this piece comes back: %s", type(trouble).__name__)
        else:
            logger.exception("a piece of work failed and comes back: %r", piece)

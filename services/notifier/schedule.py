"""The notifier's clockwork: dispatch whenever woken or due, for as long as the service runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress

from services.notifier.use_cases import Notifier
from shared.kit.errors import Later
from shared.kit.waiting import pause
from shared.store.unit_of_work import is_outage

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 1.0  # how late we notice what nobody woke us for: a dead sender's lease, another's replay
LONGEST_GATHER_WAIT_SECONDS = 5.0  # how late we notice what a person changed: a mute ended, a digest's hour
SHORTEST_WAIT_SECONDS = 0.01  # a clock that is a tick behind the database's must not make us spin
RULES_SECONDS = 5.0  # an article takes up what it needs by itself; this is for changes by the hundred
BREATH_SECONDS = 0.02  # between two rounds: what ends or is raised meanwhile is claimed together
MEASURE_SECONDS = 15.0  # as often as metrics are commonly read
FINISH_SECONDS = 18.0  # a whole send and its settling


async def dispatch_forever(notifier: Notifier, stop: asyncio.Event, *, finish_seconds: float = FINISH_SECONDS) -> None:
    """Dispatch until `stop` is set, then let the sends under way end, for at most `finish_seconds`.

    The database may be away for as long as it likes: that is logged, and survived.
    """
    while not stop.is_set():
        await _pause(notifier, stop, await _round(notifier))
    await notifier.finish(finish_seconds)


async def gather_forever(notifier: Notifier, stop: asyncio.Event) -> None:
    """Gather what is due until `stop` is set: at the next due moment, when more waits, and now and then."""
    while not stop.is_set():
        wait_seconds = LONGEST_GATHER_WAIT_SECONDS
        try:
            made = await notifier.gather_due()
        except Exception as error:
            if is_outage(error):
                logger.warning("nothing could be gathered: the database is away")
            else:
                logger.exception("what waits to be told could not be gathered")
        else:
            if made.due_in_seconds is not None:
                wait_seconds = min(wait_seconds, max(SHORTEST_WAIT_SECONDS, made.due_in_seconds))
        await _first_of(wait_seconds, notifier.more_waits(), stop.wait())
        if not stop.is_set():
            await asyncio.sleep(BREATH_SECONDS)


async def measure_forever(notifier: Notifier, stop: asyncio.Event) -> None:
    """Keep the metrics of the ledger fresh until `stop` is set."""
    while not stop.is_set():
        try:
            await notifier.measure()
        except Exception as error:
            if is_outage(error):
                logger.warning("the ledger could not be measured: the database is away")
            else:
                logger.exception("the ledger could not be measured")
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), MEASURE_SECONDS)


async def follow_rules_forever(notifier: Notifier, stop: asyncio.Event) -> None:
    """Take up changed rules until `stop` is set: compiling many, as at the start, begins before an article needs it."""
    while not stop.is_set():
        try:
            await notifier.follow_rules()
        except Later:
            continue
        except Exception as error:
            if is_outage(error):
                logger.warning("the rules could not be read: the database is away")
            else:
                logger.exception("the rules could not be compiled")
        await pause(RULES_SECONDS, stop)


async def _round(notifier: Notifier) -> float:
    """Dispatch once and return the seconds after which to do so again."""
    try:
        dispatched = await notifier.dispatch_due()
    except Exception as error:
        if is_outage(error):
            logger.warning("the database is away: %s", error.__class__.__name__)
        else:
            logger.exception("deliveries could not be dispatched")
        return LONGEST_WAIT_SECONDS
    if dispatched.due_in_seconds is None:
        return LONGEST_WAIT_SECONDS
    return max(SHORTEST_WAIT_SECONDS, min(dispatched.due_in_seconds, LONGEST_WAIT_SECONDS))


async def _pause(notifier: Notifier, stop: asyncio.Event, seconds: float) -> None:
    await _first_of(seconds, notifier.woken(), stop.wait())
    if not stop.is_set():
        await asyncio.sleep(BREATH_SECONDS)


async def _first_of(seconds: float, *awaited: Coroutine[object, object, object]) -> None:
    """Wait for whichever comes first, for at most so long."""
    waiters = {asyncio.create_task(each) for each in awaited}
    try:
        await asyncio.wait(waiters, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)

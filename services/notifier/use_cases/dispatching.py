"""The one way from the ledger to the channels: claim, send, settle, for first attempts and retries alike.

A claim and its settling are short transactions; the send lies between them, outside of any. A sender that dies in
between leaves a lease, and after it the delivery is sent again, under the same id, by whoever finds it; never by the
process that still has it under way, whose settling may wait for the database longer than the lease holds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from structlog.contextvars import bind_contextvars

from services.notifier.domain.delivery import (
    GIVEN_UP,
    SENDER_DIED,
    Line,
    Outcome,
    State,
    Unknown,
    next_step,
    settle,
)
from services.notifier.domain.parcel import Attempt, Due
from services.notifier.domain.room import Room
from services.notifier.ports import Begin, LedgerWork, Send
from services.notifier.use_cases.endings import announce_ending
from shared.kit.clock import Clock
from shared.kit.failpoints import Step, passing
from shared.store.unit_of_work import is_outage
from shared.telemetry.metrics import DELIVERIES

logger = logging.getLogger(__name__)

TRANSACTION_LIMIT_SECONDS = 20.0  # a database that swallows packets would hold us for hours; it counts as away
MOST_SEND_SECONDS = 15.0  # for a whole send; what receivers of webhooks are commonly given
_SEND_SHARE_OF_LEASE = 0.5  # a send ends well before its lease, else another sender would repeat it
_CUT_OFF_SHARE = 1.2  # a channel ends by its own limit, with a better sentence, before it is cut off


@dataclass(frozen=True)
class Patience:
    """How long we wait for what, in seconds."""

    retry_waits: tuple[float, ...]
    lease: float
    outage_wait: float

    @property
    def send(self) -> float:
        """How long a channel has for one send."""
        return min(MOST_SEND_SECONDS, self.lease * _SEND_SHARE_OF_LEASE)


@dataclass(frozen=True)
class Dispatched:
    """What one round began, and when the next is due (None: nothing is known to be waiting)."""

    begun: int
    due_in_seconds: float | None


class Dispatcher:
    """Sends what is due, as much at once as there is room for."""

    def __init__(
        self, begin: Begin, send: Send, room: Room, patience: Patience, clock: Clock, jitter: Callable[[], float]
    ) -> None:
        self._begin = begin
        self._send = send
        self._room = room
        self._patience = patience
        self._clock = clock
        self._jitter = jitter
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        self.wake = asyncio.Event()

    async def dispatch_due(self) -> Dispatched:
        """Claim what is due and fits, and begin to send it; the sends go on after this returns."""
        self.wake.clear()  # before the look: what falls due from here on wakes us again
        claimed: list[Attempt] = []
        due_in_seconds = None
        try:
            if self._room.free > 0:
                async with asyncio.timeout(TRANSACTION_LIMIT_SECONDS), self._begin() as work:
                    due_in_seconds = await self._claim(work, claimed)
        except BaseException:
            for attempt in claimed:
                self._room.leave(attempt.target)
            raise
        for attempt in claimed:
            delivery_id = attempt.parcel.delivery_id
            task = asyncio.create_task(self._carry_out(attempt), name=f"delivery {delivery_id}")
            self._under_way[delivery_id] = task
            task.add_done_callback(partial(self._ended, attempt))
        return Dispatched(len(claimed), due_in_seconds)

    async def finish(self, limit_seconds: float) -> None:
        """Let the sends under way end; those that take longer are cut off, and sent again after their lease."""
        tasks = set(self._under_way.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=limit_seconds)
        for task in late:
            logger.warning("%s was cut off; it will be sent again", task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _claim(self, work: LedgerWork, claimed: list[Attempt]) -> float | None:
        now = await work.clock()
        while (free := self._room.free) > 0:
            page = await work.due(now, free, self._room.full_targets, self._under_way.keys())
            begun = await self._decide(work, page)
            claimed.extend(begun)
            if len(page) < free:
                break
        return await work.seconds_until_due(now)

    async def _decide(self, work: LedgerWork, page: Sequence[Due]) -> list[Attempt]:
        """Turn due deliveries into attempts, as far as there is room; end those that nobody wants or that are over."""
        lines: list[tuple[UUID, Line]] = []
        begun: list[Attempt] = []
        try:
            for due in page:
                line = next_step(due.line, self._patience.retry_waits, wanted=due.wanted)
                if line.state is State.SENDING:
                    if not self._room.enter(due.target):
                        continue
                    begun.append(Attempt(due.parcel, line, due.target))
                lines.append((due.parcel.delivery_id, line))
                await self._close_what_died(work, due, line)
            await work.write(lines, self._patience.lease)
            await work.open_attempts(begun)
        except BaseException:
            for attempt in begun:
                self._room.leave(attempt.target)
            raise
        return begun

    async def _close_what_died(self, work: LedgerWork, due: Due, line: Line) -> None:
        if due.line.state is not State.SENDING:
            return
        logger.warning("delivery %s: %s", due.parcel.delivery_id, SENDER_DIED.sentence)
        await work.close_attempt(due.parcel.delivery_id, due.line.attempts, SENDER_DIED)
        if line.state in GIVEN_UP:
            await announce_ending(work, due.parcel, line, self._clock.now())

    async def _carry_out(self, attempt: Attempt) -> None:
        bind_contextvars(correlation_id=str(attempt.parcel.correlation_id))  # this task's own context
        try:
            passing(Step.DELIVERY_CLAIMED)
            outcome = await self._outcome_of(attempt)
            passing(Step.DELIVERY_SENT)
            await self._settle_patiently(attempt, outcome)
            passing(Step.DELIVERY_SETTLED)
        except Exception:
            logger.exception("delivery %s could not be settled; its lease will end", attempt.parcel.delivery_id)

    def _ended(self, attempt: Attempt, _task: asyncio.Task[None]) -> None:
        del self._under_way[attempt.parcel.delivery_id]
        self._room.leave(attempt.target)
        self.wake.set()

    async def _outcome_of(self, attempt: Attempt) -> Outcome:
        limit_seconds = self._patience.send * _CUT_OFF_SHARE
        try:
            async with asyncio.timeout(limit_seconds):
                return await self._send(attempt.parcel)
        except TimeoutError:
            return Unknown(f"The {attempt.parcel.channel} did not end within {limit_seconds:g} seconds.")
        except Exception as error:
            logger.exception("delivery %s: the %s failed", attempt.parcel.delivery_id, attempt.parcel.channel)
            return Unknown(f"The {attempt.parcel.channel} failed unexpectedly: {type(error).__name__}.")

    async def _settle_patiently(self, attempt: Attempt, outcome: Outcome) -> None:
        """Settle, again and again while the database is away: what is sent and not recorded would be sent again."""
        while True:
            try:
                async with asyncio.timeout(TRANSACTION_LIMIT_SECONDS):
                    await self._settle(attempt, outcome)
            except Exception as error:
                if not is_outage(error):
                    raise
                logger.warning("delivery %s waits for the database to be settled", attempt.parcel.delivery_id)
                await asyncio.sleep(self._patience.outage_wait)
            else:
                return

    async def _settle(self, attempt: Attempt, outcome: Outcome) -> None:
        parcel = attempt.parcel
        line = settle(attempt.line, outcome, self._patience.retry_waits, self._jitter())
        async with self._begin() as work:
            ours = await work.settle(attempt, line)
            await work.close_attempt(parcel.delivery_id, attempt.line.attempts, outcome)
            if ours:
                await announce_ending(work, parcel, line, self._clock.now())
        if not ours:
            logger.warning("delivery %s was settled elsewhere: the lease had ended", parcel.delivery_id)
        elif line.state in GIVEN_UP:
            logger.error("delivery %s to %s was given up: %s", parcel.delivery_id, attempt.target, line.reason)
        DELIVERIES.labels(parcel.channel, type(outcome).__name__.lower()).inc()

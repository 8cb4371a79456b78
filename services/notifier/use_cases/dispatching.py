"""The one way from the ledger to the channels: claim, send, settle, for first attempts and retries alike.

A claim and its settling are short transactions; the send lies between them, outside of any. A sender that dies in
between leaves a lease, and after it the delivery is sent again, under the same id, by whoever finds it; never by the
process that still has it under way, whose settling may wait for the database longer than the lease holds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from structlog.contextvars import bind_contextvars

from services.notifier.domain.delivery import (
    SENDER_DIED,
    Delivered,
    Line,
    Outcome,
    State,
    Unknown,
    cancel,
    claim,
    next_step,
    recordable,
    release,
)
from services.notifier.domain.parcel import Attempt, Due, Ended
from services.notifier.domain.quiet import not_before
from services.notifier.domain.room import Room
from services.notifier.domain.standing import Lane, probed
from services.notifier.ports import Begin, NotifierWork, Send
from services.notifier.use_cases.endings import endings
from services.notifier.use_cases.leaving_alone import left_alone, wanting_quiet
from services.notifier.use_cases.patience import TRANSACTION_LIMIT_SECONDS, Patience
from services.notifier.use_cases.settling import Settler, Settling
from services.notifier.use_cases.sorting_out import looked_through
from shared.kit.clock import Clock
from shared.kit.failpoints import Step, passing

logger = logging.getLogger(__name__)

_CUT_OFF_SHARE = 1.2  # a channel ends by its own limit, with a better sentence, before it is cut off
_MOST_PROBES = 4  # in one round
_MOST_CANDIDATES = 20  # for a probe: the others of its address sleep, too, or are stopped
_MOST_LOOKS = 50  # in one round: what is held meanwhile is held by the next
_MOST_UNDER_WAY = 1000  # sent, and waiting for a slow database to be settled: enough to go on with


@dataclass(frozen=True)
class Dispatched:
    """What one round began, and when the next is due (None: nothing is known to be waiting)."""

    begun: int
    due_in_seconds: float | None


class Dispatcher:
    """Sends what is due, as much at once as there is room for."""

    def __init__(
        self, begin: Begin, send: Send, room: Room, patience: Patience, clock: Clock, settler: Settler
    ) -> None:
        self._begin = begin
        self._send = send
        self._room = room
        self._patience = patience
        self._clock = clock
        self._settler = settler
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        self.wake = asyncio.Event()

    async def dispatch_due(self) -> Dispatched:
        """Claim what is due and fits, and begin to send it; the sends go on after this returns."""
        self.wake.clear()  # before the look: what falls due from here on wakes us again
        claimed: list[Attempt] = []
        due_in_seconds = None
        try:
            if self._room.free(_now()) > 0 and len(self._under_way) < _MOST_UNDER_WAY:
                async with asyncio.timeout(TRANSACTION_LIMIT_SECONDS), self._begin() as work:
                    due_in_seconds = await self._claim(work, claimed)
        except BaseException:
            for attempt in claimed:
                self._leave(attempt, well=True)
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

    async def _claim(self, work: NotifierWork, claimed: list[Attempt]) -> float | None:
        now = await work.clock()
        seen = set(self._under_way)
        probes = await self._probes(work)
        claimed.extend(await self._decide(work, probes, probing=True))
        seen.update(due.parcel.delivery_id for due in probes)
        for _ in range(_MOST_LOOKS):
            free = self._room.free(_now())
            if free <= 0:
                break
            picked = await work.pick(now, free, self._room.left(_now()), self._room.full_targets(), seen)
            # What another notifier holds is skipped, and comes into no further pick of this round.
            page = await looked_through(work, await work.due(now, picked))
            page = await left_alone(work, page, self._clock.now())
            begun = await self._decide(work, page)
            claimed.extend(begun)
            seen.update(picked)
            # What was not sent (held, cancelled, another notifier's) stood in the way of others of its address.
            if len(picked) < free and len(begun) == len(picked):
                break
        return await work.seconds_until_due(now)

    async def _probes(self, work: NotifierWork) -> list[Due]:
        """Return a held delivery for each disabled address that may be tried again now."""
        now = await work.clock()
        found = []
        for lane, standing in (await work.probes_due(now, _MOST_PROBES)).items():
            due = await self._probe(work, lane)
            if due is not None:
                await work.save_standings({lane: probed(standing, now)})
                found.append(due)
        return found

    async def _probe(self, work: NotifierWork, lane: Lane) -> Due | None:
        """Return the oldest held delivery that may be sent now: not of a stopped rule, to nobody who sleeps."""
        now = self._clock.now()
        for delivery_id in await work.oldest_held(lane, _MOST_CANDIDATES):
            held = await work.held(delivery_id)
            if held is None:
                continue
            [due] = await looked_through(work, [replace(held, held=False)])
            if not due.wanted:
                await work.write([(delivery_id, cancel(due.line))], 0.0)
            elif not due.held and not_before(due.parcel, await wanting_quiet(work, [due], now), now) is None:
                return due
        return None

    async def _decide(self, work: NotifierWork, page: Sequence[Due], *, probing: bool = False) -> list[Attempt]:
        """Turn due deliveries into attempts, as far as there is room; end or hold those that are not to be sent."""
        lines: list[tuple[UUID, Line]] = []
        begun: list[Attempt] = []
        died: list[tuple[Due, Line]] = []
        try:
            for due in page:
                line = self._step(due, probing=probing)
                if line.state is State.SENDING:
                    if not self._room.enter(due.parcel.delivery_id, due.parcel.lane, due.target, _now()):
                        continue
                    begun.append(Attempt(due.parcel, line, due.target))
                lines.append((due.parcel.delivery_id, line))
                if due.line.state is State.SENDING:
                    died.append((due, line))
            await self._close_what_died(work, died)
            await work.write(lines, self._patience.lease)
            await work.open_attempts(begun)
        except BaseException:
            for attempt in begun:
                self._leave(attempt, well=True)
            raise
        return begun

    def _step(self, due: Due, *, probing: bool) -> Line:
        if probing and due.wanted:
            return claim(release(due.line))
        return next_step(due.line, self._patience.retry_waits, wanted=due.wanted, held=due.held)

    async def _close_what_died(self, work: NotifierWork, died: Sequence[tuple[Due, Line]]) -> None:
        if not died:
            return
        for due, _ in died:
            logger.warning("delivery %s: %s", due.parcel.delivery_id, SENDER_DIED.sentence)
        await work.close_attempts(
            [Ended(due.parcel.delivery_id, due.line.attempts, SENDER_DIED, None) for due, _ in died]
        )
        await work.announce_all(endings([(due.parcel, line) for due, line in died], self._clock.now()))

    async def _carry_out(self, attempt: Attempt) -> None:
        bind_contextvars(correlation_id=str(attempt.parcel.correlation_id))  # this task's own context
        well = False
        try:
            passing(Step.DELIVERY_CLAIMED)
            begun_at = _now()
            outcome = await self._outcome_of(attempt)
            took_milliseconds = round((_now() - begun_at) * 1000)
            well = isinstance(outcome, Delivered)
            passing(Step.DELIVERY_SENT)
            self._leave(attempt, well=well)
            await self._settler.settle(Settling(attempt, outcome, took_milliseconds))
            passing(Step.DELIVERY_SETTLED)
        except Exception:
            logger.exception("delivery %s could not be settled; its lease will end", attempt.parcel.delivery_id)

    def _ended(self, attempt: Attempt, _task: asyncio.Task[None]) -> None:
        del self._under_way[attempt.parcel.delivery_id]
        self._leave(attempt, well=False)
        self.wake.set()

    def _leave(self, attempt: Attempt, *, well: bool) -> None:
        """Give the attempt's place to others, once."""
        self._room.leave(attempt.parcel.delivery_id, attempt.parcel.lane, attempt.target, _now(), well=well)

    async def _outcome_of(self, attempt: Attempt) -> Outcome:
        limit_seconds = self._patience.send * _CUT_OFF_SHARE
        try:
            async with asyncio.timeout(limit_seconds):
                return recordable(await self._send(attempt.parcel))
        except TimeoutError:
            return Unknown(f"The {attempt.parcel.channel} did not end within {limit_seconds:g} seconds.")
        except Exception as error:
            logger.exception("delivery %s: the %s failed", attempt.parcel.delivery_id, attempt.parcel.channel)
            return Unknown(f"The {attempt.parcel.channel} failed unexpectedly: {type(error).__name__}.")


def _now() -> float:
    return asyncio.get_running_loop().time()

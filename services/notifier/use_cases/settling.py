"""Attempts that ended are settled together: one transaction for all that ended while the last one was under way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import datetime

from services.notifier.domain.delivery import GIVEN_UP, Line, Outcome, settle
from services.notifier.domain.parcel import Attempt, Ended
from services.notifier.domain.standing import EVERY_ADDRESS, WELL, Lane, Standing, after, answerable, recovered
from services.notifier.ports import Begin, NotifierWork
from services.notifier.use_cases.channel_news import disabled_news, enabled_news
from services.notifier.use_cases.endings import endings
from services.notifier.use_cases.patience import TRANSACTION_LIMIT_SECONDS, Patience
from shared.kit.clock import Clock
from shared.store.unit_of_work import is_outage
from shared.telemetry.metrics import DELIVERIES

logger = logging.getLogger(__name__)

MOST_SETTLED_AT_ONCE = 100


@dataclass(frozen=True)
class Settling:
    """An attempt that ended, how, and after how many milliseconds."""

    attempt: Attempt
    outcome: Outcome
    latency_milliseconds: int

    @property
    def ended(self) -> Ended:
        """What the ledger keeps of it."""
        parcel, number = self.attempt.parcel, self.attempt.line.attempts
        return Ended(parcel.delivery_id, number, self.outcome, self.latency_milliseconds)


class Settler:
    """Writes how attempts ended, and how the addresses stand after them."""

    def __init__(self, begin: Begin, patience: Patience, clock: Clock, jitter: Callable[[], float]) -> None:
        self._begin = begin
        self._patience = patience
        self._clock = clock
        self._jitter = jitter
        self._queue: list[tuple[Settling, asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None

    async def settle(self, settling: Settling) -> None:
        """Return once it is written down, however long the database is away. Raises what no waiting mends."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((settling, done))
        if self._work is None or self._work.done():
            # A context of its own: it serves attempts of many articles.
            self._work = asyncio.create_task(self._drain(), name="settling deliveries", context=Context())
        await done

    async def _drain(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:MOST_SETTLED_AT_ONCE], self._queue[MOST_SETTLED_AT_ONCE:]
            await self._settle_apart(batch)

    async def _settle_apart(self, batch: Sequence[tuple[Settling, asyncio.Future[None]]]) -> None:
        """Settle a batch; one that cannot be settled with others must not keep them from it."""
        try:
            await self._settle_patiently([settling for settling, _ in batch])
        except Exception as error:  # noqa: BLE001  (it is raised where the attempt waits)
            if len(batch) > 1:
                for each in batch:
                    await self._settle_apart([each])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
        else:
            for _, done in batch:
                if not done.done():
                    done.set_result(None)

    async def _settle_patiently(self, batch: Sequence[Settling]) -> None:
        """Settle, again and again while the database is away: what is sent and not recorded would be sent again."""
        while True:
            try:
                async with asyncio.timeout(TRANSACTION_LIMIT_SECONDS):
                    await self._settle(batch)
            except Exception as error:
                if not is_outage(error):
                    raise
                logger.warning("%d deliveries wait for the database to be settled", len(batch))
                await asyncio.sleep(self._patience.outage_wait)
            else:
                return

    async def _settle(self, batch: Sequence[Settling]) -> None:
        async with self._begin() as work:
            now = await work.clock()
            before = await work.standings({lane for each in batch for lane in (*_lanes(each), *_holders(each))})
            lines, standings = self._judged(batch, before, now)
            settled = [(each.attempt, line) for each, line in zip(batch, lines, strict=True)]
            ours = await work.settle(settled)
            await work.close_attempts([each.ended for each in batch])
            mine = [(attempt.parcel, line) for attempt, line in settled if attempt.parcel.delivery_id in ours]
            await work.announce_all(endings(mine, self._clock.now()))
            await _keep_standings(work, before, standings, now)
        for each, line in zip(batch, lines, strict=True):
            _tell(each, line, ours=each.attempt.parcel.delivery_id in ours)

    def _judged(
        self, batch: Sequence[Settling], before: dict[Lane, Standing], now: datetime
    ) -> tuple[list[Line], dict[Lane, Standing]]:
        """Return how the attempts leave their lines, and how the addresses stand after all of them."""
        standings = dict(before)
        lines = []
        for each in batch:
            for lane in _lanes(each):
                standings[lane] = after(standings.get(lane, WELL), each.outcome, now)
            disabled = any(standings.get(lane, WELL).disabled for lane in _holders(each))
            lines.append(
                settle(each.attempt.line, each.outcome, self._patience.retry_waits, self._jitter(), disabled=disabled)
            )
        return lines, standings


def _holders(settling: Settling) -> tuple[Lane, ...]:
    """Return the addresses whose being disabled holds a delivery: its own, and that of its whole channel."""
    lane = settling.attempt.parcel.lane
    return lane, replace(lane, address=EVERY_ADDRESS)


def _lanes(settling: Settling) -> tuple[Lane, ...]:
    return answerable(settling.attempt.parcel.lane, settling.outcome)


async def _keep_standings(
    work: NotifierWork, before: dict[Lane, Standing], standings: dict[Lane, Standing], now: datetime
) -> None:
    changed = {lane: standing for lane, standing in standings.items() if before.get(lane, WELL) != standing}
    await work.save_standings(changed)
    for lane, standing in changed.items():
        was = before.get(lane, WELL)
        if standing.disabled and not was.disabled:
            held = await work.hold_lane(lane)
            logger.error("%s was disabled: %s", lane.channel, standing.disabled_why)
            await work.announce(disabled_news(lane, standing, await work.listeners(lane), held, now))
        elif recovered(was, standing):
            if was.disabled_at is not None:
                released = await work.release_lane(lane)
                await work.announce(enabled_news(lane, was.disabled_at, f"A probe arrived. {released} go out.", now))
            await work.hurry_lane(lane)


def _tell(settling: Settling, line: Line, *, ours: bool) -> None:
    parcel = settling.attempt.parcel
    if not ours:
        logger.warning("delivery %s was settled elsewhere: the lease had ended", parcel.delivery_id)
    elif line.state in GIVEN_UP:
        target = settling.attempt.target
        logger.error("delivery %s to %s was given up: %s", parcel.delivery_id, target, line.reason)
    DELIVERIES.labels(parcel.channel, type(settling.outcome).__name__.lower()).inc()

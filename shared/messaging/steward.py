"""Looks after the bus: keeps stream and consumers in place, and announces again what nobody took up.

The database is the truth: an event that is committed but that no consumer has in its inbox must reach the bus again,
under a new message id (the broker would swallow the old one). It does so at once when the broker has lost it (the
stream is another one, or ends before the event's sequence), and after a patient wait in any other case.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from nats.js import JetStreamContext
from sqlalchemy import ColumnElement, delete, exists, func, literal, or_, select, update

from shared.contracts.streams import DURABLES
from shared.kit.waiting import pause
from shared.messaging.bootstrap import StreamState, ensure
from shared.messaging.connection import is_away
from shared.store.outbox import InboxRow, OutboxRow, QuarantineRow
from shared.store.unit_of_work import Database, Work
from shared.telemetry import metrics

logger = logging.getLogger(__name__)

KEEP_TAKEN = timedelta(days=8)  # longer than the stream keeps a message, so that a late copy still finds its inbox row
PRUNE_EVERY_SWEEPS = 500


class Steward:
    """One for each process; several may sweep the same database. Setting `nudged` asks for a sweep now."""

    def __init__(
        self,
        database: Database,
        js: JetStreamContext,
        *,
        nudged: asyncio.Event,
        sweep_seconds: float,
        announce_again_seconds: float,
    ) -> None:
        self._database = database
        self._js = js
        self._sweep_seconds = sweep_seconds
        self._again_after_seconds = announce_again_seconds
        self.nudged = nudged
        self._sweeps = 0
        self.stream: StreamState | None = None

    async def settle_in(self, stop: asyncio.Event) -> None:
        """Declare stream and consumers, waiting for the broker as long as it takes."""
        while not stop.is_set() and self.stream is None:
            try:
                self.stream = await ensure(self._js)
            except Exception as trouble:
                if not is_away(trouble):
                    raise
                logger.warning("the bus is not ready: %s", f"{type(trouble).__name__}: {trouble}")
                await pause(1.0, stop)

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until `stop` is set; outages of either engine are waited out."""
        while not stop.is_set():
            self.nudged.clear()
            try:
                await self.sweep()
            except Exception as trouble:
                if not is_away(trouble):
                    raise
                logger.warning("the sweep waits: %s", f"{type(trouble).__name__}: {trouble}")
            await pause(self._sweep_seconds, stop, self.nudged)

    async def sweep(self) -> int:
        """Put the bus right and announce again what is due; return how many events that were."""
        async with self._database.begin(Work) as work:
            cutoff = (await work.session.execute(select(func.clock_timestamp()))).scalar_one()
        stream = await ensure(self._js)
        if self.stream is not None and self.stream.generation != stream.generation:
            logger.warning("the stream is another one than before: announcing again what it has lost")
        self.stream = stream
        async with self._database.begin(Work) as work:
            await _mark_taken(work)
            again = await self._announce_again(work, stream, cutoff)
            work.announced = again > 0
            await _measure(work)
        if again:
            logger.warning("%d events were not taken up: announced again", again)
            metrics.EVENTS_ANNOUNCED_AGAIN.inc(again)
        self._sweeps += 1
        if self._sweeps % PRUNE_EVERY_SWEEPS == 1:
            await self._prune()
        return again

    async def _announce_again(self, work: Work, stream: StreamState, cutoff: datetime) -> int:
        lost = or_(
            OutboxRow.stream_generation.is_distinct_from(stream.generation),
            OutboxRow.stream_sequence > stream.last_sequence,
        )
        patience_seconds = self._again_after_seconds * func.pow(2, func.least(OutboxRow.tries - 1, 6))
        late = OutboxRow.sent_at < literal(cutoff) - func.make_interval(0, 0, 0, 0, 0, 0, patience_seconds)
        found = await work.session.execute(
            update(OutboxRow)
            .where(OutboxRow.taken_at.is_(None), OutboxRow.sent_at < cutoff, or_(lost, late), ~_in_quarantine())
            .values(sent_at=None, tries=OutboxRow.tries + 1)
            .returning(OutboxRow.event_id)
            .execution_options(synchronize_session=False)
        )
        return len(found.all())

    async def _prune(self) -> None:
        """Forget what was taken up long ago; an inbox row outlives every copy of its event on the stream."""
        async with self._database.begin(Work) as work:
            old = func.clock_timestamp() - KEEP_TAKEN
            await work.session.execute(delete(OutboxRow).where(OutboxRow.taken_at < old))
            still_announced = exists().where(OutboxRow.event_id == InboxRow.event_id)
            await work.session.execute(delete(InboxRow).where(InboxRow.taken_at < old, ~still_announced))


async def _mark_taken(work: Work) -> None:
    for durable in DURABLES:
        taken = exists().where(InboxRow.event_id == OutboxRow.event_id, InboxRow.taker == durable.name)
        await work.session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.subject == durable.event.subject(),
                OutboxRow.sent_at.is_not(None),
                OutboxRow.taken_at.is_(None),
                taken,
            )
            .values(taken_at=func.clock_timestamp())
            .execution_options(synchronize_session=False)
        )


async def _measure(work: Work) -> None:
    """Tell the metrics what waits, and for how long."""
    age = func.extract("epoch", func.clock_timestamp() - func.min(OutboxRow.created_at))
    oldest = await work.session.scalar(select(age).where(OutboxRow.sent_at.is_(None)))
    metrics.OUTBOX_OLDEST_SECONDS.set(float(oldest or 0))
    waiting = await work.session.scalar(select(func.count()).where(QuarantineRow.replayed_at.is_(None)))
    metrics.QUARANTINE_WAITING.set(waiting or 0)


def _in_quarantine() -> ColumnElement[bool]:
    return exists().where(QuarantineRow.event_id == OutboxRow.event_id, QuarantineRow.replayed_at.is_(None))

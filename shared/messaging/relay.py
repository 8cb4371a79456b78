"""Carries the outbox to JetStream: publish, wait for the broker's word, mark sent. In that order, so nothing is lost.

A process that dies between the publish and the mark publishes again under the same id, which the broker drops inside
its duplicate window and the consumer's inbox drops after it. Several relays share the work (`SKIP LOCKED`).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from sqlalchemy import case, func, literal, select, update

from shared.contracts.streams import STREAM, takers_of
from shared.kit.failpoints import Step, passing
from shared.kit.waiting import pause
from shared.messaging.bootstrap import StreamState
from shared.messaging.connection import is_away
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work
from shared.telemetry import metrics

logger = logging.getLogger(__name__)

BATCH = 100  # publishes in flight; with 1000, most ran into their time-out while the broker had stored them
PUBLISH_TIMEOUT_SECONDS = 5.0  # the client's own default of 0.5 s is ambiguous under load
POLL_SECONDS = 0.5  # news committed by another process; our own commits wake us at once
TROUBLE_WAIT_SECONDS = 1.0


def headers_of(row: OutboxRow) -> dict[str, str]:
    """Return the headers of an event: its id on the bus, and the CloudEvents attributes (NATS binding 1.0, binary)."""
    return {
        "Nats-Msg-Id": f"{row.event_id}.{row.tries}",
        "content-type": "application/json",
        "correlation_id": str(row.correlation_id),
        "ce-specversion": "1.0",
        "ce-id": str(row.event_id),
        "ce-source": "/pactwatch",
        "ce-type": row.type_name,
        "ce-time": str(row.payload["occurred_at"]),
    }


class Relay:
    """Publishes what the outbox holds, oldest first."""

    def __init__(self, database: Database, js: JetStreamContext, stream: Callable[[], StreamState | None]) -> None:
        self._database = database
        self._js = js
        self._stream = stream
        self._woken = asyncio.Event()
        database.after_announcing(self.wake)

    def wake(self) -> None:
        """Look into the outbox now."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set; outages of either engine are waited out."""
        while not stop.is_set():
            self._woken.clear()
            try:
                sent, failed = await self.drain_once()
            except Exception as trouble:
                if not is_away(trouble):
                    raise
                logger.warning("the outbox waits: %s", f"{type(trouble).__name__}: {trouble}")
                sent, failed = 0, 1
            if failed:
                await pause(TROUBLE_WAIT_SECONDS, stop)
            elif sent < BATCH:
                await pause(POLL_SECONDS, stop, self._woken)

    async def drain_once(self) -> tuple[int, int]:
        """Publish one batch; return how many the broker confirmed and how many it did not."""
        stream = self._stream()
        if stream is None:
            return 0, 1
        async with self._database.begin(Work) as work:
            rows = (
                await work.session.scalars(
                    select(OutboxRow)
                    .where(OutboxRow.sent_at.is_(None))
                    .order_by(OutboxRow.created_at)
                    .limit(BATCH)
                    .with_for_update(skip_locked=True)
                )
            ).all()
            if not rows:
                return 0, 0
            sequences = await asyncio.gather(*(self._publish(row) for row in rows))
            passing(Step.EVENT_SENT)
            confirmed = [(row, s) for row, s in zip(rows, sequences, strict=True) if s is not None]
            if confirmed:
                await _mark_sent(work, confirmed, stream.generation)
        passing(Step.EVENT_MARKED)
        metrics.EVENTS_RELAYED.inc(len(confirmed))
        return len(confirmed), len(rows) - len(confirmed)

    async def _publish(self, row: OutboxRow) -> int | None:
        payload = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            stored = await self._js.publish(
                row.subject, payload, timeout=PUBLISH_TIMEOUT_SECONDS, stream=STREAM, headers=headers_of(row)
            )
        except (NatsError, OSError, TimeoutError) as trouble:
            logger.warning("event %s is not on the bus yet: %s", row.event_id, f"{type(trouble).__name__}: {trouble}")
            return None
        return stored.seq


async def _mark_sent(work: Work, confirmed: Sequence[tuple[OutboxRow, int]], generation: str) -> None:
    """Mark the batch in one statement; an event that nobody must take up is taken already."""
    sequences = {row.event_id: sequence for row, sequence in confirmed}
    final = [row.event_id for row, _ in confirmed if not takers_of(row.subject)]
    await work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.event_id.in_(sequences))
        .values(
            sent_at=func.clock_timestamp(),
            stream_generation=generation,
            stream_sequence=case(sequences, value=OutboxRow.event_id),
            taken_at=case((OutboxRow.event_id.in_(final), func.clock_timestamp()), else_=literal(None)),
        )
        .execution_options(synchronize_session=False)
    )

"""Messages that nobody could digest: kept whole, with the reason, until a person replays them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.contracts.streams import STREAM
from shared.kit.ids import id_for
from shared.store.outbox import QuarantineRow
from shared.store.unit_of_work import Database, Work

REPLAY_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Undigested:
    """A message as it came, who could not digest it, and why."""

    taker: str
    subject: str
    event_id: UUID | None
    headers: dict[str, str]
    payload: bytes
    reason: str
    deliveries: int
    stream_sequence: int

    @classmethod
    def of(cls, raw: Msg, *, reason: str) -> Undigested:
        """Read everything worth keeping off a JetStream message."""
        return cls(
            taker=raw.metadata.consumer,
            subject=raw.subject,
            event_id=_event_id(raw.data),
            headers=dict(raw.headers or {}),
            payload=raw.data,
            reason=reason,
            deliveries=raw.metadata.num_delivered,
            stream_sequence=raw.metadata.sequence.stream,
        )


def _event_id(payload: bytes) -> UUID | None:
    try:
        return UUID(json.loads(payload)["event_id"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One line of the quarantine, as an operator sees it."""

    quarantine_id: UUID
    taker: str
    subject: str
    event_id: UUID | None
    reason: str
    deliveries: int
    quarantined_at: datetime


class Quarantine:
    """The table of what was set aside."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, message: Undigested) -> None:
        """Keep the message; the same one kept again changes nothing."""
        digest = hashlib.sha256(message.payload).hexdigest()
        quarantine_id = id_for("quarantine", message.taker, message.stream_sequence, digest)
        async with self._database.begin(Work) as work:
            await work.session.execute(
                insert(QuarantineRow)
                .values(
                    quarantine_id=quarantine_id,
                    taker=message.taker,
                    subject=message.subject,
                    event_id=message.event_id,
                    headers=message.headers,
                    payload=message.payload,
                    reason=message.reason.replace("\x00", "\\0"),
                    deliveries=message.deliveries,
                )
                .on_conflict_do_nothing()
            )

    async def waiting(self, *, limit: int = 100) -> list[Quarantined]:
        """Return what waits to be looked at, newest first."""
        async with self._database.begin(Work) as work:
            rows = await work.session.scalars(
                select(QuarantineRow)
                .where(QuarantineRow.replayed_at.is_(None))
                .order_by(QuarantineRow.quarantined_at.desc())
                .limit(limit)
            )
            return [
                Quarantined(
                    row.quarantine_id,
                    row.taker,
                    row.subject,
                    row.event_id,
                    row.reason,
                    row.deliveries,
                    row.quarantined_at,
                )
                for row in rows
            ]

    async def replay(self, quarantine_id: UUID, js: JetStreamContext) -> bool:
        """Publish the message again under a new id and close its line; False when no such line waits."""
        async with self._database.begin(Work) as work:
            row = await work.session.scalar(
                select(QuarantineRow)
                .where(QuarantineRow.quarantine_id == quarantine_id, QuarantineRow.replayed_at.is_(None))
                .with_for_update()
            )
            if row is None:
                return False
            headers = {**row.headers, "Nats-Msg-Id": f"replay.{quarantine_id}"}
            await js.publish(row.subject, row.payload, timeout=REPLAY_TIMEOUT_SECONDS, stream=STREAM, headers=headers)
            await work.session.execute(
                update(QuarantineRow)
                .where(QuarantineRow.quarantine_id == quarantine_id)
                .values(replayed_at=func.clock_timestamp())
            )
            return True

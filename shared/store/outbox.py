"""Owner: messaging. The outbox (facts to announce), the inbox (facts taken up) and the quarantine (set aside).

An outbox row is written in the transaction of its fact; the relay marks it sent on the broker's acknowledgement; the
sweeper announces it again, under a new try, as long as some taker has no inbox row for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class OutboxRow(Base):
    """One event to announce.

    `tries` counts announcements begun; the message id on the bus is `<event_id>.<tries>`. `stream_generation` and
    `stream_sequence` say where the broker stored it: a broker with another generation has lost it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unsent", "created_at", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_untaken", "sent_at", postgresql_where=text("sent_at IS NOT NULL AND taken_at IS NULL")),
        Index("ix_outbox_taken", "taken_at", postgresql_where=text("taken_at IS NOT NULL")),
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str]
    type_name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    correlation_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    tries: Mapped[int] = mapped_column(server_default="1")
    sent_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    stream_generation: Mapped[str | None]
    stream_sequence: Mapped[int | None]


class InboxRow(Base):
    """One event taken up by one durable consumer, in the transaction of what it did about it."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_taken_at", "taken_at"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    taker: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class QuarantineRow(Base):
    """One message that a taker could not digest, with the reason; listed, and replayable."""

    __tablename__ = "quarantine"
    __table_args__ = (
        Index("ix_quarantine_open", "quarantined_at", postgresql_where=text("replayed_at IS NULL")),
        Index("ix_quarantine_event_id", "event_id"),
    )

    quarantine_id: Mapped[UUID] = mapped_column(primary_key=True)
    taker: Mapped[str]
    subject: Mapped[str]
    event_id: Mapped[UUID | None]
    headers: Mapped[dict[str, str]]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str]
    deliveries: Mapped[int]
    quarantined_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    replayed_at: Mapped[datetime | None]

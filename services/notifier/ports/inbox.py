"""What every transaction can do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.contracts.events import Event


class Inbox(Protocol):
    """What every transaction can do: tell the time, take up an event once, and announce others."""

    async def clock(self) -> datetime:
        """Return the database's time."""
        ...

    async def take(self, event_id: UUID, taker: str) -> bool:
        """Record that this taker handles the event in this transaction; False when it already did."""
        ...

    async def announce(self, event: Event) -> None:
        """Write the event to the outbox."""
        ...

    async def announce_all(self, events: Sequence[Event]) -> None:
        """Write events to the outbox in one statement."""
        ...

"""Who has heard of an alert already, or will: nobody is told twice."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.notifier.domain.parcel import Reason
from services.notifier.domain.standing import Lane


@dataclass(frozen=True)
class Heard:
    """`told` are alerts with the readers who were told, or are to be. `written` is all that was ever written down.

    Whoever's message was cancelled or given up may hear by another subscription; by the same it is that message's turn.
    """

    told: frozenset[tuple[UUID, Lane]] = frozenset()
    written: frozenset[tuple[UUID, UUID, Lane]] = frozenset()

    def has(self, reason: Reason) -> bool:
        """Tell whether there is nothing to be done for this reader and alert."""
        alert_id, lane = reason.alert.alert_id, reason.subscription.lane
        return (alert_id, lane) in self.told or (alert_id, reason.subscription.subscription_id, lane) in self.written

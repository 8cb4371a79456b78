"""How a delivery that has ended is announced."""

from __future__ import annotations

from datetime import datetime

from services.notifier.domain.alert import Alert
from services.notifier.domain.delivery import GIVEN_UP, Line, State
from services.notifier.domain.parcel import Parcel
from services.notifier.ports import Inbox
from shared.contracts.events import AlertAbandoned, AlertDelivered
from shared.kit.ids import id_for


async def announce_ending(work: Inbox, parcel: Parcel, line: Line, now: datetime) -> None:
    """Announce that the delivery arrived or was given up; a line that goes on announces nothing.

    Nor does what operators are told: no service follows it, and its ids are not those of an alert.
    """
    alert = parcel.message
    if not isinstance(alert, Alert):
        return
    if line.state is State.SENT:
        await work.announce(
            AlertDelivered(
                event_id=id_for("alert.delivered", parcel.delivery_id),
                occurred_at=now,
                correlation_id=parcel.correlation_id,
                alert_id=alert.alert_id,
                delivery_id=parcel.delivery_id,
                channel=parcel.channel,
                attempts=line.attempts,
            )
        )
    elif line.state in GIVEN_UP:
        await work.announce(
            AlertAbandoned(
                # A replay that fails again is given up a second time, after another attempt.
                event_id=id_for("alert.abandoned", parcel.delivery_id, line.attempts),
                occurred_at=now,
                correlation_id=parcel.correlation_id,
                alert_id=alert.alert_id,
                delivery_id=parcel.delivery_id,
                channel=parcel.channel,
                attempts=line.attempts,
                reason=line.reason or "",
            )
        )

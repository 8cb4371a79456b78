"""How deliveries that have ended are announced."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.notifier.domain.alert import Alert
from services.notifier.domain.correction import Corrected
from services.notifier.domain.delivery import GIVEN_UP, Line, State
from services.notifier.domain.parcel import Parcel
from shared.contracts.events import AlertAbandoned, AlertDelivered, Event
from shared.kit.ids import id_for


def endings(settled: Iterable[tuple[Parcel, Line]], now: datetime) -> tuple[Event, ...]:
    """Return the news that deliveries arrived or were given up; of a line that goes on there is none.

    Nor of what operators are told: no service follows it, and its ids are not those of an alert.
    """
    found = [_ending(parcel, line, parcel.message, now) for parcel, line in settled]
    return tuple(event for event in found if event is not None)


def _ending(parcel: Parcel, line: Line, alert: object, now: datetime) -> Event | None:
    if isinstance(alert, Corrected):
        alert = alert.alert
    if not isinstance(alert, Alert):
        return None
    if line.state is State.SENT:
        return AlertDelivered(
            event_id=id_for("alert.delivered", parcel.delivery_id),
            occurred_at=now,
            correlation_id=parcel.correlation_id,
            alert_id=alert.alert_id,
            delivery_id=parcel.delivery_id,
            channel=parcel.channel,
            attempts=line.attempts,
        )
    if line.state in GIVEN_UP:
        return AlertAbandoned(
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
    return None

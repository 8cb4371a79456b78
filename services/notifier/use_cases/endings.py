"""How deliveries that have ended are announced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.notifier.domain.delivery import GIVEN_UP, Line, State
from services.notifier.domain.parcel import Parcel, Together, alerts_in
from shared.contracts.events import AlertAbandoned, AlertDelivered, Event
from shared.kit.ids import id_for


def endings(settled: Iterable[tuple[Parcel, Line]], now: datetime) -> tuple[Event, ...]:
    """Return the news that deliveries arrived or were given up; of a line that goes on there is none.

    Nor of what operators are told: no service follows it, and its ids are not those of an alert.
    """
    return tuple(event for parcel, line in settled for event in _endings(parcel, line, now))


def _endings(parcel: Parcel, line: Line, now: datetime) -> Iterator[Event]:
    for alert in alerts_in(parcel.message):
        # What tells one alert has one event, as it had before messages told several.
        beside = (alert.alert_id,) if isinstance(parcel.message, Together) else ()
        if line.state is State.SENT:
            yield AlertDelivered(
                event_id=id_for("alert.delivered", parcel.delivery_id, *beside),
                occurred_at=now,
                correlation_id=parcel.correlation_id,
                alert_id=alert.alert_id,
                delivery_id=parcel.delivery_id,
                channel=parcel.channel,
                attempts=line.attempts,
            )
        elif line.state in GIVEN_UP:
            yield AlertAbandoned(
                # A replay that fails again is given up a second time, after another attempt.
                event_id=id_for("alert.abandoned", parcel.delivery_id, line.attempts, *beside),
                occurred_at=now,
                correlation_id=parcel.correlation_id,
                alert_id=alert.alert_id,
                delivery_id=parcel.delivery_id,
                channel=parcel.channel,
                attempts=line.attempts,
                reason=line.reason or "",
            )

"""Whether a reader wants to be left alone at the moment when a message to them would be sent, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.correction import Corrected
from services.notifier.domain.parcel import Parcel, Subscription, Together
from services.notifier.domain.plan import is_loud
from services.notifier.domain.standing import Lane
from shared.contracts.timing import Appointment, appointment, at_once

Shy: TypeAlias = Mapping[tuple[UUID, Lane], Subscription]


def reasons_in(parcel: Parcel) -> Sequence[tuple[Alert, UUID]]:
    """Return the alerts of a message, each with the subscription that tells it; what operators are told has none."""
    match parcel.message:
        case Together(reasons=reasons):
            return [(each.alert, each.subscription.subscription_id) for each in reasons]
        case Alert() as alert:
            pass
        case Corrected(alert):
            pass
        case _:
            return ()
    return [] if parcel.subscription_id is None else [(alert, parcel.subscription_id)]


def not_before(parcel: Parcel, shy: Shy, now: datetime) -> Appointment | None:
    """Return when the first of its reasons may be told, None for now; `shy` are those who may want to be left alone.

    What is told at all is due: its digest's hour has been.
    """
    found = []
    for alert, subscription_id in reasons_in(parcel):
        subscription = shy.get((subscription_id, parcel.lane))
        if subscription is None:
            return None
        free = free_from(alert, subscription, now)
        if free.at <= now:
            return None
        found.append(free)
    return min(found, key=lambda each: each.at, default=None)


def free_from(alert: Alert, subscription: Subscription, now: datetime) -> Appointment:
    """Return when a reader may be told of something that is due: now, or after quiet hours, a mute, a vacation."""
    return appointment(at_once(subscription.wishes.timing), now, now, loud=is_loud(alert))

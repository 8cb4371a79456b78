"""What waits to be told later, gathered into one message for each reader when it is due, as they want it then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.delivery import State
from services.notifier.domain.parcel import NewDelivery, NewExtra, Reason, Subscription
from services.notifier.domain.plan import together, wants
from services.notifier.domain.quiet import free_from
from services.notifier.domain.standing import Lane
from shared.contracts.saved_rules import Severity
from shared.contracts.timing import Appointment, Why, appointment, for_retold
from shared.kit.ids import id_for


@dataclass(frozen=True)
class Waiting:
    """Alerts of one kind that wait for one reader: `count` of them, the first `since` then."""

    lane: Lane
    rule_id: UUID
    severity: Severity
    language: str | None
    why: str
    since: datetime
    count: int = 1
    retold: bool = False


@dataclass(frozen=True)
class WaitingAlert:
    """One alert that waits, by the subscription by which it was written down, for a person if it is of one."""

    alert: Alert
    subscription_id: UUID
    waiting: Waiting
    person_id: UUID | None = None


@dataclass(frozen=True)
class Gathered:
    """What is told now, and which of those that waited nobody wants any more."""

    told: tuple[tuple[WaitingAlert, Reason], ...]
    ended: tuple[WaitingAlert, ...]


def due_of(
    waiting: Iterable[Waiting], listeners: Sequence[Subscription], now: datetime, window: timedelta
) -> list[tuple[Waiting, Appointment | None]]:
    """Return when each is due, None where nobody wants it any more.

    A burst is told together, so long (`window`) after the first of it.
    """
    found = list(waiting)
    ends: dict[Lane, datetime] = {}
    for each in found:
        if each.why == Why.BURST:
            ends[each.lane] = min(ends.get(each.lane, each.since + window), each.since + window)
    return [(each, _soonest(each, listeners, now, ends)) for each in found]


def gather(
    waiting: Sequence[WaitingAlert],
    listeners: Sequence[Subscription],
    already_told: frozenset[UUID],
    now: datetime,
    window: timedelta,
) -> Gathered:
    """Return what of one reader's waiting alerts is told now; nobody is told of an alert that they were told of."""
    told: dict[UUID, tuple[WaitingAlert, Reason]] = {}
    ended: list[WaitingAlert] = []
    dues = due_of([each.waiting for each in waiting], listeners, now, window)
    for each, (_, due) in zip(waiting, dues, strict=True):
        if due is None or each.alert.alert_id in already_told or each.alert.alert_id in told:
            ended.append(each)
        elif due.at <= now:
            told[each.alert.alert_id] = each, Reason(each.alert, _by(each, listeners, now))
    return Gathered(tuple(told.values()), tuple(ended))


def moved_to(each: WaitingAlert, listeners: Iterable[Subscription]) -> Reason | None:
    """Return by what its reader hears of an alert elsewhere, whose address is another since; None where it is not so.

    It is not unwanted: it is about to follow them.
    """
    for one in listeners:
        theirs = not one.wishes.shared or one.person_id == each.person_id
        if one.subscription_id == each.subscription_id and theirs and one.lane != each.waiting.lane:
            return Reason(each.alert, one)
    return None


def digest_of(lane: Lane, reasons: Sequence[Reason]) -> tuple[NewDelivery, list[NewExtra]]:
    """Return the one message of what was gathered; of one alert it is that alert's message."""
    ids = sorted(str(reason.alert.alert_id) for reason in reasons)
    delivery, extras = together(reasons, id_for("digest", lane.channel, lane.address, *ids))
    return replace(delivery, kind="digest" if extras else "alert", state=State.PENDING), extras


def _by(each: WaitingAlert, listeners: Sequence[Subscription], now: datetime) -> Subscription:
    """Return by which subscription its reader hears of it: the one it waited by, where that may be told now.

    By one that is muted it would be put off again when it is sent, and gathered again at once, for as long as that is.
    """
    return min(
        _wanting(each.waiting, listeners),
        key=lambda one: (free_from(each.alert, one, now).at > now, one.subscription_id != each.subscription_id),
    )


def _soonest(
    waiting: Waiting, listeners: Sequence[Subscription], now: datetime, ends: dict[Lane, datetime]
) -> Appointment | None:
    until = ends.get(waiting.lane) if waiting.why == Why.BURST else None
    loud = waiting.severity == "high"
    meetings = [
        appointment(
            for_retold(each.wishes.timing) if waiting.retold else each.wishes.timing,
            waiting.since,
            now,
            loud=loud,
            bundled_until=until,
        )
        for each in _wanting(waiting, listeners)
    ]
    return min(meetings, key=lambda each: each.at, default=None)


def _wanting(waiting: Waiting, listeners: Sequence[Subscription]) -> list[Subscription]:
    return [
        each
        for each in listeners
        if each.rule_id == waiting.rule_id
        and each.lane == waiting.lane
        and wants(each, waiting.severity, waiting.language)
    ]

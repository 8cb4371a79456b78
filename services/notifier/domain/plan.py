"""Who is told of an article's alerts, when, and in how many messages: one for each reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.parcel import (
    FETCHED,
    INBOX,
    WEBHOOK,
    NewDelivery,
    NewExtra,
    NewWaiting,
    Reason,
    Subscription,
    new_delivery,
)
from services.notifier.domain.standing import Lane
from shared.contracts.saved_rules import Severity
from shared.contracts.timing import Appointment, Why, appointment, for_retold

_LOUDNESS: dict[Severity, int] = {"low": 0, "normal": 1, "high": 2}


@dataclass(frozen=True)
class Plan:
    """What is written: messages due at once with what they tell beside their first alert, and what waits."""

    deliveries: tuple[NewDelivery, ...] = ()
    extras: tuple[NewExtra, ...] = ()
    waiting: tuple[NewWaiting, ...] = ()

    def tells(self, alert_id: UUID) -> int:
        """Return to how many readers an alert is told, or will be."""
        told: list[NewDelivery | NewExtra | NewWaiting] = [*self.deliveries, *self.extras, *self.waiting]
        return sum(each.alert_id == alert_id for each in told)


def is_loud(alert: Alert) -> bool:
    """Tell whether an alert is of those that people wait for."""
    return alert.severity == "high"


def is_wanted(alert: Alert, subscription: Subscription) -> bool:
    """Tell whether its reader wants to hear of this alert; whoever comes by himself has no use for what is retold."""
    if alert.is_retold and subscription.channel in FETCHED:
        return False
    return wants(subscription, alert.severity, alert.article.language)


def wants(subscription: Subscription, severity: Severity, language: str | None) -> bool:
    """Tell whether a reader wants to hear of alerts of this kind; a language that nobody knows is no reason not to."""
    wishes = subscription.wishes
    if _LOUDNESS[severity] < _LOUDNESS[wishes.min_severity]:
        return False
    return not wishes.languages or language is None or language in wishes.languages


def weightiest_first(reasons: Iterable[Reason]) -> list[Reason]:
    """Return them in the order in which a message tells them: loud before quiet, what is surer, older before newer."""
    return sorted(reasons, key=_weight)


def by_lane(reasons: Iterable[Reason]) -> dict[Lane, list[Reason]]:
    """Return the reasons by reader, in one order for all, so that two transactions cannot wait for each other."""
    found: defaultdict[Lane, list[Reason]] = defaultdict(list)
    for reason in reasons:
        found[reason.subscription.lane].append(reason)
    return dict(sorted(found.items(), key=lambda each: (each[0].channel, each[0].address)))


def when(reason: Reason, since: datetime, now: datetime) -> Appointment:
    """Return when its reader wants to hear of an alert that waits since then."""
    timing = reason.subscription.wishes.timing
    if reason.alert.is_retold:
        timing = for_retold(timing)
    return appointment(timing, since, now, loud=is_loud(reason.alert))


def may_burst(reasons: Iterable[Reason], now: datetime, never: Collection[str]) -> frozenset[Lane]:
    """Return the readers who would be told at once, and might have had enough; what is loud is never bundled."""
    found = set()
    for lane, mine in by_lane(reasons).items():
        pushed = lane.channel not in FETCHED and lane.channel not in never
        if pushed and not any(is_loud(each.alert) for each in mine) and any(when(r, now, now).at <= now for r in mine):
            found.add(lane)
    return frozenset(found)


def planned(reasons: Iterable[Reason], now: datetime, bursting: Collection[Lane] = ()) -> Plan:
    """Return what is written for the wanted reasons of one article; `bursting` are readers who have had enough.

    Whoever is told something of the article at once is told everything: the rest of it does not wait for a digest.
    """
    deliveries: list[NewDelivery] = []
    extras: list[NewExtra] = []
    waiting: list[NewWaiting] = []
    for lane, mine in by_lane(reasons).items():
        if lane.channel in FETCHED:
            deliveries += [new_delivery(each.alert, each.subscription) for each in _apart(mine)]
            continue
        for soonest in _messages(_soonest(mine, now)):
            if all(meeting.at > now for _, meeting in soonest):
                waiting += [_waiting(reason, meeting.why, now) for reason, meeting in soonest]
            elif lane in bursting:
                waiting += [_waiting(reason, meeting.why or Why.BURST, now) for reason, meeting in soonest]
            else:
                delivery, beside = together([reason for reason, _ in soonest])
                deliveries.append(delivery)
                extras += beside
    return Plan(tuple(deliveries), tuple(extras), tuple(waiting))


def together(reasons: Sequence[Reason], delivery_id: UUID | None = None) -> tuple[NewDelivery, list[NewExtra]]:
    """Return the message that tells all of these, and what it tells beside its first; named after that, or as given."""
    first, *others = weightiest_first(reasons)
    delivery = new_delivery(first.alert, first.subscription)
    members = (reason.subscription.member_id for reason in reasons)
    delivery = replace(delivery, member_id=next((each for each in members if each), None))
    if delivery_id is not None:
        delivery = replace(delivery, delivery_id=delivery_id)
    return delivery, extras_of_delivery(delivery.delivery_id, others)


def extras_of_delivery(delivery_id: UUID, others: Sequence[Reason]) -> list[NewExtra]:
    """Return what a delivery tells beside its first alert, in this order."""
    return [
        NewExtra(delivery_id, each.alert.alert_id, place, each.subscription.subscription_id)
        for place, each in enumerate(others, 1)
    ]


def _apart(reasons: Sequence[Reason]) -> list[Reason]:
    """Return what is stored for readers who come by themselves: in the inbox an alert stands once."""
    if reasons[0].subscription.channel != INBOX:
        return list(reasons)
    return list({each.alert.alert_id: each for each in reversed(reasons)}.values())[::-1]


def _messages(soonest: list[tuple[Reason, Appointment]]) -> list[list[tuple[Reason, Appointment]]]:
    """Return what one reader is told in one message each: everything, but for a program.

    A webhook of nobody that the house knows gets what each of its subscriptions asked for by itself: whoever wrote it
    may look at what a message is about, and not at what else is.
    """
    found: dict[object, list[tuple[Reason, Appointment]]] = {}
    for reason, meeting in soonest:
        subscription = reason.subscription
        program = subscription.channel == WEBHOOK and subscription.person_id is None
        found.setdefault(subscription.subscription_id if program else None, []).append((reason, meeting))
    return list(found.values())


def _soonest(reasons: Sequence[Reason], now: datetime) -> list[tuple[Reason, Appointment]]:
    """Return each alert once, by the subscription that tells it first."""
    found: dict[object, tuple[Reason, Appointment]] = {}
    for reason in reasons:
        meeting = when(reason, now, now)
        known = found.get(reason.alert.alert_id)
        if known is None or meeting.at < known[1].at:
            found[reason.alert.alert_id] = (reason, meeting)
    return list(found.values())


def _waiting(reason: Reason, why: Why | None, now: datetime) -> NewWaiting:
    subscription = reason.subscription
    return NewWaiting(
        alert_id=reason.alert.alert_id,
        subscription_id=subscription.subscription_id,
        channel=subscription.channel,
        address=subscription.address,
        person_id=subscription.person_id,
        why=str(why or Why.DIGEST),
        waits_since=now,
    )


def _weight(reason: Reason) -> tuple[object, ...]:
    alert = reason.alert
    return (
        -_LOUDNESS[alert.severity],
        alert.stage is None,
        alert.agreement is None,
        alert.raised_at,
        alert.alert_id,
        reason.subscription.subscription_id,
    )

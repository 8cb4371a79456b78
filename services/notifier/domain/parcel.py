"""What lies in the ledger, as values: who listens, what is due, what is handed to a channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.correction import Corrected, Correction
from services.notifier.domain.delivery import Line, Outcome, State
from services.notifier.domain.standing import Lane
from services.notifier.domain.trouble import Tidings
from shared.contracts.saved_rules import Severity
from shared.contracts.timing import AT_ONCE, Timing
from shared.kit.ids import id_for

INBOX = "inbox"  # the desk's own list: storing the alert is delivering it
WEBHOOK = "webhook"
FETCHED = frozenset({INBOX, "feed"})  # channels that readers come to: storing is delivering


@dataclass(frozen=True)
class Wishes:
    """What a reader wants to hear, and when. No `languages`: all. `shared` is what a team has: no member ends it."""

    min_severity: Severity = "low"
    languages: frozenset[str] = frozenset()
    timing: Timing = AT_ONCE
    shared: bool = False


ALL_AT_ONCE = Wishes()


@dataclass(frozen=True)
class Subscription:
    """Who hears of a rule's alerts: a channel (`webhook`, `mailto`, `inbox`) and its address.

    `rule_id` is None for operators, who hear of troubles and of no rule. A team's subscription that goes to each of its
    members is one for each of them, with the member's `person_id` and address. `secret` as it is stored.
    """

    subscription_id: UUID
    rule_id: UUID | None
    channel: str
    address: str
    wishes: Wishes = ALL_AT_ONCE
    person_id: UUID | None = None
    secret: str | None = field(default=None, repr=False)

    @property
    def member_id(self) -> UUID | None:
        """The member whom a team's subscription reaches here; None for one that is not a team's."""
        return self.person_id if self.wishes.shared else None

    @property
    def lane(self) -> Lane:
        """Where it goes: two subscriptions of one address have one reader."""
        return Lane(self.channel, self.address)


@dataclass(frozen=True)
class Reason:
    """An alert, and the subscription by which somebody hears of it."""

    alert: Alert
    subscription: Subscription


@dataclass(frozen=True)
class Together:
    """Alerts that one message tells, the weightiest first: of one article, or (`digest`) what was gathered.

    `lists` in the parcel are those of all their rules. What is too much for one message is `part` of so many `parts`.
    """

    reasons: tuple[Reason, ...]
    digest: bool
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class NewDelivery:
    """A delivery about to be written into the ledger: of an alert, or of an operator alert or its end.

    It is due at `next_try_at`, else at once. `member_id` is whom of a team it is for. It is `part` of so many `parts`.
    """

    delivery_id: UUID
    alert_id: UUID | None
    subscription_id: UUID
    channel: str
    address: str
    state: State
    correlation_id: UUID
    operator_alert_id: UUID | None = None
    over: bool = False
    kind: str = "alert"
    correction_id: UUID | None = None
    next_try_at: datetime | None = None
    member_id: UUID | None = None
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class NewExtra:
    """An alert that a delivery tells beside its first, about to be written; `place` orders them, from 1."""

    delivery_id: UUID
    alert_id: UUID
    place: int
    subscription_id: UUID


@dataclass(frozen=True)
class NewWaiting:
    """An alert that is to be told later, about to be written."""

    alert_id: UUID
    subscription_id: UUID
    channel: str
    address: str
    person_id: UUID | None
    why: str
    waits_since: datetime


@dataclass(frozen=True)
class Parcel:
    """One message for one address.

    `secret` signs a webhook's messages, or is the way itself (a Slack address, a bot's token): sealed as it is stored,
    opened just before it is used. `subscription_id` is what the reader may end; None where there is nothing to end.
    `lists` are the members of those that the alert's rule names: they are marked in the evidence. `corrections` are the
    newest ones of the alerts that it tells, by alert: they are told with them. `answers` is the delivery that told what
    a correction corrects. `other_secrets` are those of the other subscriptions of whom a webhook's
    message tells: each of them has its own. `shared`: it is a team's, which no reader ends for all; its `member` may
    end the mails to himself.
    """

    delivery_id: UUID
    correlation_id: UUID
    channel: str
    address: str
    secret: str | None = field(repr=False)
    message: Alert | Together | Corrected | Tidings
    subscription_id: UUID | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict, compare=False)
    corrections: Mapping[UUID, Correction] = field(default_factory=dict, compare=False)
    answers: UUID | None = None
    other_secrets: tuple[str, ...] = field(default=(), repr=False)
    shared: bool = False
    member: UUID | None = None

    @property
    def lane(self) -> Lane:
        """The address that it goes to."""
        return Lane(self.channel, self.address)


@dataclass(frozen=True)
class ToldTo:
    """That an alert was told, or may have been, by a subscription to an address."""

    alert_id: UUID
    subscription_id: UUID
    channel: str
    address: str
    member_id: UUID | None = None


@dataclass(frozen=True)
class Way:
    """Where a live subscription's messages go; `secret` as it is stored."""

    subscription_id: UUID
    channel: str
    address: str
    secret: str | None


@dataclass(frozen=True)
class Due:
    """A delivery whose time has come, locked. `target` is what it shares with others that one slow host delays.

    `held`: a stop switch keeps it back, or its channel is disabled. `kind` is the ledger's word. `several`: other
    alerts are told with it. It is `part` of so many `parts`.
    """

    parcel: Parcel
    line: Line
    target: str
    wanted: bool
    held: bool = False
    kind: str = "alert"
    several: bool = False
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class Attempt:
    """One attempt under way: `line` is the ledger's line as claimed, and its `attempts` this attempt's number."""

    parcel: Parcel
    line: Line
    target: str


@dataclass(frozen=True)
class Ended:
    """How an attempt ended; `latency_milliseconds` is what the send took, None where its sender died."""

    delivery_id: UUID
    number: int
    outcome: Outcome
    latency_milliseconds: int | None


def alerts_in(message: object) -> tuple[Alert, ...]:
    """Return the alerts that a message tells; what operators are told is none."""
    match message:
        case Together(reasons=reasons):
            return tuple(reason.alert for reason in reasons)
        case Alert():
            return (message,)
        case Corrected(alert):
            return (alert,)
        case _:
            return ()


def delivery_of_tidings(tidings: Tidings, subscription: Subscription) -> NewDelivery:
    """Return the delivery of what an operator is told; the inbox has it at once."""
    alert = tidings.alert
    return NewDelivery(
        delivery_id=id_for(
            "operator-delivery",
            alert.operator_alert_id,
            int(tidings.over),
            subscription.subscription_id,
            subscription.channel,
            subscription.address,
        ),
        alert_id=None,
        subscription_id=subscription.subscription_id,
        channel=subscription.channel,
        address=subscription.address,
        state=State.SENT if subscription.channel in FETCHED else State.PENDING,
        correlation_id=alert.correlation_id,
        operator_alert_id=alert.operator_alert_id,
        over=tidings.over,
    )


def new_delivery(alert: Alert, subscription: Subscription) -> NewDelivery:
    """Return the delivery of an alert to a subscription; the inbox has it at once."""
    return NewDelivery(
        delivery_id=id_for(
            "delivery", alert.alert_id, subscription.subscription_id, subscription.channel, subscription.address
        ),
        alert_id=alert.alert_id,
        subscription_id=subscription.subscription_id,
        channel=subscription.channel,
        address=subscription.address,
        state=State.SENT if subscription.channel in FETCHED else State.PENDING,
        correlation_id=alert.correlation_id,
        member_id=subscription.member_id,
    )


def correction_deliveries(
    corrections: Sequence[Correction], told: Sequence[ToldTo], due: Mapping[ToldTo, datetime]
) -> tuple[NewDelivery, ...]:
    """Return the deliveries of corrections of one article: one to each address that was told, the inbox has it at once.

    An address that was told of the article by several rules hears of it once. `due` is when somebody wants to be left
    alone no longer.
    """
    by_alert = {each.alert_id: each for each in corrections}
    first: dict[tuple[str, str], ToldTo] = {}
    for each in told:
        if each.alert_id in by_alert:
            first.setdefault((each.channel, each.address), each)
    return tuple(_correction_delivery(by_alert[each.alert_id], each, due.get(each)) for each in first.values())


def listening_first(
    told: Sequence[ToldTo], alerts: Mapping[UUID, Alert], listening: Sequence[Subscription]
) -> list[ToldTo]:
    """Return where alerts were told, first those by whose subscription its reader still hears of them.

    Where it ended, another one of the same rule and reader takes its place.
    """
    live = {(each.rule_id, each.lane, each.subscription_id) for each in listening}
    others = {(each.rule_id, each.lane): each.subscription_id for each in reversed(listening)}
    still: list[ToldTo] = []
    ended: list[ToldTo] = []
    for each in told:
        rule_id, lane = alerts[each.alert_id].rule_id, Lane(each.channel, each.address)
        other = others.get((rule_id, lane))
        if (rule_id, lane, each.subscription_id) in live:
            still.append(each)
        elif other is not None:
            still.append(replace(each, subscription_id=other))
        else:
            ended.append(each)
    return [*still, *ended]


def _correction_delivery(correction: Correction, told: ToldTo, due: datetime | None) -> NewDelivery:
    way = (told.subscription_id, told.channel, told.address)
    return NewDelivery(
        delivery_id=id_for("correction-delivery", correction.correction_id, *way),
        alert_id=correction.alert_id,
        subscription_id=told.subscription_id,
        channel=told.channel,
        address=told.address,
        state=State.SENT if told.channel in FETCHED else State.PENDING,
        correlation_id=correction.correlation_id,
        kind="correction",
        member_id=told.member_id,
        correction_id=correction.correction_id,
        next_try_at=due,
    )

"""What lies in the ledger, as values: who listens, what is due, what is handed to a channel."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.delivery import Line, State
from shared.kit.ids import id_for

INBOX = "inbox"  # the desk's own list: storing the alert is delivering it


@dataclass(frozen=True)
class Subscription:
    """Who hears of a rule's alerts: a channel (`webhook`, `mailto`, `inbox`) and its address."""

    subscription_id: UUID
    rule_id: UUID
    channel: str
    address: str


@dataclass(frozen=True)
class NewDelivery:
    """A delivery about to be written into the ledger."""

    delivery_id: UUID
    alert_id: UUID
    subscription_id: UUID
    channel: str
    address: str
    state: State
    correlation_id: UUID


@dataclass(frozen=True)
class Parcel:
    """One alert for one address. `secret` signs a webhook's message, None for the other channels."""

    delivery_id: UUID
    correlation_id: UUID
    channel: str
    address: str
    secret: str | None
    alert: Alert


@dataclass(frozen=True)
class Due:
    """A delivery whose time has come, locked. `target` is what it shares with others that one slow host delays."""

    parcel: Parcel
    line: Line
    target: str
    wanted: bool


@dataclass(frozen=True)
class Attempt:
    """One attempt under way: `line` is the ledger's line as claimed, and its `attempts` this attempt's number."""

    parcel: Parcel
    line: Line
    target: str


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
        state=State.SENT if subscription.channel == INBOX else State.PENDING,
        correlation_id=alert.correlation_id,
    )

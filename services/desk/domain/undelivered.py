"""What became of an alert on its way to those who hear of the rule."""

from __future__ import annotations

from services.desk.domain.not_delivered import (
    NoSubscriber,
    NotSentYet,
    SendingCancelled,
    SendingFailed,
    SendingHeld,
    Sent,
    SentAgainLater,
)
from services.desk.domain.outcomes import Outcome
from services.desk.domain.traces import AlertTrace, DeliveryTrace, SubscriptionTrace, Trace

# What most needs somebody's hand comes first.
_WORST_FIRST = ("failed", "unknown", "held", "cancelled", "retry", "sending", "pending", "sent")
_SHORTEST_ID_CHARACTERS = 4


def why_not_delivered(trace: Trace, alert: AlertTrace, asked_for: str | None) -> Outcome:
    """Return how the delivery stands that stands worst, of all or of those to whom is asked for.

    Deliveries that a rule of a reader holds back, quiet hours, will be an answer of their own here.
    """
    subscriptions = [each for each in trace.rule.subscriptions if is_for(asked_for, each)]
    meant = {each.subscription_id for each in subscriptions}
    deliveries = [each for each in trace.deliveries if each.subscription_id in meant]
    if not deliveries:
        return _nobody(trace, alert, asked_for, subscriptions)
    worst = min(deliveries, key=lambda each: _WORST_FIRST.index(each.state))
    return _outcome(worst, alert, subscriptions)


def is_for(asked_for: str | None, subscription: SubscriptionTrace) -> bool:
    """Tell whether somebody means this subscription, by its channel, its address, both, or the start of its id."""
    if asked_for is None:
        return True
    wanted = asked_for.strip().casefold()
    channel, address = subscription.channel, subscription.address.casefold()
    if wanted in (channel, address, f"{channel}:{address}"):
        return True
    beginning = wanted.replace("-", "")
    return len(beginning) >= _SHORTEST_ID_CHARACTERS and subscription.subscription_id.hex.startswith(beginning)


def _nobody(trace: Trace, alert: AlertTrace, asked_for: str | None, subscriptions: list[SubscriptionTrace]) -> Outcome:
    newest = max(subscriptions, key=lambda each: each.created_at, default=None)
    return NoSubscriber(
        rule=trace.rule.name,
        alert_id=alert.alert_id,
        raised_at=alert.raised_at,
        asked_for=asked_for,
        subscribed_at=newest.created_at if newest else None,
        ended_at=newest.removed_at if newest else None,
    )


def _outcome(delivery: DeliveryTrace, alert: AlertTrace, subscriptions: list[SubscriptionTrace]) -> Outcome:
    known = (alert.alert_id, delivery.delivery_id, delivery.to)
    why = delivery.last_error or "no reason was kept."
    match delivery.state:
        case "pending" | "sending":
            return NotSentYet(*known, alert.raised_at, under_way=delivery.state == "sending")
        case "retry":
            return SentAgainLater(*known, delivery.attempts, why, delivery.next_try_at)
        case "failed" | "unknown":
            return SendingFailed(*known, delivery.attempts, why, maybe_sent=delivery.state == "unknown")
        case "held":
            return SendingHeld(*known, delivery.last_error)
        case "cancelled":
            ended = {each.subscription_id: each.removed_at for each in subscriptions}
            return SendingCancelled(*known, ended[delivery.subscription_id], why)
        case _:
            answer = next((each.detail or "" for each in reversed(delivery.tries)), "")
            return Sent(*known, delivery.sent_at, delivery.attempts, answer)

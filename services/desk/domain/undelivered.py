"""What became of an alert on its way to those who hear of the rule."""

from __future__ import annotations

from services.desk.domain.channels import masked
from services.desk.domain.not_delivered import (
    BelowSeverity,
    LanguageNotWanted,
    NoSubscriber,
    NotSentYet,
    OptedOut,
    SendingCancelled,
    SendingFailed,
    SendingHeld,
    Sent,
    SentAgainLater,
    ToldLater,
)
from services.desk.domain.outcomes import Outcome
from services.desk.domain.traces import AlertTrace, DeliveryTrace, SubscriptionTrace, Trace, WaitingTrace

# What most needs somebody's hand comes first.
_WORST_FIRST = ("failed", "unknown", "held", "cancelled", "retry", "sending", "pending", "sent")
_SHORTEST_ID_CHARACTERS = 4
_LOUDNESS = {"low": 0, "normal": 1, "high": 2}


def why_not_delivered(trace: Trace, alert: AlertTrace, asked_for: str | None) -> Outcome:
    """Return how the delivery stands that stands worst, of all or of those to whom is asked for.

    One that waits for its reader's hour stands worse than one that was sent. Where nothing was written down for them,
    it is because they did not subscribe, or did not want it.
    """
    subscriptions = [each for each in trace.rule.subscriptions if is_for(asked_for, each)]
    ended = _opted_out(alert, subscriptions, asked_for)
    if ended is not None:
        return ended
    meant = {each.subscription_id for each in subscriptions}
    deliveries = [each for each in trace.deliveries if each.subscription_id in meant]
    waiting = [each for each in trace.waiting if each.subscription_id in meant and not each.gathered]
    worst = min(deliveries, key=lambda each: _WORST_FIRST.index(each.state), default=None)
    if worst is not None and (worst.state != "sent" or not waiting):
        return _outcome(worst, alert, subscriptions)
    if waiting:
        return _told_later(min(waiting, key=lambda each: each.ended_at is not None))
    return _not_wanted(alert, subscriptions) or _nobody(trace, alert, asked_for, subscriptions)


def _opted_out(alert: AlertTrace, subscriptions: list[SubscriptionTrace], asked_for: str | None) -> Outcome | None:
    """Return that the one who is asked for had opted out of all that would have told them; None where it is not so."""
    found = [(each, each.opt_out_of(asked_for)) for each in subscriptions if each.stood_at(alert.raised_at)]
    outs = [(each, out) for each, out in found if out is not None and out.since <= alert.raised_at]
    if not outs or len(outs) < len(found):
        return None
    each, out = outs[0]
    return OptedOut(alert.alert_id, each.subscription_id, each.reader, out.name, out.since)


def _told_later(waiting: WaitingTrace) -> Outcome:
    due_at = waiting.due_at if waiting.ended_at is None else None
    schedule = waiting.schedule if waiting.schedule != "immediate" else ""
    return ToldLater(waiting.alert_id, waiting.to, waiting.why, schedule, waiting.waits_since, due_at)


def _not_wanted(alert: AlertTrace, subscriptions: list[SubscriptionTrace]) -> Outcome | None:
    """Return why those who subscribed then did not hear of it, as they want it now; None where nobody had."""
    for each in subscriptions:
        if not each.stood_at(alert.raised_at):
            continue
        to = f"{each.channel} {masked(each.channel, each.address)}".strip()
        if _LOUDNESS[alert.severity] < _LOUDNESS[each.min_severity]:
            return BelowSeverity(alert.alert_id, each.subscription_id, to, alert.severity, each.min_severity)
        if each.languages and alert.language is not None and alert.language not in each.languages:
            return LanguageNotWanted(alert.alert_id, each.subscription_id, to, alert.language, each.languages)
    return None


def is_for(asked_for: str | None, subscription: SubscriptionTrace) -> bool:
    """Tell whether somebody means this subscription: by channel, address, person, team or the start of its id."""
    if asked_for is None:
        return True
    wanted = asked_for.strip().casefold()
    channel, address = subscription.channel, subscription.address.casefold()
    if wanted in (channel, address, f"{channel}:{address}") or wanted == (subscription.reader.casefold() or None):
        return True
    if subscription.opt_out_of(asked_for) is not None:
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

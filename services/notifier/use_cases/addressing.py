"""The alerts of one article are written down for those who hear of them: at once, or to be told later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.delivery import State
from services.notifier.domain.parcel import NewDelivery, Reason
from services.notifier.domain.plan import Plan, is_wanted, may_burst, planned
from services.notifier.domain.standing import Lane
from services.notifier.ports import WatchWork
from shared.contracts.events import AlertDelivered, AlertRaised, Event
from shared.kit.clock import Clock
from shared.kit.ids import id_for

_EVENTS_PER_STATEMENT = 1000  # a statement of Postgres takes at most 32,767 parameters; an event has 5


@dataclass(frozen=True)
class Bursts:
    """So many messages in so long are enough for one reader; the next are bundled, but in these channels never."""

    messages: int
    window: timedelta
    never: frozenset[str] = frozenset({"webhook"})  # programs, which want each by itself


class Addresser:
    """Writes down who is told."""

    def __init__(self, clock: Clock, bursts: Bursts | None) -> None:
        self._clock = clock
        self._bursts = bursts

    async def address(self, work: WatchWork, new: Sequence[Alert], old: Sequence[Alert]) -> Plan:
        """Write down who is told of new alerts, and of old ones that the article tells again who listens since."""
        now = self._clock.now()
        reasons = await _wanted(work, (*new, *old))
        ids = {alert.alert_id for alert in old}
        late = [reason for reason in reasons if reason.alert.alert_id in ids]
        fresh = [reason for reason in reasons if reason.alert.alert_id not in ids]
        reasons = [*fresh, *(await _unheard(work, late))]
        plan = planned(reasons, now, await self._bursting(work, reasons, now))
        await work.add_deliveries(plan.deliveries)
        await work.add_extras(plan.extras)
        await work.add_waiting(plan.waiting)
        fetched = [delivery for delivery in plan.deliveries if delivery.state is State.SENT]
        news: list[Event] = [_raised(alert, plan.tells(alert.alert_id)) for alert in new]
        news += [_there(each, each.alert_id, now) for each in fetched if each.alert_id is not None]
        for start in range(0, len(news), _EVENTS_PER_STATEMENT):
            await work.announce_all(news[start : start + _EVENTS_PER_STATEMENT])
        return plan

    async def _bursting(self, work: WatchWork, reasons: Sequence[Reason], now: datetime) -> frozenset[Lane]:
        if self._bursts is None:
            return frozenset()
        lanes = may_burst(reasons, now, self._bursts.never)
        if not lanes:
            return frozenset()
        return await work.bursting(lanes, now - self._bursts.window, self._bursts.messages)


async def _wanted(work: WatchWork, alerts: Sequence[Alert]) -> list[Reason]:
    if not alerts:
        return []
    of_rule = defaultdict(list)
    for alert in alerts:
        of_rule[alert.rule_id].append(alert)
    return [
        Reason(alert, subscription)
        for subscription in await work.live_subscriptions(of_rule.keys())
        if subscription.rule_id is not None
        for alert in of_rule[subscription.rule_id]
        if is_wanted(alert, subscription)
    ]


async def _unheard(work: WatchWork, late: Sequence[Reason]) -> list[Reason]:
    """Return whom of those nobody has told yet; two articles that tell the same at once wait for each other here."""
    if not late:
        return []
    ids = {reason.alert.alert_id for reason in late}
    heard = await work.heard(ids)
    unheard = [reason for reason in late if not heard.has(reason)]
    if not unheard:
        return []
    await work.lock_readers({reason.subscription.lane for reason in unheard})
    heard = await work.heard(ids)
    return [reason for reason in unheard if not heard.has(reason)]


def _raised(alert: Alert, told: int) -> AlertRaised:
    return AlertRaised(
        event_id=id_for("alert.raised", alert.alert_id),
        occurred_at=alert.raised_at,
        correlation_id=alert.correlation_id,
        alert_id=alert.alert_id,
        article_id=alert.article_id,
        rule_name=alert.rule_name,
        deliveries=told,
    )


def _there(delivery: NewDelivery, alert_id: UUID, now: datetime) -> AlertDelivered:
    """Return the news that an alert is where readers come by themselves."""
    return AlertDelivered(
        event_id=id_for("alert.delivered", delivery.delivery_id),
        occurred_at=now,
        correlation_id=delivery.correlation_id,
        alert_id=alert_id,
        delivery_id=delivery.delivery_id,
        channel=delivery.channel,
        attempts=0,
    )

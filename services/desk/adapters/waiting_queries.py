"""The queries of alerts that are told later: what they wait for, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from services.desk.domain.channels import masked
from services.desk.domain.traces import WaitingTrace
from services.desk.domain.views import DeliveryView
from shared.contracts.timing import Timing, appointment, for_retold
from shared.contracts.told_facts import is_retold
from shared.store.alerts import AlertRow, WaitingAlertRow
from shared.store.base import UtcDateTime
from shared.store.definitions import SubscriptionRow
from shared.store.listening import listeners, timing_of
from shared.store.unit_of_work import Work

WAITING = "waiting"  # the state of a message that is not written yet


class WaitingQueries(Work):
    """Reads what waits."""

    async def waiting_traces(self, alert_ids: Collection[UUID], now: datetime) -> tuple[WaitingTrace, ...]:
        """Return what of these alerts is, or was, to be told later, and when, as its readers want it now."""
        rows = await self.session.execute(
            select(WaitingAlertRow, AlertRow.rule_id, AlertRow.severity, AlertRow.fact)
            .join(AlertRow, AlertRow.alert_id == WaitingAlertRow.alert_id)
            .where(WaitingAlertRow.alert_id.in_(alert_ids))
            .order_by(WaitingAlertRow.waits_since)
        )
        waiting = rows.all()
        rules = {rule_id for _, rule_id, _, _ in waiting}
        if not waiting:
            return ()
        listening = await self.session.execute(listeners().where(SubscriptionRow.rule_id.in_(rules)))
        timings = {(row[0].rule_id, row[0].channel, row.resolved): timing_of(row) for row in listening}
        return tuple(
            _trace(row, _timing(timings.get((rule_id, row.channel, row.address)), fact), now, loud=severity == "high")
            for row, rule_id, severity, fact in waiting
        )

    async def waiting_views(self, alert_ids: Collection[UUID]) -> dict[UUID, list[DeliveryView]]:
        """Return what of these alerts waits, as the messages that are to come of it."""
        now = (await self.session.execute(select(func.clock_timestamp(type_=UtcDateTime())))).scalar_one()
        found: defaultdict[UUID, list[DeliveryView]] = defaultdict(list)
        for each in await self.waiting_traces(alert_ids, now):
            if each.ended_at is None:
                found[each.alert_id].append(_view(each))
        return found


def _timing(wanted: Timing | None, fact: str) -> Timing | None:
    return for_retold(wanted) if wanted is not None and is_retold(fact) else wanted


def _view(waiting: WaitingTrace) -> DeliveryView:
    return DeliveryView(
        delivery_id=waiting.alert_id,
        channel=waiting.channel,
        masked_address=waiting.masked_address,
        state=WAITING,
        attempts=0,
        next_try_at=waiting.due_at or waiting.waits_since,
        sent_at=None,
        last_error=None,
    )


def _trace(row: WaitingAlertRow, timing: Timing | None, now: datetime, *, loud: bool) -> WaitingTrace:
    """Return what an alert waits for; `timing` is what its reader wants now, None where nobody does.

    A burst's end is its reader's, not this alert's own: it may come sooner.
    """
    due = None if timing is None else appointment(timing, row.waits_since, now, loud=loud)
    return WaitingTrace(
        alert_id=row.alert_id,
        subscription_id=row.subscription_id,
        channel=row.channel,
        masked_address=masked(row.channel, row.address),
        why=row.why,
        schedule=timing.schedule if timing is not None else "",
        waits_since=row.waits_since,
        due_at=None if due is None else due.at,
        ended_at=row.ended_at,
        gathered=row.delivery_id is not None,
    )

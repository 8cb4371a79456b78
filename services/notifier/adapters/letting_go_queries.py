"""The queries of letting go what was held: who wants to be left alone now, and what is told later instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, Uuid, and_, bindparam, not_, or_, select, text

from services.notifier.adapters.listener_queries import ListenerQueries, subscription_of
from services.notifier.adapters.standing_queries import is_kept_back, is_of
from services.notifier.domain.holding import Hold
from services.notifier.domain.parcel import FETCHED, WEBHOOK, Subscription
from shared.contracts.timing import Why
from shared.store.alerts import DeliveryRow
from shared.store.base import UtcDateTime
from shared.store.definitions import PersonRow, SubscriptionRow
from shared.store.listening import listeners

# A message that was never tried is as if it had never been written: nobody has seen its id.
_WAIT_AGAIN = text("""
INSERT INTO waiting_alerts (alert_id, subscription_id, channel, address, person_id, why, waits_since)
SELECT DISTINCT ON (told.alert_id, told.subscription_id, gone.channel, gone.address)
       told.alert_id, told.subscription_id, gone.channel, gone.address,
       coalesce(subscriptions.person_id, CASE WHEN subscriptions.address = '' THEN gone.member_id END),
       new.why, alerts.raised_at
  FROM unnest(:ids, :whys) AS new (delivery_id, why)
  JOIN deliveries AS gone ON gone.delivery_id = new.delivery_id
 CROSS JOIN LATERAL (
       SELECT gone.alert_id, gone.subscription_id
        UNION ALL
       SELECT beside.alert_id, beside.subscription_id FROM delivery_alerts AS beside
        WHERE beside.delivery_id = gone.delivery_id) AS told
  JOIN alerts ON alerts.alert_id = told.alert_id
  JOIN subscriptions ON subscriptions.subscription_id = told.subscription_id
 ORDER BY told.alert_id, told.subscription_id, gone.channel, gone.address
ON CONFLICT (alert_id, subscription_id, channel, address)
DO UPDATE SET why = excluded.why, ended_at = NULL, delivery_id = NULL
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("whys", type_=ARRAY(Text())))
_FORGET = tuple(
    text(statement).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
    for statement in (
        "UPDATE waiting_alerts SET delivery_id = NULL WHERE delivery_id = ANY(:ids)",
        "DELETE FROM delivery_alerts WHERE delivery_id = ANY(:ids)",
        "DELETE FROM deliveries WHERE delivery_id = ANY(:ids)",
    )
)


class LettingGoQueries(ListenerQueries):
    """What goes on, and when."""

    async def who_wants_quiet(self, subscription_ids: Collection[UUID], now: datetime) -> tuple[Subscription, ...]:
        """Return those of these live subscriptions whose readers have quiet hours, a mute or a vacation."""
        if not subscription_ids:
            return ()
        found = await self.session.execute(_with_quiet(), {"ids": list(subscription_ids), "now": now})
        return tuple(subscription_of(row) for row in found)

    async def wait_again(self, deliveries: Mapping[UUID, Why]) -> None:
        """Let messages that were never tried, and that this transaction has locked, be told later, each for a reason.

        They are gathered like what was to be told later from the first.
        """
        if not deliveries:
            return
        ids = sorted(deliveries)
        await self.session.execute(_WAIT_AGAIN, {"ids": ids, "whys": [str(deliveries[each]) for each in ids]})
        for statement in _FORGET:
            await self.session.execute(statement, {"ids": ids})

    async def held_and_never_tried(self, hold: Hold) -> tuple[UUID, ...]:
        """Lock and return what this stop switch alone has held of alerts that nobody can have got, but for programs."""
        of_program = and_(DeliveryRow.channel == WEBHOOK, SubscriptionRow.person_id.is_(None))
        found = await self.session.scalars(
            select(DeliveryRow.delivery_id)
            .join(SubscriptionRow, SubscriptionRow.subscription_id == DeliveryRow.subscription_id)
            .where(DeliveryRow.state == "held", DeliveryRow.attempts == 0, DeliveryRow.alert_id.is_not(None))
            .where(DeliveryRow.kind != "correction", DeliveryRow.channel.not_in(sorted(FETCHED)), not_(of_program))
            .where(is_of(hold), not_(is_kept_back()))
            .order_by(DeliveryRow.delivery_id)
            .with_for_update(of=DeliveryRow)
        )
        return tuple(found)


@cache
def _with_quiet() -> Select[*tuple[Any, ...]]:
    now = bindparam("now", type_=UtcDateTime())
    wants_quiet = or_(
        PersonRow.quiet_from.is_not(None),
        PersonRow.muted_until > now,
        PersonRow.away_until > now,
        SubscriptionRow.muted_until > now,
    )
    asked = SubscriptionRow.subscription_id == bindparam("ids", type_=ARRAY(Uuid())).any_()
    return listeners().where(asked, wants_quiet).execution_options(populate_existing=True)

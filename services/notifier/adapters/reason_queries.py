"""The queries of messages that tell several alerts: what they tell, and what of it is told elsewhere or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, delete, func, literal, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import aliased

from services.notifier.adapters.alert_rows import ALERT_COLUMNS, PREFIX, AnyRow, alert_of, lists_named
from services.notifier.adapters.team_members import hears_no_more, member_written_to
from services.notifier.domain.parcel import Reason, Subscription, Wishes
from services.notifier.domain.plan import extras_of_delivery
from services.notifier.domain.sorting import ToldReason
from services.notifier.domain.standing import Lane
from shared.store.alerts import AlertRow, DeliveryAlertRow, DeliveryRow, SendingHoldRow
from shared.store.definitions import SubscriptionRow
from shared.store.unit_of_work import Work

_OtherAlert = aliased(AlertRow, name="beside_alert")


class ReasonQueries(Work):
    """What messages tell."""

    async def told_by(self, delivery_ids: Collection[UUID]) -> dict[UUID, list[ToldReason]]:
        """Return what each of these deliveries tells, in its order."""
        ids = literal(list(delivery_ids), ARRAY(Uuid()))
        first = select(
            DeliveryRow.delivery_id, DeliveryRow.alert_id, DeliveryRow.subscription_id, literal(0).label("place")
        ).where(DeliveryRow.delivery_id == func.any(ids))
        others = select(
            DeliveryAlertRow.delivery_id,
            DeliveryAlertRow.alert_id,
            DeliveryAlertRow.subscription_id,
            DeliveryAlertRow.place,
        ).where(DeliveryAlertRow.delivery_id == func.any(ids))
        told = union_all(first, others).subquery("told")
        rows = await self.session.execute(
            select(
                told.c.delivery_id,
                DeliveryRow.channel,
                DeliveryRow.address,
                SubscriptionRow.subscription_id,
                SubscriptionRow.rule_id,
                SubscriptionRow.secret,
                SubscriptionRow.team_id,
                SubscriptionRow.removed_at,
                member_written_to().label("member"),
                hears_no_more().label("hears_no_more"),
                lists_named().label("lists"),
                *ALERT_COLUMNS,
            )
            .join(DeliveryRow, DeliveryRow.delivery_id == told.c.delivery_id)
            .join(AlertRow, AlertRow.alert_id == told.c.alert_id)
            .join(SubscriptionRow, SubscriptionRow.subscription_id == told.c.subscription_id)
            .order_by(told.c.delivery_id, told.c.place)
        )
        found: defaultdict[UUID, list[ToldReason]] = defaultdict(list)
        for row in rows:
            found[row.delivery_id].append(_told(row))
        return found

    async def stopped_rules(self) -> frozenset[UUID]:
        """Return the rules that stop switches are about."""
        about = await self.session.scalars(
            select(SendingHoldRow.about).where(SendingHoldRow.ended_at.is_(None), SendingHoldRow.scope == "rule")
        )
        return frozenset(UUID(each) for each in about)

    async def retell(self, delivery_id: UUID, reasons: Sequence[Reason]) -> None:
        """Let a delivery, which this transaction has locked, tell these alerts and no others."""
        first, *others = reasons
        await self.session.execute(delete(DeliveryAlertRow).where(DeliveryAlertRow.delivery_id == delivery_id))
        await self.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.delivery_id == delivery_id)
            .values(alert_id=first.alert.alert_id, subscription_id=first.subscription.subscription_id)
            .execution_options(synchronize_session=False)
        )
        if others:
            values = [asdict(each) for each in extras_of_delivery(delivery_id, others)]
            await self.session.execute(insert(DeliveryAlertRow).values(values))

    async def mixed_with(self, rule_id: UUID) -> dict[UUID, Lane]:
        """Lock and return the deliveries that wait, or are held, and tell of this rule and of others too."""
        of_rule = or_(AlertRow.rule_id == rule_id, _tells(_OtherAlert.rule_id == rule_id))
        rows = await self.session.execute(
            select(DeliveryRow.delivery_id, DeliveryRow.channel, DeliveryRow.address)
            .join(AlertRow, AlertRow.alert_id == DeliveryRow.alert_id)
            .where(DeliveryRow.state.in_(("pending", "retry", "held")), of_rule)
            .where(_tells(_OtherAlert.rule_id != AlertRow.rule_id))
            .order_by(DeliveryRow.delivery_id)
            .with_for_update(of=DeliveryRow)
        )
        return {delivery_id: Lane(channel, address) for delivery_id, channel, address in rows}


def tells_several() -> ColumnElement[bool]:
    """Return the condition that a delivery tells more than its first alert."""
    return (
        select(literal(1))
        .where(DeliveryAlertRow.delivery_id == DeliveryRow.delivery_id)
        .correlate(DeliveryRow)
        .exists()
    )


def _tells(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(literal(1))
        .select_from(DeliveryAlertRow)
        .join(_OtherAlert, _OtherAlert.alert_id == DeliveryAlertRow.alert_id)
        .where(DeliveryAlertRow.delivery_id == DeliveryRow.delivery_id, condition)
        .correlate(DeliveryRow, AlertRow)
        .exists()
    )


def _told(row: AnyRow) -> ToldReason:
    subscription = Subscription(
        subscription_id=row.subscription_id,
        rule_id=row.rule_id,
        channel=row.channel,
        address=row.address,
        wishes=Wishes(shared=row.team_id is not None),
        person_id=row.member,
        secret=row.secret,
    )
    live = row.removed_at is None and not row.hears_no_more
    return ToldReason(Reason(alert_of(row, PREFIX), subscription), live=live, lists=row.lists or {})

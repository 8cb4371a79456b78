"""The queries of telling operators: their alerts, who hears of them, and what is no longer worth sending."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from services.notifier.adapters.owner_queries import OwnerQueries
from services.notifier.domain.delivery import Line, State
from services.notifier.domain.parcel import Subscription
from services.notifier.domain.trouble import OperatorAlert, Tidings
from shared.store.alerts import DeliveryRow, OperatorAlertRow
from shared.store.definitions import SubscriptionRow

_TOLD_AS_IT_BEGAN = ("over_at", "over_sentence")  # all that ever changes of an operator alert

OtherDelivery = aliased(DeliveryRow, name="other_delivery")
OtherAlert = aliased(OperatorAlertRow, name="other_alert")


class OperatorQueries(OwnerQueries):
    """What operators were told, and are to be told."""

    async def troubles_of(self, kind: str, about: str, since: datetime) -> tuple[OperatorAlert, ...]:
        """Return the troubles of this thing that last, and those since then; nobody else notes more until the end."""
        key = func.hashtextextended(f"operator alert {kind} {about}", 0)
        await self.session.execute(select(func.pg_advisory_xact_lock(key)))
        rows = await self.session.scalars(
            select(OperatorAlertRow)
            .where(OperatorAlertRow.kind == kind, OperatorAlertRow.about == about)
            .where(or_(OperatorAlertRow.over_at.is_(None), OperatorAlertRow.since >= since))
        )
        return tuple(alert_of(row) for row in rows)

    async def save_operator_alert(self, alert: OperatorAlert) -> None:
        """Store the operator alert as it is now."""
        values = asdict(alert)
        ended = {name: values[name] for name in _TOLD_AS_IT_BEGAN}
        statement = insert(OperatorAlertRow).values(values)
        await self.session.execute(statement.on_conflict_do_update(index_elements=["operator_alert_id"], set_=ended))

    async def operator_subscriptions(self) -> tuple[Subscription, ...]:
        """Return the live subscriptions of operators."""
        statement = _subscriptions().where(SubscriptionRow.topic == "operators")
        return tuple(Subscription(*row) for row in await self.session.execute(statement))

    async def told_subscriptions(self, operator_alert_id: UUID) -> tuple[Subscription, ...]:
        """Return the live subscriptions to which there is a delivery of this trouble's beginning, and where it went."""
        statement = (
            select(DeliveryRow.subscription_id, SubscriptionRow.rule_id, DeliveryRow.channel, DeliveryRow.address)
            .join(SubscriptionRow, SubscriptionRow.subscription_id == DeliveryRow.subscription_id)
            .where(DeliveryRow.operator_alert_id == operator_alert_id, DeliveryRow.over.is_(False))
            .where(SubscriptionRow.removed_at.is_(None))
        )
        return tuple(Subscription(*row) for row in await self.session.execute(statement))

    async def waiting_and_outdated(self, tidings: Tidings) -> tuple[tuple[UUID, Line], ...]:
        """Lock and return the lines of deliveries that wait, of older tidings of the same thing than these."""
        alert = tidings.alert
        statement = (
            select(DeliveryRow)
            .join(OperatorAlertRow, OperatorAlertRow.operator_alert_id == DeliveryRow.operator_alert_id)
            .where(OperatorAlertRow.kind == alert.kind, OperatorAlertRow.about == alert.about)
            .where(tuple_(OperatorAlertRow.since, DeliveryRow.over) < tuple_(alert.since, tidings.over))
            .where(DeliveryRow.state.in_(("pending", "retry", "held")))
            .order_by(DeliveryRow.delivery_id)
            .with_for_update(of=DeliveryRow)
        )
        rows = await self.session.scalars(statement)
        return tuple(
            (
                row.delivery_id,
                Line(State(row.state), row.attempts, row.unknowns, reason=row.last_error, earlier=row.earlier_attempts),
            )
            for row in rows
        )

    async def open_operator_alerts(self) -> int:
        """Return how many troubles last."""
        lasting = select(func.count(OperatorAlertRow.operator_alert_id)).where(OperatorAlertRow.over_at.is_(None))
        return await self.session.scalar(lasting) or 0


def is_outdated() -> ColumnElement[bool]:
    """Return the condition that a delivery's tidings have newer ones of the same thing, for the same subscription."""
    newer = tuple_(OtherAlert.since, OtherDelivery.over) > tuple_(OperatorAlertRow.since, DeliveryRow.over)
    return _other_tidings(newer, OtherDelivery.state != "cancelled")


def is_held_up() -> ColumnElement[bool]:
    """Return the condition that older tidings of the same thing are on their way: the newer must not overtake them."""
    older = tuple_(OtherAlert.since, OtherDelivery.over) < tuple_(OperatorAlertRow.since, DeliveryRow.over)
    return _other_tidings(older, OtherDelivery.state == "sending")


def alert_of(row: OperatorAlertRow) -> OperatorAlert:
    """Return the operator alert that a row holds."""
    return OperatorAlert(**{column.name: getattr(row, column.name) for column in OperatorAlertRow.__table__.columns})


def _other_tidings(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(text("1"))
        .select_from(OtherDelivery)
        .join(OtherAlert, OtherAlert.operator_alert_id == OtherDelivery.operator_alert_id)
        .where(and_(OtherAlert.kind == OperatorAlertRow.kind, OtherAlert.about == OperatorAlertRow.about))
        .where(OtherDelivery.subscription_id == DeliveryRow.subscription_id, *conditions)
        .correlate(DeliveryRow, OperatorAlertRow)
        .exists()
    )


def _subscriptions() -> Select[*tuple[Any, ...]]:
    return select(
        SubscriptionRow.subscription_id,
        SubscriptionRow.rule_id,
        SubscriptionRow.channel,
        SubscriptionRow.address,
    ).where(SubscriptionRow.removed_at.is_(None))

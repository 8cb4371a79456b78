"""The queries of showing people how deliveries and channels fare."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, case, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.notifier.adapters.standing_queries import standing_of
from services.notifier.domain.delivery import State
from services.notifier.domain.overview import (
    AttemptRecord,
    ChannelGlance,
    DeliveryGlance,
    DeliveryRecord,
    ToldRecord,
)
from services.notifier.domain.parcel import FETCHED
from services.notifier.domain.standing import EVERY_ADDRESS, WELL, Lane
from shared.store.alerts import AlertRow, AttemptRow, ChannelStateRow, DeliveryAlertRow, DeliveryRow, OperatorAlertRow
from shared.store.definitions import SubscriptionRow
from shared.store.unit_of_work import Work

_OPEN = ("pending", "sending", "retry")


class OverviewQueries(Work):
    """What people look at."""

    async def glances(self, states: Collection[State], channel: str | None, limit: int) -> tuple[DeliveryGlance, ...]:
        """Return deliveries, newest attempt first: of these states (any where there are none), and of a channel."""
        statement = _deliveries().order_by(DeliveryRow.next_try_at.desc(), DeliveryRow.delivery_id).limit(limit)
        if states:
            statement = statement.where(DeliveryRow.state.in_(sorted(states)))
        if channel is not None:
            in_full = DeliveryRow.channel + ":" + DeliveryRow.address
            statement = statement.where(or_(DeliveryRow.channel == channel, in_full == channel))
        return tuple(_glance(row) for row in await self.session.execute(statement))

    async def record(self, delivery_id: UUID) -> DeliveryRecord | None:
        """Return everything of one delivery."""
        found = await self.session.execute(_deliveries().where(DeliveryRow.delivery_id == delivery_id))
        row = found.one_or_none()
        if row is None:
            return None
        attempts = await self.session.scalars(
            select(AttemptRow).where(AttemptRow.delivery_id == delivery_id).order_by(AttemptRow.attempt)
        )
        tells = await self._tells(delivery_id)
        return DeliveryRecord(_glance(row), row[0].unknowns, tuple(_attempt(each) for each in attempts), tells)

    async def _tells(self, delivery_id: UUID) -> tuple[ToldRecord, ...]:
        title = AlertRow.article["title"].astext
        first = (
            select(AlertRow.alert_id, AlertRow.rule_name, title, literal(0).label("place"))
            .join(DeliveryRow, DeliveryRow.alert_id == AlertRow.alert_id)
            .where(DeliveryRow.delivery_id == delivery_id)
        )
        beside = (
            select(AlertRow.alert_id, AlertRow.rule_name, title, DeliveryAlertRow.place)
            .join(DeliveryAlertRow, DeliveryAlertRow.alert_id == AlertRow.alert_id)
            .where(DeliveryAlertRow.delivery_id == delivery_id)
        )
        rows = await self.session.execute(first.union_all(beside).order_by("place"))
        return tuple(ToldRecord(alert_id, rule, headline or "") for alert_id, rule, headline, _ in rows)

    async def channel_glances(self) -> tuple[ChannelGlance, ...]:
        """Return every address that somebody subscribes with or that does not stand well."""
        live = SubscriptionRow.removed_at.is_(None)
        subscriptions = await self._counts(
            select(SubscriptionRow.channel, SubscriptionRow.address, func.count())
            .where(live, SubscriptionRow.channel.not_in(sorted(FETCHED)))
            .group_by(SubscriptionRow.channel, SubscriptionRow.address)
        )
        waiting = await self._counts(_in_lanes(DeliveryRow.state.in_(_OPEN)))
        held = await self._counts(_in_lanes(DeliveryRow.state == "held"))
        rows = await self.session.scalars(select(ChannelStateRow))
        standings = {Lane(row.channel, row.address): standing_of(row) for row in rows}
        lanes = sorted({*subscriptions, *waiting, *held, *standings}, key=lambda lane: (lane.channel, lane.address))
        return tuple(
            ChannelGlance(
                lane,
                standings.get(lane, WELL),
                _sum(subscriptions, lane),
                _sum(waiting, lane),
                _sum(held, lane),
            )
            for lane in lanes
        )

    async def _counts(self, statement: Select[*tuple[Any, ...]]) -> dict[Lane, int]:
        return {Lane(channel, address): count for channel, address, count in await self.session.execute(statement)}


def _sum(counts: dict[Lane, int], lane: Lane) -> int:
    if lane.address != EVERY_ADDRESS:
        return counts.get(lane, 0)
    return sum(count for each, count in counts.items() if each.channel == lane.channel)


def _in_lanes(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(DeliveryRow.channel, DeliveryRow.address, func.count())
        .where(condition)
        .group_by(DeliveryRow.channel, DeliveryRow.address)
    )


def _deliveries() -> Select[*tuple[Any, ...]]:
    rule = case((DeliveryRow.kind == "correction", "Correction: " + AlertRow.rule_name), else_=AlertRow.rule_name)
    told = case((DeliveryRow.over, OperatorAlertRow.over_at), else_=OperatorAlertRow.opened_at)
    return (
        select(
            DeliveryRow,
            func.coalesce(rule, OperatorAlertRow.kind + " " + OperatorAlertRow.about).label("about"),
            func.coalesce(AlertRow.article["title"].astext, OperatorAlertRow.sentence).label("title"),
            func.coalesce(AlertRow.raised_at, told).label("raised_at"),
            select(func.count())
            .select_from(DeliveryAlertRow)
            .where(DeliveryAlertRow.delivery_id == DeliveryRow.delivery_id)
            .scalar_subquery()
            .label("more"),
        )
        .outerjoin(AlertRow, AlertRow.alert_id == DeliveryRow.alert_id)
        .outerjoin(OperatorAlertRow, OperatorAlertRow.operator_alert_id == DeliveryRow.operator_alert_id)
    )


def _glance(row: Row[*tuple[Any, ...]]) -> DeliveryGlance:
    delivery = row[0]
    return DeliveryGlance(
        delivery_id=delivery.delivery_id,
        channel=delivery.channel,
        address=delivery.address,
        about=row.about or "",
        title=row.title or "",
        state=delivery.state,
        attempts=delivery.attempts,
        raised_at=row.raised_at,
        next_try_at=delivery.next_try_at,
        sent_at=delivery.sent_at,
        last_error=delivery.last_error,
        more=row.more,
        kind=delivery.kind,
    )


def _attempt(row: AttemptRow) -> AttemptRecord:
    return AttemptRecord(
        number=row.attempt,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        detail=row.detail,
        latency_milliseconds=row.latency_milliseconds,
        answer=row.answer,
    )

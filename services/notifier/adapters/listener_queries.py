"""The queries of who listens: live subscriptions with what their people want, who heard already, and who had enough."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, literal, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from services.notifier.adapters.locking import lock_names, reader_name
from services.notifier.domain.delivery import State
from services.notifier.domain.heard import Heard
from services.notifier.domain.parcel import Subscription, Wishes
from services.notifier.domain.standing import Lane
from shared.store.alerts import AlertRow, DeliveryAlertRow, DeliveryRow, WaitingAlertRow
from shared.store.definitions import SubscriptionRow
from shared.store.listening import ListenerRow, listeners, timing_of
from shared.store.unit_of_work import Work


class ListenerQueries(Work):
    """Who listens, and who heard."""

    async def live_subscriptions(self, rule_ids: Collection[UUID]) -> tuple[Subscription, ...]:
        """Return the live subscriptions of these rules; a team's that names no address once for each member."""
        found = await self.session.execute(_listeners_to(), {"rules": list(rule_ids)})
        return tuple(subscription_of(row) for row in found)

    async def all_listeners(self) -> tuple[Subscription, ...]:
        """Return all live subscriptions; a team's that names no address once for each member."""
        return tuple(subscription_of(row) for row in await self.session.execute(listeners()))

    async def heard(self, alert_ids: Collection[UUID]) -> Heard:
        """Return who was told of these alerts, is to be, or waits for them, alone or beside others."""
        found = (await self.session.execute(union_all(*_tellings(_ids(alert_ids))))).all()
        rows = [(alert, by, Lane(channel, address), dead) for alert, by, channel, address, dead in found]
        return Heard(
            told=frozenset((alert, lane) for alert, _, lane, dead in rows if not dead),
            written=frozenset((alert, by, lane) for alert, by, lane, _ in rows),
        )

    async def lock_readers(self, lanes: Collection[Lane]) -> None:
        """Let nobody else write down for these readers what they hear late, nor gather it, until the end."""
        await lock_names(self.session, [reader_name(lane) for lane in lanes])

    async def bursting(self, lanes: Collection[Lane], since: datetime, most: int) -> frozenset[Lane]:
        """Return which of these readers were sent so many messages since then, or have a bundle waiting."""
        wanted = [(lane.channel, lane.address) for lane in lanes]
        sent = (
            select(DeliveryRow.channel, DeliveryRow.address)
            .join(AlertRow, AlertRow.alert_id == DeliveryRow.alert_id)
            .where(AlertRow.raised_at > since, DeliveryRow.kind != "correction")
            .where(tuple_(DeliveryRow.channel, DeliveryRow.address).in_(wanted))
            .group_by(DeliveryRow.channel, DeliveryRow.address)
            .having(func.count() >= most)
        )
        bundled = select(WaitingAlertRow.channel, WaitingAlertRow.address).where(
            WaitingAlertRow.ended_at.is_(None),
            WaitingAlertRow.why == "burst",
            tuple_(WaitingAlertRow.channel, WaitingAlertRow.address).in_(wanted),
        )
        return frozenset(Lane(*row) for row in await self.session.execute(union_all(sent, bundled)))


@cache
def _listeners_to() -> Select[*tuple[Any, ...]]:
    """Return the query of who listens to the `rules`."""
    to_rules = SubscriptionRow.rule_id == func.any(bindparam("rules", type_=ARRAY(Uuid())))
    return listeners().where(to_rules).execution_options(populate_existing=True)  # what they want now


def _ids(ids: Collection[UUID]) -> ColumnElement[Any]:
    return literal(list(ids), ARRAY(Uuid()))


def _tellings(alerts: ColumnElement[Any]) -> tuple[Select[*tuple[Any, ...]], ...]:
    lost = DeliveryRow.state.in_([State.CANCELLED, State.FAILED])
    lane = (DeliveryRow.channel, DeliveryRow.address)
    alone = select(DeliveryRow.alert_id, DeliveryRow.subscription_id, *lane, lost).where(
        DeliveryRow.alert_id == func.any(alerts), DeliveryRow.kind != "correction"
    )
    beside = (
        select(DeliveryAlertRow.alert_id, DeliveryAlertRow.subscription_id, *lane, lost)
        .join(DeliveryRow, DeliveryRow.delivery_id == DeliveryAlertRow.delivery_id)
        .where(DeliveryAlertRow.alert_id == func.any(alerts))
    )
    waiting = select(
        WaitingAlertRow.alert_id,
        WaitingAlertRow.subscription_id,
        WaitingAlertRow.channel,
        WaitingAlertRow.address,
        WaitingAlertRow.ended_at.is_not(None),  # gathered: then its delivery says how that ended
    ).where(WaitingAlertRow.alert_id == func.any(alerts))
    return alone, beside, waiting


def subscription_of(row: ListenerRow) -> Subscription:
    """Return who listens as a row has it."""
    asked, person = row[0], row[1]
    wishes = Wishes(asked.min_severity, frozenset(asked.languages), timing_of(row), shared=asked.team_id is not None)
    return Subscription(
        subscription_id=asked.subscription_id,
        rule_id=asked.rule_id,
        channel=asked.channel,
        address=row.resolved,
        wishes=wishes,
        person_id=person.person_id if person else None,
        secret=asked.secret,
    )

"""The queries of alerts that wait to be told later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, func, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.notifier.adapters.alert_rows import ALERT_COLUMNS, PREFIX, alert_of
from services.notifier.adapters.locking import number_of, reader_name
from services.notifier.domain.gathering import Waiting, WaitingAlert
from services.notifier.domain.parcel import NewDelivery, NewExtra
from services.notifier.domain.standing import Lane
from shared.contracts.told_facts import RETOLD
from shared.store.alerts import AlertRow, DeliveryAlertRow, DeliveryRow, WaitingAlertRow
from shared.store.unit_of_work import Work

_OPEN = WaitingAlertRow.ended_at.is_(None)
_LANGUAGE = AlertRow.article["language"].astext
_ROWS_PER_STATEMENT = 5000  # a statement of Postgres takes at most 32,767 parameters; an extra has 4


class WaitingQueries(Work):
    """What waits."""

    async def waiting_kinds(self) -> tuple[Waiting, ...]:
        """Return what waits, by reader, rule and what else decides when it is due."""
        kind = (
            WaitingAlertRow.channel,
            WaitingAlertRow.address,
            AlertRow.rule_id,
            AlertRow.severity,
            _LANGUAGE,
            WaitingAlertRow.why,
        )
        retold = AlertRow.fact.like(literal_column(f"'{RETOLD}%'"))  # no parameter: it is grouped by
        rows = await self.session.execute(
            select(*kind, func.min(WaitingAlertRow.waits_since), func.count(), retold)
            .join(AlertRow, AlertRow.alert_id == WaitingAlertRow.alert_id)
            .where(_OPEN)
            .group_by(*kind, retold)
        )
        return tuple(Waiting(Lane(channel, address), *rest) for channel, address, *rest in rows)

    async def take_reader(self, lane: Lane) -> bool:
        """Let nobody else gather for this reader until the end of the transaction; False where somebody does."""
        return bool(await self.session.scalar(select(func.pg_try_advisory_xact_lock(number_of(reader_name(lane))))))

    async def waiting_for(self, lane: Lane) -> tuple[WaitingAlert, ...]:
        """Lock and return what waits for one reader, the oldest first."""
        rows = await self.session.execute(
            select(
                WaitingAlertRow.subscription_id,
                WaitingAlertRow.person_id,
                WaitingAlertRow.why,
                WaitingAlertRow.waits_since,
                *ALERT_COLUMNS,
            )
            .join(AlertRow, AlertRow.alert_id == WaitingAlertRow.alert_id)
            .where(_OPEN, WaitingAlertRow.channel == lane.channel, WaitingAlertRow.address == lane.address)
            .order_by(WaitingAlertRow.waits_since, WaitingAlertRow.alert_id)
            .with_for_update(of=WaitingAlertRow)
        )
        found = []
        for row in rows:
            alert = alert_of(row, PREFIX)
            kind = (lane, alert.rule_id, alert.severity, alert.article.language, row.why, row.waits_since)
            waiting = Waiting(*kind, retold=alert.is_retold)
            found.append(WaitingAlert(alert, row.subscription_id, waiting, row.person_id))
        return tuple(found)

    async def delivered_to(self, lane: Lane, alert_ids: Collection[UUID]) -> frozenset[UUID]:
        """Return which of these alerts this reader was told of, or is to be, by a message that was not cancelled."""
        ids = literal(list(alert_ids), ARRAY(Uuid()))
        mine = (
            DeliveryRow.channel == lane.channel,
            DeliveryRow.address == lane.address,
            DeliveryRow.state != "cancelled",
            DeliveryRow.kind != "correction",
        )
        alone = select(DeliveryRow.alert_id).where(DeliveryRow.alert_id == func.any(ids), *mine)
        beside = (
            select(DeliveryAlertRow.alert_id)
            .join(DeliveryRow, DeliveryRow.delivery_id == DeliveryAlertRow.delivery_id)
            .where(DeliveryAlertRow.alert_id == func.any(ids), *mine)
        )
        found = await self.session.scalars(alone.union_all(beside))
        return frozenset(each for each in found if each is not None)

    async def add_gathered(self, delivery: NewDelivery, extras: Sequence[NewExtra]) -> None:
        """Write the message of what was gathered, due at once; one that is there already is an error, not a repeat."""
        values = asdict(delivery) | {"next_try_at": func.clock_timestamp()}
        await self.session.execute(insert(DeliveryRow).values(values))
        for start in range(0, len(extras), _ROWS_PER_STATEMENT):
            some = [asdict(extra) for extra in extras[start : start + _ROWS_PER_STATEMENT]]
            await self.session.execute(insert(DeliveryAlertRow).values(some))

    async def end_waiting(
        self, lane: Lane, waited: Sequence[WaitingAlert], delivery_id: UUID | None, now: datetime
    ) -> None:
        """Write that these alerts wait no more: they were gathered into a delivery, or (None) nobody wants them."""
        if not waited:
            return
        alerts = literal([each.alert.alert_id for each in waited], ARRAY(Uuid()))  # one parameter, however many
        by = literal([each.subscription_id for each in waited], ARRAY(Uuid()))
        pairs = func.unnest(alerts, by).table_valued("alert_id", "subscription_id", name="ended")
        ended = pairs.render_derived()
        await self.session.execute(
            update(WaitingAlertRow)
            .where(_OPEN, WaitingAlertRow.channel == lane.channel, WaitingAlertRow.address == lane.address)
            .where(WaitingAlertRow.alert_id == ended.c.alert_id)
            .where(WaitingAlertRow.subscription_id == ended.c.subscription_id)
            .values(ended_at=now, delivery_id=delivery_id)
            .execution_options(synchronize_session=False)
        )

"""The queries of how addresses stand, of what holds sending back, and of letting it go again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CursorResult,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from services.notifier.adapters.correction_queries import is_to_wait
from services.notifier.domain.holding import Hold, Scope
from services.notifier.domain.standing import EVERY_ADDRESS, WELL, Lane, Standing
from shared.store.alerts import AlertRow, ChannelStateRow, DeliveryAlertRow, DeliveryRow, SendingHoldRow
from shared.store.base import UtcDateTime
from shared.store.definitions import RuleRow, SubscriptionRow
from shared.store.unit_of_work import Work

_NOW = func.clock_timestamp(type_=UtcDateTime())
_WAITING = DeliveryRow.state.in_(("pending", "retry"))
_HELD = DeliveryRow.state == "held"
_ToldAlert = aliased(AlertRow, name="told_alert")
_BesideAlert = aliased(AlertRow, name="beside_alert")


class StandingQueries(Work):
    """How addresses stand, and what is held."""

    async def standings(self, lanes: Collection[Lane]) -> dict[Lane, Standing]:
        """Lock and return how these addresses stand; those that are well are not among them."""
        if not lanes:
            return {}
        wanted = sorted((lane.channel, lane.address) for lane in lanes)
        rows = await self.session.scalars(
            select(ChannelStateRow)
            .where(tuple_(ChannelStateRow.channel, ChannelStateRow.address).in_(wanted))
            .order_by(ChannelStateRow.channel, ChannelStateRow.address)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {Lane(row.channel, row.address): standing_of(row) for row in rows}

    async def save_standings(self, standings: Mapping[Lane, Standing]) -> None:
        """Write how addresses stand; of one that is well nothing is kept."""
        for lane, standing in sorted(standings.items(), key=lambda each: (each[0].channel, each[0].address)):
            if standing == WELL:
                await self.session.execute(delete(ChannelStateRow).where(_is_state_of(lane)))
                continue
            values = asdict(standing)
            statement = insert(ChannelStateRow).values(values | asdict(lane))
            await self.session.execute(
                statement.on_conflict_do_update(index_elements=["channel", "address"], set_=values)
            )

    async def probes_due(self, now: datetime, most: int) -> dict[Lane, Standing]:
        """Lock and return disabled addresses whose next probe is due, and that hold something to probe them with.

        Skips those that another notifier probes.
        """
        of_row = and_(
            DeliveryRow.channel == ChannelStateRow.channel,
            or_(ChannelStateRow.address == EVERY_ADDRESS, DeliveryRow.address == ChannelStateRow.address),
        )
        rows = await self.session.scalars(
            select(ChannelStateRow)
            .where(ChannelStateRow.disabled_at.is_not(None), ChannelStateRow.probe_at <= now)
            .where(exists().where(_HELD, of_row, not_(is_stopped())))
            .order_by(ChannelStateRow.probe_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return {Lane(row.channel, row.address): standing_of(row) for row in rows}

    async def oldest_held(self, lane: Lane, most: int) -> tuple[UUID, ...]:
        """Return the oldest deliveries that are held for this address alone, and that no stop switch holds as well."""
        found = await self.session.scalars(
            select(DeliveryRow.delivery_id)
            .where(_HELD, _in_lane(lane), not_(is_stopped()), not_(is_to_wait()))
            .order_by(DeliveryRow.next_try_at)
            .limit(most)
        )
        return tuple(found)

    async def hold_lane(self, lane: Lane) -> int:
        """Hold what waits for this address; return how many that are."""
        return await self._moved(update(DeliveryRow).where(_WAITING, _in_lane(lane)).values(state="held"))

    async def hold_scope(self, hold: Hold) -> int:
        """Hold what waits and is of this stop switch; return how many that are."""
        return await self._moved(update(DeliveryRow).where(_WAITING, is_of(hold)).values(state="held"))

    async def release_lane(self, lane: Lane) -> int:
        """Let go on at once what is held for this address, in a new round, unless something else holds it."""
        ours = (_HELD, _in_lane(lane), not_(is_kept_back()))
        at_once = func.least(DeliveryRow.next_try_at, _NOW)
        return await self._moved(
            update(DeliveryRow)
            .where(*ours)
            .values(state=_as_before(), earlier_attempts=DeliveryRow.attempts, next_try_at=at_once)
        )

    async def release_all(self) -> int:
        """Let go on what nothing holds any longer; what waited for a retry waits for it still."""
        return await self._moved(update(DeliveryRow).where(_HELD, not_(is_kept_back())).values(state=_as_before()))

    async def drop_scope(self, hold: Hold, why: str) -> int:
        """Cancel what this stop switch held back; return how many that were."""
        return await self._moved(
            update(DeliveryRow).where(_HELD, is_of(hold)).values(state="cancelled", last_error=why)
        )

    async def hurry_lane(self, lane: Lane) -> int:
        """Make due at once what waits for another attempt at this address: it takes messages again."""
        waiting = (DeliveryRow.state == "retry", _in_lane(lane), DeliveryRow.next_try_at > _NOW)
        return await self._moved(update(DeliveryRow).where(*waiting).values(next_try_at=_NOW))

    async def listeners(self, lane: Lane) -> tuple[str, ...]:
        """Return the names of the rules whose alerts go there, with their owners where they have one."""
        mine = SubscriptionRow.channel == lane.channel
        if lane.address != EVERY_ADDRESS:
            mine = and_(mine, SubscriptionRow.address == lane.address)
        rows = await self.session.execute(
            select(RuleRow.name, RuleRow.owner)
            .join(SubscriptionRow, SubscriptionRow.rule_id == RuleRow.rule_id)
            .where(mine, SubscriptionRow.removed_at.is_(None))
            .distinct()
            .order_by(RuleRow.name)
        )
        return tuple(f"{name} ({owner})" if owner else name for name, owner in rows)

    async def open_holds(self) -> tuple[Hold, ...]:
        """Return the stop switches that are thrown, the oldest first."""
        rows = await self.session.scalars(
            select(SendingHoldRow).where(SendingHoldRow.ended_at.is_(None)).order_by(SendingHoldRow.placed_at)
        )
        return tuple(
            Hold(row.hold_id, Scope(row.scope), row.about, row.label, row.reason, row.placed_by, row.placed_at)
            for row in rows
        )

    async def add_hold(self, hold: Hold) -> bool:
        """Throw a stop switch; False where the same one is thrown already."""
        statement = insert(SendingHoldRow).values(asdict(hold) | {"scope": str(hold.scope)}).on_conflict_do_nothing()
        added = await self.session.scalar(statement.returning(SendingHoldRow.hold_id))
        return added is not None

    async def end_hold(self, hold: Hold, by: str, ending: str, now: datetime) -> None:
        """Put a stop switch back."""
        await self.session.execute(
            update(SendingHoldRow)
            .where(SendingHoldRow.hold_id == hold.hold_id, SendingHoldRow.ended_at.is_(None))
            .values(ended_at=now, ended_by=by, ending=ending)
        )

    async def rule_id_of(self, name: str) -> tuple[UUID, str] | None:
        """Return the id and name of the live rule of this name, in any case of letters."""
        row = (
            await self.session.execute(
                select(RuleRow.rule_id, RuleRow.name).where(
                    func.lower(RuleRow.name) == name.lower(), RuleRow.removed_at.is_(None)
                )
            )
        ).one_or_none()
        return None if row is None else (row.rule_id, row.name)

    async def held_by_scope(self, holds: Sequence[Hold]) -> dict[UUID, int]:
        """Return how many deliveries are kept back under each stop switch; one may be under several."""
        return {hold.hold_id: await self._count(_HELD, is_of(hold)) for hold in holds}

    async def held_in_all(self) -> int:
        """Return how many deliveries are held."""
        return await self._count(_HELD)

    async def _count(self, *conditions: ColumnElement[bool]) -> int:
        wanted = exists().where(
            SubscriptionRow.subscription_id == DeliveryRow.subscription_id, SubscriptionRow.removed_at.is_(None)
        )
        return await self.session.scalar(select(func.count(DeliveryRow.delivery_id)).where(wanted, *conditions)) or 0

    async def _moved(self, statement: object) -> int:
        moved = await self.session.execute(
            statement.execution_options(synchronize_session=False)  # type: ignore[attr-defined]
        )
        return moved.rowcount if isinstance(moved, CursorResult) else 0


def is_disabled() -> ColumnElement[bool]:
    """Return the condition that a delivery's address, or its whole channel, is disabled."""
    return exists().where(
        ChannelStateRow.channel == DeliveryRow.channel,
        or_(ChannelStateRow.address == DeliveryRow.address, ChannelStateRow.address == EVERY_ADDRESS),
        ChannelStateRow.disabled_at.is_not(None),
    )


def is_stopped() -> ColumnElement[bool]:
    """Return the condition that a stop switch holds a delivery."""
    of_alert = _ToldAlert.alert_id == DeliveryRow.alert_id
    rule_id = select(cast(_ToldAlert.rule_id, Text)).where(of_alert, not_(_tells_of_another_rule()))
    about = case(
        (SendingHoldRow.scope == "all", ""),
        (SendingHoldRow.scope == "channel", DeliveryRow.channel),
        (SendingHoldRow.scope == "address", DeliveryRow.channel + ":" + DeliveryRow.address),
        else_=rule_id.correlate(DeliveryRow).scalar_subquery(),
    )
    return exists().where(SendingHoldRow.ended_at.is_(None), SendingHoldRow.about == about)


def is_kept_back() -> ColumnElement[bool]:
    """Return the condition that a delivery is to be held, for whatever reason."""
    return or_(is_disabled(), is_stopped())


def standing_of(row: ChannelStateRow) -> Standing:
    """Return what a row says."""
    return Standing(
        failures=row.failures,
        failing_since=row.failing_since,
        last_error=row.last_error,
        quiet_until=row.quiet_until,
        disabled_at=row.disabled_at,
        disabled_by=row.disabled_by,
        disabled_why=row.disabled_why,
        probe_at=row.probe_at,
        probes=row.probes,
    )


def _is_state_of(lane: Lane) -> ColumnElement[bool]:
    return and_(ChannelStateRow.channel == lane.channel, ChannelStateRow.address == lane.address)


def _in_lane(lane: Lane) -> ColumnElement[bool]:
    in_channel = DeliveryRow.channel == lane.channel
    return in_channel if lane.address == EVERY_ADDRESS else and_(in_channel, DeliveryRow.address == lane.address)


def is_of(hold: Hold) -> ColumnElement[bool]:
    """Return the condition that a delivery is of this stop switch."""
    match hold.scope:
        case Scope.RULE:
            of_rule = cast(_ToldAlert.rule_id, Text) == hold.about
            alerts = select(_ToldAlert.alert_id).where(of_rule, not_(_tells_of_another_rule()))
            return DeliveryRow.alert_id.in_(alerts.correlate(DeliveryRow))
        case Scope.CHANNEL:
            return DeliveryRow.channel == hold.about
        case Scope.ADDRESS:
            return DeliveryRow.channel + ":" + DeliveryRow.address == hold.about
        case Scope.ALL:
            return DeliveryRow.channel != ""


def _tells_of_another_rule() -> ColumnElement[bool]:
    """Return the condition that a message is about more rules than its first: each of them is stopped by itself."""
    return (
        select(literal(1))
        .select_from(DeliveryAlertRow)
        .join(_BesideAlert, _BesideAlert.alert_id == DeliveryAlertRow.alert_id)
        .where(DeliveryAlertRow.delivery_id == DeliveryRow.delivery_id, _BesideAlert.rule_id != _ToldAlert.rule_id)
        .correlate(DeliveryRow, _ToldAlert)
        .exists()
    )


def _as_before() -> ColumnElement[str]:
    return case((DeliveryRow.attempts == 0, "pending"), else_="retry")

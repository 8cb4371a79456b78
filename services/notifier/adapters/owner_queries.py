"""The query of whose channel a disabled one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.notifier.domain.overview import channel_id
from services.notifier.domain.owners import Owner
from services.notifier.domain.parcel import FETCHED, Subscription
from services.notifier.domain.standing import EVERY_ADDRESS, SHARED_WAYS, Lane
from shared.store.alerts import ChannelStateRow
from shared.store.definitions import PersonRow, RuleRow, SubscriptionRow
from shared.store.unit_of_work import Work

_LIVE = SubscriptionRow.removed_at.is_(None)
_WAY = (SubscriptionRow.subscription_id, SubscriptionRow.rule_id, SubscriptionRow.channel, SubscriptionRow.address)


class OwnerQueries(Work):
    """Who cares for an address."""

    async def owners_of(self, lane_id: UUID) -> tuple[Owner, ...]:
        """Return the people whose alerts go to the address of this id, and those who own a rule that is heard there."""
        lane = await self._lane(lane_id)
        if lane is None:
            return ()
        by_name = func.lower(RuleRow.owner).in_(
            [func.lower(PersonRow.name), func.lower(func.nullif(PersonRow.email, ""))]
        )
        rows = (
            await self.session.execute(
                select(PersonRow.person_id, PersonRow.email, *_WAY)
                .select_from(SubscriptionRow)
                .outerjoin(RuleRow, RuleRow.rule_id == SubscriptionRow.rule_id)
                .join(PersonRow, or_(PersonRow.person_id == SubscriptionRow.person_id, by_name))
                .where(_LIVE, PersonRow.removed_at.is_(None), _at(lane))
                .order_by(PersonRow.person_id, SubscriptionRow.created_at, SubscriptionRow.subscription_id)
            )
        ).all()
        listening = {row.person_id: row for row in reversed(rows)}
        ways = await self._ways_of(listening)
        return tuple(
            Owner(person_id, row.email, Subscription(*row[2:]), tuple(ways[person_id]))
            for person_id, row in sorted(listening.items())
        )

    async def disabled_lanes(self) -> frozenset[Lane]:
        """Return the addresses and channels to which nothing is sent."""
        disabled = ChannelStateRow.disabled_at.is_not(None)
        rows = await self.session.execute(select(ChannelStateRow.channel, ChannelStateRow.address).where(disabled))
        return frozenset(Lane(channel, address) for channel, address in rows)

    async def _ways_of(self, people: Iterable[UUID]) -> defaultdict[UUID, list[Subscription]]:
        found: defaultdict[UUID, list[Subscription]] = defaultdict(list)
        mine = SubscriptionRow.person_id.in_(list(people))
        rows = await self.session.execute(select(SubscriptionRow.person_id, *_WAY).where(_LIVE, mine))
        for row in rows:
            if row.person_id is not None:
                found[row.person_id].append(Subscription(*row[1:]))
        return found

    async def _lane(self, lane_id: UUID) -> Lane | None:
        """Return the address that somebody subscribes with and that has this id."""
        rows = await self.session.execute(
            select(SubscriptionRow.channel, SubscriptionRow.address)
            .where(_LIVE, SubscriptionRow.channel.not_in(sorted(FETCHED)))
            .distinct()
        )
        lanes = [Lane(channel, address) for channel, address in rows]
        lanes += [Lane(channel, EVERY_ADDRESS) for channel in SHARED_WAYS]
        return next((lane for lane in lanes if channel_id(lane) == lane_id), None)


def _at(lane: Lane) -> ColumnElement[bool]:
    in_channel = SubscriptionRow.channel == lane.channel
    return in_channel if lane.address == EVERY_ADDRESS else and_(in_channel, SubscriptionRow.address == lane.address)

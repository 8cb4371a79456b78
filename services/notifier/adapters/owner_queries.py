"""The query of whose channel a disabled one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select

from services.notifier.adapters.listener_queries import ListenerQueries
from services.notifier.domain.overview import channel_id
from services.notifier.domain.owners import Owner
from services.notifier.domain.parcel import FETCHED, Subscription
from services.notifier.domain.standing import EVERY_ADDRESS, SHARED_WAYS, Lane
from shared.store.alerts import ChannelStateRow
from shared.store.definitions import PersonRow, RuleRow


class OwnerQueries(ListenerQueries):
    """Who cares for an address."""

    async def owners_of(self, lane_id: UUID) -> tuple[Owner, ...]:
        """Return the people whose alerts go to the address of this id, and those who own a rule that is heard there."""
        everybody = await self.all_listeners()
        listening = [each for each in everybody if lane_id in (channel_id(each.lane), *_shared(each.lane))]
        by_rule = await self._people_behind({each.rule_id for each in listening if each.rule_id is not None})
        theirs: dict[UUID, Subscription] = {}
        for each in listening:
            for person_id in (*([each.person_id] if each.person_id else []), *by_rule[each.rule_id]):
                theirs.setdefault(person_id, each)
        emails = await self._emails(list(theirs))
        return tuple(
            Owner(person_id, emails[person_id], theirs[person_id], _of(person_id, everybody))
            for person_id in sorted(emails)
        )

    async def disabled_lanes(self) -> frozenset[Lane]:
        """Return the addresses and channels to which nothing is sent."""
        disabled = ChannelStateRow.disabled_at.is_not(None)
        rows = await self.session.execute(select(ChannelStateRow.channel, ChannelStateRow.address).where(disabled))
        return frozenset(Lane(channel, address) for channel, address in rows)

    async def _people_behind(self, rule_ids: set[UUID]) -> defaultdict[UUID | None, list[UUID]]:
        """Return the people whom rules name as their owners, by name or mail address."""
        found: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
        owner = func.lower(RuleRow.owner)
        named = or_(owner == func.lower(PersonRow.name), owner == func.lower(func.nullif(PersonRow.email, "")))
        rows = await self.session.execute(
            select(RuleRow.rule_id, PersonRow.person_id)
            .join(PersonRow, named)
            .where(RuleRow.rule_id.in_(rule_ids), PersonRow.removed_at.is_(None))
            .order_by(PersonRow.person_id)
        )
        for rule_id, person_id in rows:
            found[rule_id].append(person_id)
        return found

    async def _emails(self, people: Sequence[UUID]) -> dict[UUID, str]:
        live = select(PersonRow.person_id, PersonRow.email).where(PersonRow.removed_at.is_(None))
        rows = await self.session.execute(live.where(PersonRow.person_id.in_(people)))
        return {row.person_id: row.email for row in rows}


def _shared(lane: Lane) -> tuple[UUID, ...]:
    """Return the id of the channel as a whole, where one server serves all of its addresses."""
    return (channel_id(Lane(lane.channel, EVERY_ADDRESS)),) if lane.channel in SHARED_WAYS else ()


def _of(person_id: UUID, everybody: Sequence[Subscription]) -> tuple[Subscription, ...]:
    """Return what somebody subscribes with; what they look at by themselves shows them no troubles."""
    return tuple(each for each in everybody if each.person_id == person_id and each.channel not in FETCHED)

"""The queries of looking after subscriptions: whose they are, and what keeps their messages from coming."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from services.desk.adapters.people_records import person_of
from services.desk.adapters.records import subscription_view
from services.desk.domain.keeping import Keeper, Kept, Stopped, WayStanding
from services.desk.domain.people import Person
from shared.store.alerts import ChannelStateRow, SendingHoldRow
from shared.store.definitions import PersonRow, RuleRow, SubscriptionRow, TeamMemberRow, TeamOptOutRow, TeamRow
from shared.store.unit_of_work import Work

_TO_EACH = ("mailto", "inbox")
_EVERY_ADDRESS = ""
_Lane = tuple[str, str]


class KeepingQueries(Work):
    """Reads subscriptions for those who look after them."""

    async def person(self, person_id: UUID) -> Person | None:
        """Return the person of this id."""
        row = await self.session.get(PersonRow, person_id)
        return None if row is None else person_of(row)

    async def kept(self, keeper: Keeper, *, of_all: bool) -> list[Kept]:
        """Return the live subscriptions of the keeper and of their teams, or everybody's; oldest first."""
        asked = _live()
        if not of_all:
            teams = select(TeamMemberRow.team_id).where(TeamMemberRow.person_id == keeper.person_id)
            asked = asked.where(or_(SubscriptionRow.person_id == keeper.person_id, SubscriptionRow.team_id.in_(teams)))
        return await self._told(asked, keeper)

    async def one_kept(self, keeper: Keeper, subscription_id: UUID) -> Kept | None:
        """Return one live subscription that the keeper may see."""
        asked = _live().where(SubscriptionRow.subscription_id == subscription_id)
        if not keeper.of_all:
            teams = select(TeamMemberRow.team_id).where(TeamMemberRow.person_id == keeper.person_id)
            asked = asked.where(or_(SubscriptionRow.person_id == keeper.person_id, SubscriptionRow.team_id.in_(teams)))
        return next(iter(await self._told(asked, keeper)), None)

    async def names(self) -> tuple[list[str], list[str]]:
        """Return the names of the live people and teams."""
        people = select(PersonRow.name).where(PersonRow.removed_at.is_(None)).order_by(func.lower(PersonRow.name))
        teams = select(TeamRow.name).where(TeamRow.removed_at.is_(None)).order_by(func.lower(TeamRow.name))
        return list(await self.session.scalars(people)), list(await self.session.scalars(teams))

    async def rule_names(self) -> list[str]:
        """Return the names of the live rules that people wrote."""
        own = select(RuleRow.name).where(RuleRow.removed_at.is_(None), RuleRow.origin == "custom")
        return list(await self.session.scalars(own.order_by(func.lower(RuleRow.name))))

    async def _told(self, asked: Any, keeper: Keeper) -> list[Kept]:  # noqa: ANN401  (a query)
        rows = (await self.session.execute(asked)).all()
        own = await self.person(keeper.person_id)
        lanes = {lane for row in rows for lane in _lanes(row[0], own)}
        standings = await self._standings(lanes)
        stops = await self._stops()
        left = await self._opted_out(keeper.person_id)
        return [_kept(row, keeper, own, standings, stops, left) for row in rows]

    async def _standings(self, lanes: Iterable[_Lane]) -> Mapping[_Lane, WayStanding]:
        asked = select(ChannelStateRow).where(
            tuple_(ChannelStateRow.channel, ChannelStateRow.address).in_(sorted(lanes)),
            or_(ChannelStateRow.disabled_at.is_not(None), ChannelStateRow.failures > 0),
        )
        return {(row.channel, row.address): _standing(row) for row in await self.session.scalars(asked)}

    async def _stops(self) -> Mapping[tuple[str, str], Stopped]:
        thrown = await self.session.scalars(select(SendingHoldRow).where(SendingHoldRow.ended_at.is_(None)))
        return {(row.scope, row.about): Stopped(row.reason, row.placed_by, row.placed_at) for row in thrown}

    async def _opted_out(self, person_id: UUID) -> set[UUID]:
        left = select(TeamOptOutRow.subscription_id).where(TeamOptOutRow.person_id == person_id)
        return set(await self.session.scalars(left))


def _live() -> Any:  # noqa: ANN401  (a query)
    return (
        select(SubscriptionRow, RuleRow, PersonRow, TeamRow)
        .outerjoin(RuleRow, RuleRow.rule_id == SubscriptionRow.rule_id)
        .outerjoin(PersonRow, PersonRow.person_id == SubscriptionRow.person_id)
        .outerjoin(TeamRow, TeamRow.team_id == SubscriptionRow.team_id)
        .where(SubscriptionRow.removed_at.is_(None))
        .order_by(SubscriptionRow.created_at, SubscriptionRow.subscription_id)
    )


def _lanes(row: SubscriptionRow, own: Person | None) -> list[_Lane]:
    """Return where what is for the subscription goes, as far as the keeper is concerned, the narrower first."""
    address = row.address
    if row.team_id is not None and not address and row.channel == "mailto":
        address = own.email if own else ""
    return [(row.channel, address), (row.channel, _EVERY_ADDRESS)]


def _kept(
    row: Any,  # noqa: ANN401  (four rows)
    keeper: Keeper,
    own: Person | None,
    standings: Mapping[_Lane, WayStanding],
    stops: Mapping[tuple[str, str], Stopped],
    left: set[UUID],
) -> Kept:
    subscription, rule, person, team = row
    lanes = _lanes(subscription, own)
    switches = [("all", ""), ("rule", str(subscription.rule_id)), ("channel", subscription.channel)]
    switches += [("address", ":".join(lane)) for lane in lanes]
    to_each = team is not None and not subscription.address and subscription.channel in _TO_EACH
    reader = own if to_each else None if person is None else person_of(person)
    known = person or team
    return Kept(
        view=subscription_view(subscription, rule, person, team),
        zone=known.time_zone if known is not None else subscription.time_zone,
        changeable=keeper.of_all or subscription.person_id == keeper.person_id,
        person=reader,
        to_each=to_each,
        opted_out=to_each and subscription.subscription_id in left,
        stopped=next((stops[each] for each in switches if each in stops), None),
        standing=next((standings[each] for each in lanes if each in standings), None),
    )


def _standing(row: ChannelStateRow) -> WayStanding:
    return WayStanding(
        failing_since=row.failing_since,
        last_error=row.last_error or "",
        disabled_at=row.disabled_at,
        disabled_by=row.disabled_by,
        disabled_why=row.disabled_why,
        probe_at=row.probe_at,
        whole=row.address == _EVERY_ADDRESS,
    )

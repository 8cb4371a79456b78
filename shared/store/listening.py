"""Who listens: live subscriptions with the people they are for, where those are reached, and when they want to be."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Row, Select, Text, and_, case, func, or_, select
from sqlalchemy import cast as as_type

from shared.contracts.timing import Schedule, Timing
from shared.store.definitions import PersonRow, SubscriptionRow, TeamMemberRow, TeamOptOutRow, TeamRow

ListenerRow = Row[*tuple[Any, ...]]  # a subscription, its person (or None), and `resolved` (address) and `zone`
_MAIL, _INBOX = "mailto", "inbox"


@cache  # putting it together takes longer than asking
def listeners() -> Select[*tuple[Any, ...]]:
    """Return the query of live subscriptions, each with whom it is for and where that is.

    A team's that names no address is one row for each member, at their own; who has none cannot be written to, and who
    opted out is not. What is of a person or team that was removed is not live.
    """
    opted_out = (
        select(TeamOptOutRow.person_id)
        .where(TeamOptOutRow.subscription_id == SubscriptionRow.subscription_id)
        .where(TeamOptOutRow.person_id == PersonRow.person_id)
        .correlate(SubscriptionRow, PersonRow)
        .exists()
    )
    to_each = and_(SubscriptionRow.address == "", SubscriptionRow.channel.in_([_MAIL, _INBOX]))
    to_members = and_(SubscriptionRow.team_id.is_not(None), to_each)
    address = case(
        (and_(to_each, SubscriptionRow.channel == _MAIL), func.coalesce(PersonRow.email, "")),
        (and_(to_each, PersonRow.person_id.is_not(None)), as_type(PersonRow.person_id, Text)),
        else_=SubscriptionRow.address,
    )
    return (
        select(
            SubscriptionRow,
            PersonRow,
            address.label("resolved"),
            func.coalesce(PersonRow.time_zone, TeamRow.time_zone, SubscriptionRow.time_zone).label("zone"),
        )
        .outerjoin(TeamRow, TeamRow.team_id == SubscriptionRow.team_id)
        .outerjoin(TeamMemberRow, and_(to_members, TeamMemberRow.team_id == SubscriptionRow.team_id))
        .outerjoin(PersonRow, PersonRow.person_id == func.coalesce(SubscriptionRow.person_id, TeamMemberRow.person_id))
        .where(SubscriptionRow.removed_at.is_(None), TeamRow.removed_at.is_(None), PersonRow.removed_at.is_(None))
        .where(or_(to_members.is_not(True), and_(func.coalesce(address, "") != "", ~opted_out)))
        .order_by(SubscriptionRow.created_at, SubscriptionRow.subscription_id, PersonRow.person_id)
    )


def timing_of(row: ListenerRow) -> Timing:
    """Return when the reader of a row wants to be told."""
    asked, person = row[0], row[1]
    mutes = [until for until in (asked.muted_until, person.muted_until if person else None) if until is not None]
    return Timing(
        schedule=cast("Schedule", asked.schedule),
        at=asked.at_time,
        weekday=asked.weekday,
        zone=row.zone,
        urgent=asked.urgent,
        quiet=(person.quiet_from, person.quiet_until) if person and person.quiet_from is not None else None,
        muted_until=max(mutes, default=None),
        away_from=person.away_from if person else None,
        away_until=person.away_until if person else None,
    )

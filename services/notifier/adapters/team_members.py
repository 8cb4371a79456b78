"""Which member of a team a mail is for, and whether they still hear of it, as parts of queries of deliveries."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, not_, or_, select

from shared.store.alerts import DeliveryRow
from shared.store.definitions import PersonRow, SubscriptionRow, TeamMemberRow, TeamOptOutRow


def member_written_to() -> ColumnElement[UUID | None]:
    """Return the member that a mail of a team's subscription is for; NULL for what goes elsewhere."""
    return case((_is_to_a_member(), DeliveryRow.member_id), else_=None)


def hears_no_more() -> ColumnElement[bool]:
    """Return the condition that the member that a mail is for has left the team, or wants no more of this."""
    opted_out = (
        select(TeamOptOutRow.person_id)
        .where(TeamOptOutRow.subscription_id == SubscriptionRow.subscription_id)
        .where(TeamOptOutRow.person_id == DeliveryRow.member_id)
        .correlate(SubscriptionRow, DeliveryRow)
        .exists()
    )
    inside = (
        select(TeamMemberRow.person_id)
        .join(PersonRow, PersonRow.person_id == TeamMemberRow.person_id)
        .where(TeamMemberRow.team_id == SubscriptionRow.team_id, TeamMemberRow.person_id == DeliveryRow.member_id)
        .where(PersonRow.removed_at.is_(None))
        .correlate(SubscriptionRow, DeliveryRow)
        .exists()
    )
    return and_(_is_to_a_member(), or_(opted_out, not_(inside)))


def _is_to_a_member() -> ColumnElement[bool]:
    return and_(
        SubscriptionRow.team_id.is_not(None),
        SubscriptionRow.address == "",
        DeliveryRow.channel == "mailto",
        DeliveryRow.member_id.is_not(None),
    )

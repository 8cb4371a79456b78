"""Which member of a team a mail is for, and whether they want it, as parts of queries of deliveries."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, select

from shared.store.alerts import DeliveryRow
from shared.store.definitions import PersonRow, SubscriptionRow, TeamMemberRow, TeamOptOutRow


def member_written_to() -> ScalarSelect[UUID]:
    """Return the member that a mail of a team's subscription is for; NULL for what goes elsewhere."""
    return (
        select(PersonRow.person_id)
        .join(TeamMemberRow, TeamMemberRow.person_id == PersonRow.person_id)
        .where(TeamMemberRow.team_id == SubscriptionRow.team_id, SubscriptionRow.address == "")
        .where(DeliveryRow.channel == "mailto", PersonRow.email == DeliveryRow.address, PersonRow.removed_at.is_(None))
        .limit(1)
        .correlate(SubscriptionRow, DeliveryRow)
        .scalar_subquery()
    )


def has_opted_out() -> ColumnElement[bool]:
    """Return the condition that the member that a mail is for wants no more of its subscription."""
    return (
        select(TeamOptOutRow.person_id)
        .join(PersonRow, PersonRow.person_id == TeamOptOutRow.person_id)
        .where(TeamOptOutRow.subscription_id == SubscriptionRow.subscription_id)
        .where(DeliveryRow.channel == "mailto", PersonRow.email == DeliveryRow.address)
        .correlate(SubscriptionRow, DeliveryRow)
        .exists()
    )

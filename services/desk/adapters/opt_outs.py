"""Which members of a team want no mails of one of its subscriptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.desk.domain.people import OptOut
from shared.store.definitions import PersonRow, SubscriptionRow, TeamMemberRow, TeamOptOutRow


async def opt_outs_of(session: AsyncSession, subscription_ids: Sequence[UUID]) -> dict[UUID, tuple[OptOut, ...]]:
    """Return, by subscription, the members of its team who opted out of it, by name."""
    inside = and_(TeamMemberRow.team_id == SubscriptionRow.team_id, TeamMemberRow.person_id == TeamOptOutRow.person_id)
    rows = await session.execute(
        select(TeamOptOutRow.subscription_id, PersonRow.name, PersonRow.email, TeamOptOutRow.since)
        .join(SubscriptionRow, SubscriptionRow.subscription_id == TeamOptOutRow.subscription_id)
        .join(TeamMemberRow, inside)
        .join(PersonRow, PersonRow.person_id == TeamOptOutRow.person_id)
        .where(TeamOptOutRow.subscription_id.in_(subscription_ids), PersonRow.removed_at.is_(None))
        .order_by(PersonRow.name)
    )
    found: defaultdict[UUID, list[OptOut]] = defaultdict(list)
    for subscription_id, name, email, since in rows:
        found[subscription_id].append(OptOut(name, email, since))
    return {each: tuple(those) for each, those in found.items()}

"""The query of trying a channel."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.notifier.domain.parcel import Way
from shared.store.definitions import SubscriptionRow
from shared.store.unit_of_work import Work


class WayQueries(Work):
    """Reads where messages go."""

    async def way(self, subscription_id: UUID) -> Way | None:
        """Return where the messages of a live subscription go; None for any other."""
        statement = select(
            SubscriptionRow.subscription_id, SubscriptionRow.channel, SubscriptionRow.address, SubscriptionRow.secret
        ).where(SubscriptionRow.subscription_id == subscription_id, SubscriptionRow.removed_at.is_(None))
        found = (await self.session.execute(statement)).one_or_none()
        return None if found is None else Way(*found)

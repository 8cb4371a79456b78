"""Subscriptions, and the secrets that they are delivered with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.definition_changes import FRESH, DefinitionChanges
from services.desk.adapters.records import subscription_of
from services.desk.domain.channels import Channel, Subscription
from shared.store.definitions import SubscriptionRow

_LIVE = SubscriptionRow.removed_at.is_(None)


class SubscriptionRecords(DefinitionChanges):
    """Reads and writes subscriptions."""

    async def live_subscriptions(self) -> list[Subscription]:
        """Return the subscriptions that have not ended, oldest first."""
        oldest_first = (SubscriptionRow.created_at, SubscriptionRow.subscription_id)
        asked = select(SubscriptionRow).where(_LIVE).order_by(*oldest_first)
        return [subscription_of(row) for row in await self.session.scalars(asked, execution_options=FRESH)]

    async def subscriptions_on(self, rule_id: UUID | None, channel: Channel) -> list[Subscription]:
        """Return the live subscriptions of this rule (None: of operators) and channel, whoever they are for."""
        asked = select(SubscriptionRow).where(
            SubscriptionRow.rule_id == rule_id,
            SubscriptionRow.channel == channel.kind,
            SubscriptionRow.address == channel.address,
            _LIVE,
        )
        return [subscription_of(row) for row in await self.session.scalars(asked, execution_options=FRESH)]

    async def save_subscription(self, subscription: Subscription) -> None:
        """Insert the subscription, or change what may change of it; its secret only where it is given."""
        values = _values(subscription)
        fixed = ("subscription_id", "created_at", "topic", "rule_id", "channel")
        changed = {name: value for name, value in values.items() if name not in fixed}
        if subscription.secret is None:
            del changed["secret"]
        statement = insert(SubscriptionRow).values(values)
        await self.session.execute(statement.on_conflict_do_update(index_elements=["subscription_id"], set_=changed))
        await self.have_read_again([subscription.rule_id])

    async def stored_secrets(self) -> list[tuple[UUID, str]]:
        """Return the secrets of live subscriptions as they are stored, oldest first."""
        statement = (
            select(SubscriptionRow.subscription_id, SubscriptionRow.secret)
            .where(SubscriptionRow.secret.is_not(None), _LIVE)
            .order_by(SubscriptionRow.created_at, SubscriptionRow.subscription_id)
        )
        return [(row.subscription_id, row.secret) for row in await self.session.execute(statement)]

    async def save_secret(self, subscription_id: UUID, secret: str) -> None:
        """Store the secret in the place of the subscription's former one."""
        changed = update(SubscriptionRow).where(SubscriptionRow.subscription_id == subscription_id)
        await self.session.execute(changed.values(secret=secret))

    async def end_subscriptions(self, subscription_ids: Sequence[UUID], at: datetime) -> None:
        """End these subscriptions, and forget their secrets."""
        ended = update(SubscriptionRow).where(SubscriptionRow.subscription_id.in_(subscription_ids))
        forgotten = ended.values(removed_at=at, secret=None).returning(SubscriptionRow.rule_id)
        await self.have_read_again(list(await self.session.scalars(forgotten)))


def _values(subscription: Subscription) -> dict[str, Any]:
    wishes, follows = subscription.wishes, subscription.follows
    return {
        "subscription_id": subscription.subscription_id,
        "topic": "operators" if subscription.rule_id is None else "rule",
        "rule_id": subscription.rule_id,
        "channel": subscription.channel.kind,
        "address": subscription.channel.address,
        "secret": subscription.secret,
        "created_at": subscription.created_at,
        "person_id": subscription.person_id,
        "team_id": subscription.team_id,
        "follows": None if follows is None else follows.as_stored(),
        "min_severity": wishes.min_severity,
        "languages": list(wishes.languages),
        "schedule": wishes.schedule,
        "at_time": wishes.at_time,
        "weekday": wishes.weekday,
        "time_zone": wishes.time_zone,
        "urgent": wishes.urgent,
        "muted_until": wishes.muted_until,
    }

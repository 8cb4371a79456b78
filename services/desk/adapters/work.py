"""The desk's transaction: definitions are written here and nowhere else; reading comes from `queries`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.list_records import ListRecords
from services.desk.adapters.queries import DeskQueries
from services.desk.adapters.records import source_of, subscription_of
from services.desk.adapters.rule_records import RuleRecords
from services.desk.domain.channels import Channel, Subscription
from services.desk.domain.sources import Source
from services.desk.ports import Begin
from shared.store.definitions import SourceRow, SubscriptionRow
from shared.store.unit_of_work import Database

_WRITER_LOCK = 5_120_337_481  # any constant, ours alone: definitions change one transaction at a time


class SqlDeskWork(RuleRecords, ListRecords, DeskQueries):
    """One transaction of the desk."""

    async def only_writer(self) -> None:
        """Wait until no other transaction changes definitions, and be the only one that does until the end."""
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})

    async def live_sources(self) -> list[Source]:
        """Return the sources that are not removed, by name."""
        statement = select(SourceRow).where(SourceRow.removed_at.is_(None)).order_by(func.lower(SourceRow.name))
        return [source_of(row) for row in await self.session.scalars(statement)]

    async def save_source(self, source: Source) -> None:
        """Insert or update the source."""
        await self.upsert(SourceRow, "source_id", asdict(source))

    async def live_subscription(self, rule_id: UUID | None, channel: Channel) -> Subscription | None:
        """Return the live subscription of this rule (None: of operators) and channel."""
        statement = select(SubscriptionRow).where(
            SubscriptionRow.rule_id == rule_id,
            SubscriptionRow.channel == channel.kind,
            SubscriptionRow.address == channel.address,
            SubscriptionRow.removed_at.is_(None),
        )
        row = (await self.session.scalars(statement)).one_or_none()
        return None if row is None else subscription_of(row)

    async def save_subscription(self, subscription: Subscription) -> None:
        """Insert the subscription."""
        await self.session.execute(
            insert(SubscriptionRow).values(
                subscription_id=subscription.subscription_id,
                topic="operators" if subscription.rule_id is None else "rule",
                rule_id=subscription.rule_id,
                channel=subscription.channel.kind,
                address=subscription.channel.address,
                secret=subscription.secret,
                created_at=subscription.created_at,
            )
        )
        await self.have_read_again([subscription.rule_id])

    async def stored_secrets(self) -> list[tuple[UUID, str]]:
        """Return the secrets of live subscriptions as they are stored, oldest first."""
        statement = (
            select(SubscriptionRow.subscription_id, SubscriptionRow.secret)
            .where(SubscriptionRow.secret.is_not(None), SubscriptionRow.removed_at.is_(None))
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


def desk_transactions(database: Database) -> Begin:
    """Return what opens one transaction of the desk on this database."""

    def begin() -> AbstractAsyncContextManager[SqlDeskWork]:
        return database.begin(SqlDeskWork)

    return begin

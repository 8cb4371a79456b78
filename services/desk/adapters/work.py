"""The desk's transaction: definitions are written here and nowhere else; reading comes from `queries`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.queries import DeskQueries
from services.desk.adapters.records import rule_of, source_of, subscription_of
from services.desk.domain.channels import Channel, Subscription
from services.desk.domain.rules import Rule
from services.desk.domain.sources import Source
from services.desk.ports import Begin
from shared.store.definitions import (
    DefinitionsRevisionRow,
    RuleRow,
    RuleVersionRow,
    SourceRow,
    SubscriptionRow,
)
from shared.store.unit_of_work import Database

_WRITER_LOCK = 5_120_337_481  # any constant, ours alone: definitions change one transaction at a time


class SqlDeskWork(DeskQueries):
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
        await self._upsert(SourceRow, "source_id", asdict(source))

    async def live_rules(self) -> list[Rule]:
        """Return the rules that are not removed, by name."""
        statement = select(RuleRow).where(RuleRow.removed_at.is_(None)).order_by(func.lower(RuleRow.name))
        return [rule_of(row) for row in await self.session.scalars(statement)]

    async def save_rule(self, rule: Rule) -> None:
        """Insert or update the rule, and keep what it says at its version."""
        await self._upsert(RuleRow, "rule_id", asdict(rule))
        saved = {"name": rule.name, "query": rule.query, "saved_at": rule.changed_at}
        kept = insert(RuleVersionRow).values(rule_id=rule.rule_id, version=rule.version, **saved)
        await self.session.execute(kept.on_conflict_do_nothing())
        await self._count_change()

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
        await self._count_change()

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
        await self.session.execute(ended.values(removed_at=at, secret=None))
        await self._count_change()

    async def _upsert(self, table: type[SourceRow | RuleRow], key: str, values: dict[str, Any]) -> None:
        changed = {name: value for name, value in values.items() if name not in (key, "created_at")}
        statement = insert(table).values(values)
        await self.session.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed))

    async def _count_change(self) -> None:
        first = insert(DefinitionsRevisionRow).values(one=1, revision=1)
        counted = {"revision": DefinitionsRevisionRow.revision + 1}
        await self.session.execute(first.on_conflict_do_update(index_elements=["one"], set_=counted))


def desk_transactions(database: Database) -> Begin:
    """Return what opens one transaction of the desk on this database."""

    def begin() -> AbstractAsyncContextManager[SqlDeskWork]:
        return database.begin(SqlDeskWork)

    return begin

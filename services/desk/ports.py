"""What the desk's use cases ask of the database, in their own words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.desk.domain.channels import Channel, Subscription
from services.desk.domain.rules import Rule
from services.desk.domain.source_views import SourceDetails, SourceView, TroubledSource
from services.desk.domain.sources import Source
from services.desk.domain.views import (
    AlertReasons,
    AlertView,
    ArticleView,
    Counts,
    OperatorAlertView,
    QuarantinedView,
    RuleView,
    SubscriptionView,
)


class DeskWork(Protocol):
    """One transaction of the desk: definitions are written, everything else is only read.

    Saving a rule or a subscription, and ending one, counts the definitions' revision up in the same transaction.
    """

    async def only_writer(self) -> None:
        """Wait until no other transaction changes definitions, and be the only one that does until the end."""

    async def live_sources(self) -> list[Source]:
        """Return the sources that are not removed, by name."""

    async def save_source(self, source: Source) -> None:
        """Insert or update the source."""

    async def live_rules(self) -> list[Rule]:
        """Return the rules that are not removed, by name."""

    async def save_rule(self, rule: Rule) -> None:
        """Insert or update the rule, and keep what it says at its version."""

    async def live_subscription(self, rule_id: UUID | None, channel: Channel) -> Subscription | None:
        """Return the live subscription of this rule (None: of operators) and channel."""

    async def save_subscription(self, subscription: Subscription) -> None:
        """Insert the subscription."""

    async def stored_secrets(self) -> list[tuple[UUID, str]]:
        """Return the secrets of live subscriptions as they are stored, oldest first."""

    async def save_secret(self, subscription_id: UUID, secret: str) -> None:
        """Store the secret in the place of the subscription's former one."""

    async def end_subscriptions(self, subscription_ids: list[UUID], at: datetime) -> None:
        """End these subscriptions, and forget their secrets."""

    async def source_views(self, now: datetime) -> list[SourceView]:
        """Return the live sources with how they fare, by name; `now` is what "the last day" ends with."""

    async def source_details(self, view: SourceView) -> SourceDetails:
        """Return the source with what its host, its hub, its articles and its waiting entries say."""

    async def troubled_sources(self, limit: int) -> list[TroubledSource]:
        """Return sources in trouble, the newest trouble first."""

    async def rule_views(self) -> list[RuleView]:
        """Return the live rules, by name."""

    async def subscription_views(self) -> list[SubscriptionView]:
        """Return the live subscriptions, oldest first."""

    async def waiting_deliveries(self, subscription_ids: list[UUID]) -> int:
        """Return how many deliveries to these subscriptions wait for an attempt."""

    async def alert_views(self, limit: int, before: UUID | None, agreement: str | None = None) -> list[AlertView]:
        """Return alerts, newest first, of one agreement or of all; with `before`, those that stand after that alert."""

    async def operator_alert_views(self, limit: int) -> list[OperatorAlertView]:
        """Return what operators were told, newest first."""

    async def alert_reasons(self, alert_id: UUID) -> AlertReasons | None:
        """Return one alert with its verdict and every attempt to deliver it."""

    async def article_views(self, limit: int) -> list[ArticleView]:
        """Return articles with their newest verdict, last fetched first."""

    async def quarantined_views(self, limit: int) -> list[QuarantinedView]:
        """Return the messages set aside and not yet replayed, newest first."""

    async def counts(self) -> Counts:
        """Return the house at a glance."""

    async def schema_revision(self) -> str | None:
        """Return the revision that the tables are at; None for a database without tables."""


Begin = Callable[[], AbstractAsyncContextManager[DeskWork]]

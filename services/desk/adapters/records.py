"""Rows of the definitions' tables as the desk's own values."""

from __future__ import annotations

from typing import cast

from services.desk.domain.channels import Channel, Subscription
from services.desk.domain.rules import Origin, Rule
from services.desk.domain.sources import Source
from services.desk.domain.views import RuleView, SubscriptionView
from shared.store.definitions import RuleRow, SourceRow, SubscriptionRow


def source_of(row: SourceRow) -> Source:
    """Return the source that a row holds."""
    return Source(
        source_id=row.source_id,
        name=row.name,
        url=row.url,
        kind=row.kind,
        every_seconds=row.every_seconds,
        country=row.country,
        language=row.language,
        alert_since=row.alert_since,
        paused=row.paused,
        created_at=row.created_at,
        removed_at=row.removed_at,
        selectors=row.selectors,
        owner=row.owner,
        confidence=row.confidence,
        quirks=row.quirks,
    )


def rule_of(row: RuleRow) -> Rule:
    """Return the rule that a row holds; the table's own check keeps `origin` to its three words."""
    return Rule(
        rule_id=row.rule_id,
        name=row.name,
        query=row.query,
        origin=cast("Origin", row.origin),
        version=row.version,
        paused=row.paused,
        created_at=row.created_at,
        changed_at=row.changed_at,
        removed_at=row.removed_at,
    )


def subscription_of(row: SubscriptionRow) -> Subscription:
    """Return the subscription that a row holds."""
    return Subscription(
        subscription_id=row.subscription_id,
        rule_id=row.rule_id,
        channel=Channel(row.channel, row.address),
        secret=row.secret,
        created_at=row.created_at,
        removed_at=row.removed_at,
    )


def rule_view(row: RuleRow, subscriptions: int) -> RuleView:
    """Return the rule with its number of live subscriptions."""
    rule = rule_of(row)
    return RuleView(
        rule_id=rule.rule_id,
        name=rule.name,
        query=rule.query,
        origin=rule.origin,
        version=rule.version,
        paused=rule.paused,
        subscriptions=subscriptions,
        created_at=rule.created_at,
        changed_at=rule.changed_at,
    )


def subscription_view(row: SubscriptionRow, rule: RuleRow | None) -> SubscriptionView:
    """Return the subscription as listed: without its secret."""
    return SubscriptionView.of(subscription_of(row), None if rule is None else rule_of(rule))

"""Owner: desk. What people define: sources, watch rules, subscriptions.

Nothing is deleted: `removed_at` ends a definition, so that an alert of last year can still name what fired it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base

_LIVE = text("removed_at IS NULL")


class SourceRow(Base):
    """A feed or listing page to poll. `alert_since` None means that all of its articles may alert.

    `language` names the languages that it writes in, comma-separated. `selectors` are CSS selectors by name, for a page
    whose make is not found by itself. `owner`, `confidence` (in the address) and `quirks` are notes for people.
    """

    __tablename__ = "sources"
    __table_args__ = (
        Index("uq_sources_live_name", "name", unique=True, postgresql_where=_LIVE),
        Index("uq_sources_live_url", "url", unique=True, postgresql_where=_LIVE),
        CheckConstraint(
            "kind IS NULL OR kind IN ('rss', 'atom', 'json', 'page', 'sitemap', 'telegram', 'watch')", name="kind"
        ),
        CheckConstraint("every_seconds IS NULL OR every_seconds > 0", name="every_seconds"),
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    kind: Mapped[str | None]
    every_seconds: Mapped[int | None]
    country: Mapped[str | None]
    language: Mapped[str | None]
    alert_since: Mapped[datetime | None]
    selectors: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    owner: Mapped[str | None]
    confidence: Mapped[str | None]
    quirks: Mapped[str | None]
    paused: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class RuleRow(Base):
    """A watch rule. `origin`: `custom` (an admin's own), `agreement` or `sector` (implied by a subscription)."""

    __tablename__ = "rules"
    __table_args__ = (
        Index("uq_rules_live_name", "name", unique=True, postgresql_where=_LIVE),
        CheckConstraint("origin IN ('custom', 'agreement', 'sector')", name="origin"),
    )

    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    query: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default="custom")
    version: Mapped[int] = mapped_column(server_default="1")
    paused: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class RuleVersionRow(Base):
    """What a rule said at one of its versions: every save is kept."""

    __tablename__ = "rule_versions"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("rules.rule_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    query: Mapped[str]
    saved_at: Mapped[datetime]


class SubscriptionRow(Base):
    """Who hears of what, and where: a channel and its address (empty for the inbox).

    `topic` is `rule` (the alerts of a rule) or `operators` (what is wrong with the house itself; of no rule). `secret`
    signs a webhook's messages (Standard Webhooks, `whsec_…`); it is shown once, when it is made.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index("uq_subscriptions_live", "rule_id", "channel", "address", unique=True, postgresql_where=_LIVE),
        Index(
            "uq_subscriptions_live_operators",
            "channel",
            "address",
            unique=True,
            postgresql_where=text("removed_at IS NULL AND topic = 'operators'"),
        ),
        CheckConstraint("channel IN ('webhook', 'mailto', 'inbox')", name="channel"),
        CheckConstraint("topic IN ('rule', 'operators') AND (topic = 'rule') = (rule_id IS NOT NULL)", name="topic"),
    )

    subscription_id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(server_default="rule")
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("rules.rule_id"))
    channel: Mapped[str]
    address: Mapped[str]
    secret: Mapped[str | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class DefinitionsRevisionRow(Base):
    """One row that counts every change to rules and subscriptions, so that a reader knows when its copy is old."""

    __tablename__ = "definitions_revision"

    one: Mapped[int] = mapped_column(primary_key=True, server_default="1")
    revision: Mapped[int] = mapped_column(server_default="0")

"""Owner: desk. What people define: sources, watch rules, subscriptions.

Nothing is deleted: `removed_at` ends a definition, so that an alert of last year can still name what fired it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
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
    """A watch rule as it stands: the newest of its versions.

    `origin`: `custom` (an admin's own), `agreement` (one of the catalogue's rules, for the agreement in `watches`) or
    `sector` (implied by a subscription). `policy`: alert for each article, for each story once, or for new facts only.
    `revision` is that of `DefinitionsRevisionRow` at its last change, so that a reader reads only what changed; a
    trigger counts and stamps a change whose writer did not (code of a version before, during an update).
    `taken_query` is what the catalogue said when the rule last took its words; `offered_query` what it says now, where
    an admin's own words stand against that. `broad_allowed`: an admin wants it although it matches very much.
    """

    __tablename__ = "rules"
    __table_args__ = (
        Index("uq_rules_live_name", "name", unique=True, postgresql_where=_LIVE),
        Index("ix_rules_revision", "revision"),
        CheckConstraint("origin IN ('custom', 'agreement', 'sector')", name="origin"),
        CheckConstraint("policy IN ('each_article', 'each_story', 'new_facts')", name="policy"),
        CheckConstraint("severity IN ('low', 'normal', 'high')", name="severity"),
    )

    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    query: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default="custom")
    version: Mapped[int] = mapped_column(server_default="1")
    paused: Mapped[bool] = mapped_column(server_default=text("false"))
    watches: Mapped[str | None]
    policy: Mapped[str] = mapped_column(server_default="each_story")
    severity: Mapped[str] = mapped_column(server_default="normal")
    owner: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    broad_allowed: Mapped[bool] = mapped_column(server_default=text("false"))
    taken_query: Mapped[str | None]
    offered_query: Mapped[str | None]
    revision: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class RuleVersionRow(Base):
    """What a rule was at one of its versions, who saved it and why: every save is kept."""

    __tablename__ = "rule_versions"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("rules.rule_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    query: Mapped[str]
    paused: Mapped[bool] = mapped_column(server_default=text("false"))
    watches: Mapped[str | None]
    policy: Mapped[str] = mapped_column(server_default="each_story")
    severity: Mapped[str] = mapped_column(server_default="normal")
    owner: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    removed: Mapped[bool] = mapped_column(server_default=text("false"))
    author: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    saved_at: Mapped[datetime]


class RuleProposalRow(Base):
    """A save that waits for a second person, or did: what the rule would be, and what became of it.

    `rule_id` is that of the rule that it would change or make, `from_version` the version it was written against (0:
    none). `change` holds the fields as a version has them. Open while `decided_at` is None.
    """

    __tablename__ = "rule_proposals"
    __table_args__ = (
        Index("ix_rule_proposals_open", "created_at", postgresql_where=text("decided_at IS NULL")),
        CheckConstraint("decision IS NULL OR decision IN ('approved', 'rejected', 'withdrawn')", name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
    )

    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID]
    from_version: Mapped[int]
    change: Mapped[dict[str, Any]]
    author: Mapped[str]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(server_default="")


class WordListRow(Base):
    """A named list of terms that rules use as `@name`; `revision` as of a rule."""

    __tablename__ = "word_lists"
    __table_args__ = (Index("uq_word_lists_live_name", "name", unique=True, postgresql_where=_LIVE),)

    list_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    members: Mapped[list[str]]
    note: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    revision: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class WordListVersionRow(Base):
    """What a list held at one of its versions, who saved it and why."""

    __tablename__ = "word_list_versions"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("word_lists.list_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    members: Mapped[list[str]]
    note: Mapped[str] = mapped_column(server_default="")
    removed: Mapped[bool] = mapped_column(server_default=text("false"))
    author: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    saved_at: Mapped[datetime]


class SubscriptionRow(Base):
    """Who hears of what, and where: a channel and its address (empty for the inbox, a mere name for a feed).

    `topic` is `rule` (the alerts of a rule) or `operators` (what is wrong with the house itself; of no rule). `secret`
    signs a webhook's messages (Standard Webhooks, `whsec_…`; shown once, when it is made), or is what a chat is written
    to with (Slack's address, a bot's token). It is stored sealed (`shared.kit.sealing`), but for what was stored before
    there were seals, until the desk next starts.
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
        CheckConstraint("channel IN ('webhook', 'mailto', 'inbox', 'slack', 'telegram', 'feed')", name="channel"),
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
    """One row that counts every change to rules, lists and subscriptions: a reader knows when its copy is old."""

    __tablename__ = "definitions_revision"

    one: Mapped[int] = mapped_column(primary_key=True, server_default="1")
    revision: Mapped[int] = mapped_column(server_default="0")

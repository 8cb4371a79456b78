"""Owner: desk. What people define: sources, watch rules, who they are, and subscriptions.

Nothing is deleted: `removed_at` ends a definition, so that an alert of last year can still name what fired it.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base

_LIVE = text("removed_at IS NULL")
_MAILABLE = text("removed_at IS NULL AND email <> ''")


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


class PersonRow(Base):
    """Somebody who hears of alerts: how to reach them, and when they want to be left alone.

    `time_zone` is an IANA name. Quiet hours run from `quiet_from` to `quiet_until` of the local day, over midnight
    where the end is the earlier; both or neither are set. Until `muted_until`, and from `away_from` to `away_until`
    (a vacation; without a beginning at once), what comes is kept for them.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("uq_people_live_name", text("lower(name)"), unique=True, postgresql_where=_LIVE),
        Index("uq_people_live_email", text("lower(email)"), unique=True, postgresql_where=_MAILABLE),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_part_of_the_day"),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(server_default="")
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    muted_until: Mapped[datetime | None]
    away_from: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class TeamRow(Base):
    """A team: its members share its subscriptions. `time_zone` is that of its digests to a shared address."""

    __tablename__ = "teams"
    __table_args__ = (Index("uq_teams_live_name", text("lower(name)"), unique=True, postgresql_where=_LIVE),)

    team_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class TeamMemberRow(Base):
    """That a person is in a team, and since when."""

    __tablename__ = "team_members"
    __table_args__ = (Index("ix_team_members_person_id", "person_id"),)

    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.team_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    since: Mapped[datetime]


class TeamOptOutRow(Base):
    """That a member wants no mails of one of their team's subscriptions, which the others go on getting."""

    __tablename__ = "team_opt_outs"

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscriptions.subscription_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    since: Mapped[datetime]


class SubscriptionRow(Base):
    """Who hears of what, where and when: a channel and its address (empty for the inbox, a mere name for a feed).

    `topic` is `rule` (the alerts of a rule) or `operators` (what is wrong with the house itself; of no rule). It is of
    a person, of a team, or of nobody that the house knows; a team's without an address goes to each of its members, at
    their own addresses. `follows` is what was asked for (lists of ids by `sectors`, `agreements`, `stages`, `sources`,
    `countries`), where the rule was made for it. `languages` are those of articles that are wanted, none: all.

    `schedule`: each alert at once, or what came together once an hour, a day or a week, at `at_time` and on `weekday`
    (1 Monday to 7 Sunday) of the person's or team's time zone, else of `time_zone`. What is `urgent` (alerts of high
    severity go at once) waits for no digest and no quiet hours. `secret`
    signs a webhook's messages (Standard Webhooks, `whsec_…`; shown once, when it is made), or is what a chat is written
    to with (Slack's address, a bot's token, an apprise address). It is stored sealed (`shared.kit.sealing`), but for
    what was stored before there were seals, until the desk next starts.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index(
            "uq_subscriptions_live",
            "rule_id",
            "channel",
            "address",
            "person_id",
            "team_id",
            unique=True,
            postgresql_where=_LIVE,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_subscriptions_person_id", "person_id"),
        Index("ix_subscriptions_team_id", "team_id"),
        CheckConstraint("num_nonnulls(person_id, team_id) <= 1", name="of_one"),
        CheckConstraint("min_severity IN ('low', 'normal', 'high')", name="min_severity"),
        CheckConstraint("schedule IN ('immediate', 'hourly', 'daily', 'weekly')", name="schedule"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        Index(
            "uq_subscriptions_live_operators",
            "channel",
            "address",
            unique=True,
            postgresql_where=text("removed_at IS NULL AND topic = 'operators'"),
        ),
        CheckConstraint(
            "channel IN ('webhook', 'mailto', 'inbox', 'slack', 'telegram', 'feed', 'apprise')", name="channel"
        ),
        CheckConstraint("topic IN ('rule', 'operators') AND (topic = 'rule') = (rule_id IS NOT NULL)", name="topic"),
    )

    subscription_id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(server_default="rule")
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("rules.rule_id"))
    channel: Mapped[str]
    address: Mapped[str]
    secret: Mapped[str | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.person_id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.team_id"))
    follows: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    min_severity: Mapped[str] = mapped_column(server_default="low")
    languages: Mapped[list[str]] = mapped_column(server_default="[]")
    schedule: Mapped[str] = mapped_column(server_default="immediate")
    at_time: Mapped[time] = mapped_column(server_default="08:00")
    weekday: Mapped[int] = mapped_column(server_default="1")
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    urgent: Mapped[bool] = mapped_column(server_default=text("false"))
    muted_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class DefinitionsRevisionRow(Base):
    """One row that counts every change to rules, lists and subscriptions: a reader knows when its copy is old."""

    __tablename__ = "definitions_revision"

    one: Mapped[int] = mapped_column(primary_key=True, server_default="1")
    revision: Mapped[int] = mapped_column(server_default="0")

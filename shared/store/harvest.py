"""Owner: scraper. What was looked at and what was found: sources and hosts, entries that wait, articles, revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base

_TO_READ = text("state IN ('waiting', 'again')")
_WAITING = text("state = 'waiting'")
_WAITING_NEWS = text("state = 'waiting' AND alert_since IS NULL")
# When an article came to whoever reads the news: the old news of a new source came when it was published. Spelt as
# Postgres spells it, by which a migrated table is compared with this one.
_OLD_NEWS = "LEAST(COALESCE(published_at, fetched_at), fetched_at)"
ARRIVAL = f"\nCASE\n    WHEN alertable THEN fetched_at\n    ELSE {_OLD_NEWS}\nEND"
_LATEST_FIRST = text("LEAST(COALESCE(published_at, found_at), found_at) DESC")


class SourceStateRow(Base):
    """How a source fares: its last look, its next one, and the lease of the scraper that is looking now.

    `found_kind` is what the first good look found where the definition leaves the kind open. `whole_at` is when the
    last whole answer came (a source may say 304 for ever), `last_new_at` when it last had news, `interval_seconds` the
    wait that was chosen. `told_state` and `told_since` name the trouble that operators know of, `told_name` the source
    as they know it. `watched_text` is what a watched page said last. `pages_alike` counts the pages in a row that had
    no more text than their feed.
    """

    __tablename__ = "source_states"
    __table_args__ = (Index("ix_source_states_next_look_at", "next_look_at"),)

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.source_id"), primary_key=True)
    state: Mapped[str] = mapped_column(server_default="new")
    found_kind: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    moved_to: Mapped[str | None]
    last_look_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    next_look_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    state_since: Mapped[datetime | None]
    told_state: Mapped[str | None]
    told_since: Mapped[datetime | None]
    told_name: Mapped[str | None]
    whole_at: Mapped[datetime | None]
    last_new_at: Mapped[datetime | None]
    interval_seconds: Mapped[int | None]
    hub: Mapped[str | None]
    self_url: Mapped[str | None]
    watched_text: Mapped[str | None]
    pages_alike: Mapped[int] = mapped_column(server_default="0")


class HostRow(Base):
    """How a host wants to be treated: its robots.txt as last read, and when its next request may be made.

    `robots_status` is the HTTP status that robots.txt came with, None while it could not be had at all; `delay_seconds`
    is the rest between two requests that it asks for, or that we keep by ourselves. `pages_rest_until` is how long no
    article is asked for: a server that has enough of our reading may still give its feeds.
    """

    __tablename__ = "hosts"

    host: Mapped[str] = mapped_column(primary_key=True)
    robots: Mapped[str | None]
    robots_status: Mapped[int | None]
    robots_at: Mapped[datetime | None]
    robots_try_at: Mapped[datetime | None]
    robots_failing_since: Mapped[datetime | None]
    delay_seconds: Mapped[float] = mapped_column(server_default="0")
    next_request_at: Mapped[datetime | None]
    pages_rest_until: Mapped[datetime | None]


class LanguageStateRow(Base):
    """Since when all sources of a language have been silent, as operators were told; no row, or None: they are not."""

    __tablename__ = "language_states"

    language: Mapped[str] = mapped_column(primary_key=True)
    silent_since: Mapped[datetime | None]


class HubSubscriptionRow(Base):
    """A WebSub subscription: the hub calls `/websub/<token>` when the topic has news, signed with `secret`."""

    __tablename__ = "hub_subscriptions"
    __table_args__ = (CheckConstraint("state IN ('asked', 'active', 'refused', 'ended')", name="state"),)

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.source_id"), primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    hub: Mapped[str]
    topic: Mapped[str]
    secret: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="asked")
    asked_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None]
    pushes: Mapped[int] = mapped_column(server_default="0")
    last_push_at: Mapped[datetime | None]


class BackfillRow(Base):
    """A walk through a source's archive: `frontier` are the steps still to be taken, the next one first."""

    __tablename__ = "backfills"
    __table_args__ = (CheckConstraint("state IN ('running', 'done')", name="state"),)

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.source_id"), primary_key=True)
    since: Mapped[datetime]
    alert_since: Mapped[datetime]
    frontier: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    seen: Mapped[list[str]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default="running")
    looks: Mapped[int] = mapped_column(server_default="0")
    entries: Mapped[int] = mapped_column(server_default="0")
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    last_error: Mapped[str | None]


class EntryRow(Base):
    """An entry of a feed whose page is yet to be read: kept here, so that nothing is lost when the feed rolls on.

    `waiting` is to be read for the first time, `again` a second time (the feed changed it, or a later look is due).
    `entry_id` is made of `canonical_url`, and so alone keeps an address from being told of twice (with two unique keys
    an upsert by one may still fail by the other). `mark` tells whether the feed's words changed; `whole` that there is
    no page with more; `rereads` counts; `gone_since` is when the page first said that it is gone, and says so since. An
    own `alert_since` wins over the source's: a backfill's.
    """

    __tablename__ = "entries"
    __table_args__ = (
        Index("ix_entries_source_id", "source_id", "published_at"),
        # What is due is found host by host, the latest of a host first (`services.scraper.adapters.entry_claims`).
        Index("ix_entries_line", "state", "host", "next_try_at", postgresql_where=_TO_READ),
        Index("ix_entries_latest", "host", _LATEST_FIRST, "next_try_at", postgresql_where=_WAITING),
        Index("ix_entries_freshest", _LATEST_FIRST, postgresql_where=_WAITING),
        Index("ix_entries_overdue", "host", "next_try_at", postgresql_where=_WAITING_NEWS),
        Index("ix_entries_again", "next_try_at", postgresql_where=text("state = 'again'")),
        Index("ix_entries_held", "leased_until", postgresql_where=text("leased_until IS NOT NULL")),
        CheckConstraint("state IN ('waiting', 'again', 'done')", name="state"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.source_id"))
    url: Mapped[str]
    canonical_url: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    content: Mapped[str]
    published_at: Mapped[datetime | None]
    found_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="waiting")
    failures: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    correlation_id: Mapped[UUID]
    host: Mapped[str] = mapped_column(server_default="")
    mark: Mapped[str] = mapped_column(server_default="")
    author: Mapped[str] = mapped_column(server_default="")
    image_url: Mapped[str] = mapped_column(server_default="")
    whole: Mapped[bool] = mapped_column(server_default=text("false"))
    alert_since: Mapped[datetime | None]
    rereads: Mapped[int] = mapped_column(server_default="0")
    gone_since: Mapped[datetime | None]


class ArticleRow(Base):
    """An article as stored: its own words, without the page around them.

    `story_id` is shared by copies of the same text; `text_from` says whether the words come from the page or, where
    the page could not be read, from the feed; `alertable` is false for a new source's old news. `gate` is None for an
    article that was published, else the reason why it was kept to ourselves; its text goes after 30 days. `revision`
    counts the versions seen; the earlier ones are in `article_revisions`. `withdrawn_at` is when its source was found
    to have taken it down.
    """

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_fingerprint", "fingerprint"),
        Index("ix_articles_fetched_at", "fetched_at"),
        Index("ix_articles_story_id", "story_id"),
        Index("ix_articles_gated", "fetched_at", postgresql_where=text("gate IS NOT NULL AND text <> ''")),
        Index("ix_articles_url", "url", postgresql_using="hash"),
        Index("ix_articles_source_id", "source_id", "fetched_at"),
        Index("ix_articles_arrival", text(f"({ARRIVAL})"), "story_id", postgresql_where=text("gate IS NULL")),
        CheckConstraint("text_from IN ('page', 'feed')", name="text_from"),
    )

    article_id: Mapped[UUID] = mapped_column(primary_key=True)
    story_id: Mapped[UUID]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.source_id"))
    source_name: Mapped[str]
    url: Mapped[str]
    canonical_url: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str]
    text_from: Mapped[str]
    language: Mapped[str | None]
    published_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime]
    fingerprint: Mapped[str]
    alertable: Mapped[bool]
    correlation_id: Mapped[UUID]
    author: Mapped[str] = mapped_column(server_default="")
    agency: Mapped[str] = mapped_column(server_default="")
    dateline: Mapped[str] = mapped_column(server_default="")
    image_url: Mapped[str] = mapped_column(server_default="")
    gate: Mapped[str | None]
    revision: Mapped[int] = mapped_column(server_default="1")
    revised_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class ArticleRevisionRow(Base):
    """An earlier version of an article, as it stood until its source rewrote it; `seen_at` is when we had read it."""

    __tablename__ = "article_revisions"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.article_id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    published_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]

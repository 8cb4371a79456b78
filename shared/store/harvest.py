"""Owner: scraper. What was looked at and what was found: source states, entries that wait for their page, articles."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class SourceStateRow(Base):
    """How a source fares: its last look, its next one, and the lease of the scraper that is looking now.

    `found_kind` is what the first good look found where the definition leaves the kind open.
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


class EntryRow(Base):
    """An entry of a feed whose page is yet to be read: kept here, so that nothing is lost when the feed rolls on."""

    __tablename__ = "entries"
    __table_args__ = (
        Index("ix_entries_source_id", "source_id", "published_at"),
        Index("ix_entries_due", "next_try_at", postgresql_where=text("state = 'waiting'")),
        CheckConstraint("state IN ('waiting', 'done')", name="state"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.source_id"))
    url: Mapped[str]
    canonical_url: Mapped[str] = mapped_column(unique=True)
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


class ArticleRow(Base):
    """An article as stored: its own words, without the page around them.

    `story_id` is shared by copies of the same text; `text_from` says whether the words come from the page or, where
    the page could not be read, from the feed; `alertable` is false for a new source's old news.
    """

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_fingerprint", "fingerprint"),
        Index("ix_articles_fetched_at", "fetched_at"),
        Index("ix_articles_story_id", "story_id"),
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

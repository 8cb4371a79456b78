"""What the scraper needs of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed, ReadablePage, Unreadable
from shared.contracts.events import Event
from shared.web.looks import Look


@dataclass(frozen=True, slots=True)
class SourceInHand:
    """A source that this scraper has claimed: its definition, and what its last look left behind."""

    source_id: UUID
    name: str
    url: str
    kind: str | None
    found_kind: str | None
    every_seconds: int | None
    etag: str | None
    last_modified: str | None
    moved_to: str | None
    failures: int


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """An entry that this scraper has claimed, with what its source says about alerting."""

    entry_id: UUID
    source_id: UUID
    source_name: str
    alert_since: datetime | None
    url: str
    canonical_url: str
    title: str
    summary: str
    content: str
    published_at: datetime | None
    failures: int
    correlation_id: UUID


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article as it is about to be stored; the fields are those of `shared.store.harvest.ArticleRow`."""

    article_id: UUID
    source_id: UUID
    source_name: str
    url: str
    canonical_url: str
    title: str
    text: str
    text_from: str
    language: str | None
    published_at: datetime | None
    fetched_at: datetime
    fingerprint: str
    alertable: bool
    correlation_id: UUID


@dataclass(frozen=True, slots=True)
class SourceAfter:
    """What a look changed about its source; None for `etag`, `last_modified` and `found_kind` means forgotten."""

    state: str
    failures: int
    last_error: str | None
    succeeded: bool
    etag: str | None = None
    last_modified: str | None = None
    found_kind: str | None = None
    moved_to: str | None = None


class Work(Protocol):
    """One transaction of the scraper."""

    async def announce(self, event: Event) -> None:
        """Let the event leave with this transaction."""
        ...

    async def claim_sources(self, *, limit: int, lease_seconds: float) -> Sequence[SourceInHand]:
        """Take the sources that are due, each for one scraper at a time, until the lease ends."""
        ...

    async def add_entries(self, source: SourceInHand, entries: Sequence[Entry], now: datetime) -> int:
        """Keep entries that were never seen at any source; return how many those were."""
        ...

    async def recent_times(self, source_id: UUID) -> Sequence[datetime]:
        """Return when the source's latest entries were published, newest first; undated ones are left out."""
        ...

    async def reschedule(self, source_id: UUID, after: SourceAfter, *, now: datetime, wait: timedelta) -> None:
        """Write down what the look found, and give the source back; it is due again after the wait."""
        ...

    async def give_back_sources(self, source_ids: Sequence[UUID]) -> None:
        """End the leases of sources that were claimed and not looked at."""
        ...

    async def claim_entries(self, *, limit: int, lease_seconds: float) -> Sequence[WaitingEntry]:
        """Take entries whose page is to be read, each for one scraper at a time, until the lease ends.

        At most three of a source are taken at a time, whoever holds them, so that a slow host delays its own news only.
        """
        ...

    async def give_back_entries(self, entry_ids: Sequence[UUID]) -> None:
        """End the leases of entries that were claimed and not read."""
        ...

    async def save_article(self, article: NewArticle) -> UUID | None:
        """Store the article and return its story's id; None when it is stored already."""
        ...

    async def close_entry(self, entry_id: UUID) -> None:
        """Say that the entry's article is stored."""
        ...

    async def try_entry_later(self, entry_id: UUID, *, failures: int, wait: timedelta, error: str) -> None:
        """Give the entry back, to be tried again after the wait."""
        ...


class Web(Protocol):
    """Fetches addresses; outside trouble is a value, never an exception."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Look:
        """Look at the address."""
        ...


class Reading(Protocol):
    """Reads hostile bytes where they can do no harm."""

    async def feed(self, body: bytes, *, kind: str, content_type: str, base_url: str) -> ParsedFeed | NotAFeed:
        """Read a feed (rss, atom, json) or a listing page (page)."""
        ...

    async def page(self, body: bytes, *, content_type: str, url: str) -> ReadablePage | Unreadable:
        """Read an article's page."""
        ...


Begin = Callable[[], AbstractAsyncContextManager[Work]]

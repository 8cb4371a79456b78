"""What the scraper needs of the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.scraper.parsing.results import (
    NO_SELECTORS,
    Entry,
    FeedKind,
    NotAFeed,
    OfferedFeed,
    ParsedFeed,
    ReadablePage,
    Selectors,
    Unreadable,
)
from shared.contracts.catalogue_edits import Edit
from shared.contracts.events import Event
from shared.contracts.saved_rules import SavedRules
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
    language: str | None = None
    country: str | None = None
    alert_since: datetime | None = None
    selectors: Selectors = NO_SELECTORS
    state: str = "new"
    state_since: datetime | None = None
    told_state: str | None = None
    told_since: datetime | None = None
    told_name: str | None = None
    whole_at: datetime | None = None
    last_new_at: datetime | None = None
    watched_text: str | None = None
    hub: str | None = None
    self_url: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """An entry that this scraper has claimed, with what its source says about alerting.

    `state` is `waiting` for a first reading, `again` for a later one. `alert_since` is the entry's own (a backfill's)
    or else its source's. `from_archive` tells that a backfill found it. `pages_alike` counts the pages in a row of its
    source that had no more text than their feed. `mark` is that of the feed's words as they are here. `host_rests`
    tells that its host lets nobody in for so long that the feed's words must do.
    """

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
    state: str = "waiting"
    author: str = ""
    image_url: str = ""
    whole: bool = False
    rereads: int = 0
    source_country: str | None = None
    text_selector: str = ""
    pages_alike: int = 0
    from_archive: bool = False
    mark: str = ""
    host_rests: bool = False


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
    author: str = ""
    agency: str = ""
    dateline: str = ""
    image_url: str = ""
    gate: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A version of an article that was stored just now; `held` is why the gate keeps it to ourselves, None if not.

    `newly_alertable`: its words are as they were, and another source that lists it lets it alert.
    """

    story_id: UUID
    revision: int
    alertable: bool
    held: str | None
    newly_alertable: bool = False


@dataclass(frozen=True, slots=True)
class GonePage:
    """An article whose page is gone; `withdrawn` once it has been for long enough, and was not said so before."""

    revision: int
    correlation_id: UUID
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class HeldArticle:
    """An article that the gate holds back, with its text."""

    article_id: UUID
    source_name: str
    source_country: str | None
    url: str
    title: str
    text: str
    published_at: datetime | None
    alertable: bool
    revision: int
    correlation_id: UUID


@dataclass(frozen=True, slots=True)
class SourceAfter:
    """How a look leaves its source; every field is written, None means forgotten.

    `succeeded` is whether something could be read. `told_state` and `told_since` name the trouble that operators know
    of, `told_name` the source as they know it.
    """

    state: str
    state_since: datetime
    failures: int
    last_error: str | None
    succeeded: bool
    told_state: str | None
    told_since: datetime | None
    told_name: str | None
    etag: str | None
    last_modified: str | None
    found_kind: str | None
    moved_to: str | None
    whole_at: datetime | None
    last_new_at: datetime | None
    watched_text: str | None


@dataclass(frozen=True, slots=True)
class SourceOfLanguage:
    """A live source in one of its languages; `told_state` is the trouble that operators know of."""

    language: str
    told_state: str | None
    last_new_at: datetime | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A source that was paused, removed or renamed while operators knew of its trouble; `name` as they know it."""

    source_id: UUID
    name: str
    told_state: str
    told_since: datetime


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
        """Return when the source's latest entries were published, or read where it dates nothing; newest first."""
        ...

    async def reschedule(self, source_id: UUID, after: SourceAfter, *, now: datetime, wait: timedelta) -> None:
        """Write down what the look found, and give the source back; it is due again after the wait."""
        ...

    async def note_hub(self, source_id: UUID, *, hub: str | None, self_url: str | None) -> None:
        """Write down the WebSub hub and topic that a whole answer declared."""
        ...

    async def look_later(self, source_id: UUID, wait: timedelta) -> None:
        """Give back a source that was not asked, as it stood; it is due again after the wait."""
        ...

    async def alone_at(self, task: str) -> bool:
        """Tell whether no other transaction is at this task; if so, none will be until this one ends."""
        ...

    async def sources_by_language(self) -> Sequence[SourceOfLanguage]:
        """Return the live sources that are looked at, once for each of their languages."""
        ...

    async def news_times(self, languages: Collection[str]) -> Mapping[str, Sequence[datetime]]:
        """Return when the latest news of each language was found."""
        ...

    async def silences_told(self) -> Mapping[str, datetime]:
        """Return the languages whose silence operators know of, with the moment that names it."""
        ...

    async def note_silence(self, language: str, since: datetime | None) -> None:
        """Write down that operators were told of a silence, or (None) of its end."""
        ...

    async def set_aside_in_trouble(self) -> Sequence[SetAside]:
        """Return paused and removed sources whose trouble operators still know of, and forget that they do."""
        ...

    async def renew_sources(self, source_ids: Sequence[UUID], *, lease_seconds: float) -> None:
        """Make the leases of sources that are in hand last so long from now on."""
        ...

    async def give_back_sources(self, source_ids: Sequence[UUID]) -> None:
        """End the leases of sources that were claimed and not looked at."""
        ...

    async def claim_entries(self, *, limit: int, lease_seconds: float) -> Sequence[WaitingEntry]:
        """Take entries whose page is to be read, each for one scraper at a time, until the lease ends.

        At most three of a host are taken at a time, whoever holds them, so that a slow host delays its own news only.
        """
        ...

    async def renew_entries(self, entry_ids: Sequence[UUID], *, lease_seconds: float) -> None:
        """Make the leases of entries that are in hand last so long from now on."""
        ...

    async def give_back_entries(self, entry_ids: Sequence[UUID]) -> None:
        """End the leases of entries that were claimed and not read."""
        ...

    async def add_article(self, article: NewArticle) -> Saved | None:
        """Store the article; None when it is stored already."""
        ...

    async def revise_article(self, article: NewArticle, *, judged: bool) -> Saved | None:
        """Store a new version of an article beside the earlier ones; None when it says nothing else than the last."""
        ...

    async def close_entry(
        self, entry_id: UUID, *, mark: str, again_after: timedelta | None, failures: int = 0, gone: bool = False
    ) -> None:
        """Say that the article of an entry with this mark is stored; its page is read again after the wait, if any.

        `failures` counts the tries at a page that is still owed; `gone`: the page just answered that it is gone.
        """
        ...

    async def note_gone(self, entry_id: UUID, article_id: UUID) -> GonePage | None:
        """Note that the page of an entry answers that it is gone; None where no published words are from there."""
        ...

    async def count_page_alike(self, source_id: UUID, *, alike: bool) -> None:
        """Count a page that had no more to say than its feed; one that had more begins the count anew."""
        ...

    async def held_articles(self, *, since: datetime, after: UUID | None, limit: int) -> Sequence[HeldArticle]:
        """Return held articles whose text is still there, by id; `after` is the last one of the batch before."""
        ...

    async def let_through(self, article_id: UUID) -> UUID | None:
        """Take the gate's hold off the article and return its story, its copies' if it has some; None if not held."""
        ...

    async def forget_held_texts(self, older_than: timedelta) -> int:
        """Empty the texts of articles that were held so long, some at a time; return how many were emptied."""
        ...

    async def forget_marks(self, before: datetime) -> int:
        """Forget how the stories read that had no copy since then; return how many those were."""
        ...

    async def forget_hosts(self, *, unused_for: timedelta) -> None:
        """Forget the manners of hosts that nobody has asked for so long."""
        ...

    async def count_sources(self) -> Mapping[str, int]:
        """Return how many live sources there are in each state."""
        ...

    async def definitions_revision(self) -> int | None:
        """Return the number of the newest change to rules, None where changes are not counted."""
        ...

    async def saved_rules(self, since: int | None = None, implied: Collection[UUID] = ()) -> SavedRules:
        """Return what was saved after a revision, and these implied rules as they stand; with None all that counts."""
        ...

    async def catalogue_revision(self) -> int | None:
        """Return the number of the newest edit of the catalogue; 0 for none."""
        ...

    async def catalogue_edits(self) -> Sequence[Edit]:
        """Return what people changed of the catalogue."""
        ...

    async def try_entry_later(self, entry_id: UUID, *, state: str, failures: int, wait: timedelta, error: str) -> None:
        """Give the entry back, to be tried again after the wait; one that is no longer in this state is left alone."""
        ...


class Web(Protocol):
    """Fetches addresses; outside trouble is a value, never an exception."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Look:
        """Look at the address."""
        ...


class Reading(Protocol):
    """Reads hostile bytes where they can do no harm."""

    async def feed(
        self,
        body: bytes,
        *,
        kind: FeedKind | None,
        content_type: str,
        base_url: str,
        selectors: Selectors = NO_SELECTORS,
        most_entries: int | None = None,
    ) -> ParsedFeed | NotAFeed:
        """Read what a source answered, as this kind; None finds out.

        `most_entries` is how many of a sitemap's addresses are kept, None for as many as news needs.
        """
        ...

    async def offers(self, body: bytes, *, content_type: str, base_url: str) -> tuple[OfferedFeed, ...]:
        """Read which feeds a page offers."""
        ...

    async def page(
        self, body: bytes, *, content_type: str, url: str, text_selector: str = ""
    ) -> ReadablePage | Unreadable:
        """Read an article's page; `text_selector` (CSS) names the element that holds its words, where it is known."""
        ...


Begin = Callable[[], AbstractAsyncContextManager[Work]]

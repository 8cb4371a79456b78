"""What parsing gives: frozen, picklable values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FeedKind = Literal["rss", "atom", "json", "page"]


@dataclass(frozen=True)
class Entry:
    """One article as its feed or listing tells of it; all words are plain text, `published` is aware, in UTC.

    `content` is the whole text where the feed carries it, else empty. `published` is what the feed says, however
    unlikely: `domain.article.believable` judges it against the clock.
    """

    url: str
    title: str
    summary: str = ""
    published: datetime | None = None
    content: str = ""
    guid: str = ""
    author: str = ""


@dataclass(frozen=True)
class UnusableEntry:
    """An entry that leads nowhere we may go, and why."""

    title: str
    reason: str


@dataclass(frozen=True)
class ParsedFeed:
    """A feed that could be read, perhaps with no entries; `ttl_seconds` is how long it says it stays fresh."""

    title: str
    kind: FeedKind
    entries: tuple[Entry, ...]
    ttl_seconds: int | None = None
    unusable: tuple[UnusableEntry, ...] = ()


@dataclass(frozen=True)
class NotAFeed:
    """The bytes are something else; the reason is a sentence for the source's page."""

    reason: str


@dataclass(frozen=True)
class ReadablePage:
    """An article's words without the page around them."""

    title: str
    text: str
    published: datetime | None = None
    language: str | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    author: str = ""


@dataclass(frozen=True)
class Unreadable:
    """No article could be found on the page; the reason is a sentence."""

    reason: str

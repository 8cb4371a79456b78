"""What parsing gives: frozen, picklable values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

FeedKind = Literal["rss", "atom", "json", "page", "sitemap", "telegram", "watch"]
KINDS: tuple[FeedKind, ...] = get_args(FeedKind)


def known_kind(name: str | None) -> FeedKind | None:
    """Return the kind of this name; None for one that is none, or is none any more: then it is found out."""
    return next((kind for kind in KINDS if kind == name), None)


@dataclass(frozen=True)
class Selectors:
    """CSS selectors of a listing page whose make our own eyes get wrong; an empty one is left to them.

    `item` is the element around one article's link; `link`, `title` and `date` are looked for within it. `text` is the
    element that holds an article's words on its own page.
    """

    item: str = ""
    link: str = ""
    title: str = ""
    date: str = ""
    text: str = ""


NO_SELECTORS = Selectors()


@dataclass(frozen=True)
class Entry:
    """One article as its feed or listing tells of it; all words are plain text, dates are aware, in UTC.

    `content` is the text that the feed carries, else empty; `whole` says that there is no page with more to fetch
    (a Telegram post, a watched page). `published` is what the feed says, however unlikely: `domain.article.believable`
    judges it against the clock. `updated` is when the feed says the article was last changed.
    """

    url: str
    title: str
    summary: str = ""
    published: datetime | None = None
    content: str = ""
    guid: str = ""
    author: str = ""
    updated: datetime | None = None
    image_url: str = ""
    whole: bool = False


@dataclass(frozen=True)
class UnusableEntry:
    """An entry that leads nowhere we may go, and why."""

    title: str
    reason: str


@dataclass(frozen=True)
class Part:
    """A further document that belongs to a source: a sitemap of an index. `changed` is when it says it changed."""

    url: str
    changed: datetime | None = None


@dataclass(frozen=True)
class ParsedFeed:
    """A feed that could be read, perhaps with no entries; `ttl_seconds` is how long it says it stays fresh.

    `dialect` is the format by its own name ("RSS 2.0", "RDF (RSS 1.0)"). `hub` and `self_url` are its WebSub hub and
    topic. `parts` are further sitemaps to read; `older` is the next page of older entries (RFC 5005 and listings).
    `language` is what the feed declares, as two or three letters. `is_index`: its entries stand in its parts.
    """

    title: str
    kind: FeedKind
    entries: tuple[Entry, ...]
    ttl_seconds: int | None = None
    unusable: tuple[UnusableEntry, ...] = ()
    dialect: str = ""
    hub: str | None = None
    self_url: str | None = None
    parts: tuple[Part, ...] = ()
    older: str | None = None
    language: str | None = None
    is_index: bool = False


Found = Literal["html", "login", "wall", "empty", "binary", "broken", ""]


@dataclass(frozen=True)
class NotAFeed:
    """The bytes are something else; the reason is a sentence for the source's page.

    `found` is what they are in one word: an HTML page, a login page, a wall (robot check, consent, refusal), nothing,
    a binary file, or something broken; empty where it is none of these.
    """

    reason: str
    found: Found = ""


@dataclass(frozen=True)
class ReadablePage:
    """An article's words without the page around them, and what the page says of them.

    `agency` is the news agency that it credits (as `(ANI)`, "ТАСС"), `dateline` the place and day before the first
    sentence ("MOSCOW, Dec 5"), `image_url` its lead picture. `dropped` are the lines that were taken off the text
    because they are not the article's ("Also Read | …"), for `source test`; at most 20.
    """

    title: str
    text: str
    published: datetime | None = None
    language: str | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    author: str = ""
    agency: str = ""
    dateline: str = ""
    image_url: str = ""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """No article could be found on the page; the reason is a sentence.

    `kind` says what the page is instead: a wall (a robot check, a call for consent or payment), a login page, no HTML,
    or a page without words.
    """

    reason: str
    kind: Literal["", "wall", "login", "not_html", "empty"] = ""


@dataclass(frozen=True)
class OfferedFeed:
    """A feed that a page names: its address, its kind as far as the page tells, and what the page calls it."""

    url: str
    kind: FeedKind
    title: str

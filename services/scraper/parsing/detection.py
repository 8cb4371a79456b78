"""The one door to every kind of source: told or found out what the bytes are, they are read as that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.entries import MOST_ENTRIES
from services.scraper.parsing.feed import parse_feed
from services.scraper.parsing.listing import parse_listing
from services.scraper.parsing.packing import TooMuch, first_bytes, is_packed, unpacked
from services.scraper.parsing.results import FeedKind, NotAFeed, ParsedFeed, Selectors
from services.scraper.parsing.sitemap import parse_sitemap
from services.scraper.parsing.sniffing import SNIFFED_BYTES, Shape, binary_name, shape_of_body
from services.scraper.parsing.telegram import is_preview, is_telegram, parse_telegram, preview_of
from services.scraper.parsing.walls import nature_of
from services.scraper.parsing.watched_page import read_watched_page

_OWN_EYES = Selectors()
_FEW_ENTRIES = 2  # so few links on a page may be a wall's own
_CALLED: dict[FeedKind, str] = {
    "rss": "feed",
    "atom": "feed",
    "json": "feed",
    "page": "listing page",
    "sitemap": "sitemap",
    "telegram": "channel's preview",
    "watch": "watched page",
}
_SEEN: dict[Shape, str] = {
    "json": "JSON",
    "feed": "a feed",
    "sitemap": "a sitemap",
    "addresses": "a list of addresses",
    "opml": "a list of feeds (OPML)",
    "xml": "an XML document that is no feed",
    "words": "plain text",
}
_FITTING: dict[FeedKind, frozenset[Shape]] = {
    "rss": frozenset({"feed", "json", "xml"}),
    "atom": frozenset({"feed", "json", "xml"}),
    "json": frozenset({"feed", "json", "xml"}),
    "sitemap": frozenset({"sitemap", "addresses", "feed"}),  # the protocol takes feeds for sitemaps
    "page": frozenset({"html", "words", "xml"}),
    "telegram": frozenset({"html"}),
    "watch": frozenset({"html", "words", "xml", "addresses"}),
}


@dataclass(frozen=True)
class _Answer:
    body: bytes
    shape: Shape
    content_type: str
    base_url: str
    selectors: Selectors
    most_entries: int = MOST_ENTRIES


def read_source(
    body: bytes,
    *,
    kind: FeedKind | None,
    content_type: str,
    base_url: str,
    selectors: Selectors = _OWN_EYES,
    most_entries: int = MOST_ENTRIES,
) -> ParsedFeed | NotAFeed:
    """Read what a source answered; never raises, whatever the bytes.

    With `kind` it is read as that, and refused with a plain sentence when it is something else; without, its kind is
    found out (never "watch", which only a person can mean). `base_url` is the answer's own final address, `selectors`
    are for listing and watched pages, `most_entries` for sitemaps. Gzip files are unpacked, up to 50 MB.
    """
    try:
        answer = _Answer(body, shape_of_body(body, content_type=content_type), content_type, base_url, selectors)
        return _read(kind, replace(answer, most_entries=most_entries))
    except TooMuch:
        return NotAFeed("The answer is larger than 50 MB when it is unpacked.", "broken")
    except Exception as broken:  # noqa: BLE001  libraries reading hostile bytes: whatever they raise, it is no source
        return NotAFeed(f"The answer could not be read: {type(broken).__name__}.", "broken")


def _read(kind: FeedKind | None, answer: _Answer) -> ParsedFeed | NotAFeed:
    body, shape, base_url = answer.body, answer.shape, answer.base_url
    if shape == "empty":
        return NotAFeed("The answer is empty.", "empty")
    if shape == "binary":
        return NotAFeed(_turned(kind, binary_name(first_bytes(body, SNIFFED_BYTES)) or "a binary file"), "binary")
    if is_packed(body) and shape != "sitemap":  # sitemaps are unpacked as they are read
        answer = replace(answer, body=unpacked(body))
    chosen = kind or _kind_of(shape, base_url)
    if chosen is None:
        return NotAFeed(_unknown(shape), "")
    if shape not in _FITTING[chosen]:
        return _refused(chosen, answer)
    return _read_as(chosen, answer, is_told=kind is not None)


def _kind_of(shape: Shape, base_url: str) -> FeedKind | None:
    match shape:
        case "json" | "feed":
            return "json" if shape == "json" else "rss"
        case "sitemap" | "addresses":
            return "sitemap"
        case "html":
            return "telegram" if is_preview(base_url) else "page"
        case _:
            return None


def _unknown(shape: Shape) -> str:
    if shape == "opml":
        return "The answer is a list of feeds (OPML): import it instead of adding it."
    return f"The answer is {_SEEN.get(shape, 'of no known kind')}: neither a feed nor a page."


def _read_as(kind: FeedKind, answer: _Answer, *, is_told: bool) -> ParsedFeed | NotAFeed:
    match kind:
        case "rss" | "atom" | "json":
            return _as_feed(answer)
        case "sitemap":
            return _as_feed(answer) if answer.shape == "feed" else _as_sitemap(answer)
        case "telegram":
            return _unless_wall(_called(parse_telegram, answer), kind, answer, is_told=is_told)
        case "page":
            return _as_listing(answer, is_told=is_told)
        case "watch":
            watched = read_watched_page(
                answer.body, content_type=answer.content_type, base_url=answer.base_url, selectors=answer.selectors
            )
            return _unless_wall(watched, kind, answer, is_told=is_told)
        case _:
            assert_never(kind)


def _called(parse: Callable[..., ParsedFeed | NotAFeed], answer: _Answer) -> ParsedFeed | NotAFeed:
    return parse(answer.body, content_type=answer.content_type, base_url=answer.base_url)


def _as_feed(answer: _Answer) -> ParsedFeed | NotAFeed:
    return _called(parse_feed, answer)


def _as_sitemap(answer: _Answer) -> ParsedFeed | NotAFeed:
    return parse_sitemap(
        answer.body,
        content_type=answer.content_type,
        base_url=answer.base_url,
        most_entries=answer.most_entries,
    )


def _as_listing(answer: _Answer, *, is_told: bool) -> ParsedFeed | NotAFeed:
    listing = parse_listing(
        answer.body, content_type=answer.content_type, base_url=answer.base_url, selectors=answer.selectors
    )
    return _unless_wall(listing, "page", answer, is_told=is_told)


def _unless_wall(
    read: ParsedFeed | NotAFeed, kind: FeedKind, answer: _Answer, *, is_told: bool
) -> ParsedFeed | NotAFeed:
    """Return what was read, or where that is nothing or next to nothing, what the page is instead."""
    if isinstance(read, ParsedFeed) and (
        kind == "telegram" or len(read.entries) > (1 if kind == "watch" else _FEW_ENTRIES)
    ):
        return read
    nature = nature_of(decode_body(answer.body, content_type=answer.content_type))
    if nature.found in ("wall", "login"):
        return NotAFeed(_turned(kind if is_told else None, nature.words), nature.found)
    if isinstance(read, ParsedFeed) or kind == "watch" or "selector" in read.reason:
        return read
    if kind == "telegram":
        return read
    return NotAFeed(_without_articles(nature.words, answer.base_url), nature.found)


def _without_articles(words: str, base_url: str) -> str:
    preview = preview_of(base_url) if is_telegram(base_url) else None
    if preview:
        return f"The answer is a Telegram channel's own page; its posts stand at {preview}."
    if "JavaScript" in words or words.startswith(("an error page", "an HTML page without")):
        return f"The answer is {words}."
    return f"The answer is {words} without article links; it may need JavaScript."


def _refused(kind: FeedKind, answer: _Answer) -> NotAFeed:
    """Say what a source of known kind has turned into."""
    if answer.shape != "html":
        return NotAFeed(_turned(kind, _SEEN.get(answer.shape, "something else")), "")
    nature = nature_of(decode_body(answer.body, content_type=answer.content_type))
    said = "an HTML page" if nature.words.startswith("an HTML page (") else nature.words
    if not said.startswith("an HTML page"):
        said = f"an HTML page: {said}"
    return NotAFeed(_turned(kind, said), nature.found)


def _turned(kind: FeedKind | None, into: str) -> str:
    return f"The answer is {into}." if kind is None else f"The {_CALLED[kind]} turned into {into}."

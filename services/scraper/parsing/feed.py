"""RSS, Atom and JSON feeds read into entries."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.entries import CONTENT_CHARACTERS, SUMMARY_CHARACTERS, TITLE_CHARACTERS, collected
from services.scraper.parsing.json_feed import looks_like_json, parse_json_feed
from services.scraper.parsing.links import RefusedLink, resolved_link
from services.scraper.parsing.markup import plain_line, plain_text
from services.scraper.parsing.results import Entry, FeedKind, NotAFeed, ParsedFeed
from shared.kit.text import clip

__all__ = ["Entry", "NotAFeed", "ParsedFeed", "parse_feed"]

_LONGEST_TTL_SECONDS = 7 * 86_400
_SNIFFED_CHARACTERS = 5000
_HTML_START = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*){0,5}<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,8}|[0-9]{1,8});")
_ENTITY_DECLARATION = re.compile(r"<!\s*ENTITY", re.IGNORECASE)


def parse_feed(body: bytes, *, content_type: str = "", base_url: str) -> ParsedFeed | NotAFeed:
    """Read a feed; never raises, whatever the bytes.

    Relative links are resolved against `base_url` (the feed's own final address). Entries that lead nowhere we may
    go are kept out and told in `unusable`. At most 1000 entries are read.
    """
    text = decode_body(body, content_type=content_type).lstrip()
    if not text:
        return NotAFeed("The answer is empty.")
    if looks_like_json(text):
        return parse_json_feed(text, base_url)
    if _HTML_START.match(text[:_SNIFFED_CHARACTERS]):
        return NotAFeed("The answer is an HTML page, not a feed.")
    if _ENTITY_DECLARATION.search(text):
        return NotAFeed("The answer declares XML entities, which feeds do not need and attackers do.")
    try:
        return _read_xml(text, base_url)
    except Exception as broken:  # noqa: BLE001  a library reading hostile bytes: whatever it raises, this is no feed
        return NotAFeed(f"The feed could not be read: {type(broken).__name__}.")


def _read_xml(text: str, base_url: str) -> ParsedFeed | NotAFeed:
    # Always a stream: given bytes or a string, feedparser opens the local file that the body happens to name.
    parsed = feedparser.parse(
        io.BytesIO(_REFERENCE.sub(_possible, text).encode("utf-8", "replace")),
        response_headers={"content-location": base_url, "content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # we keep no HTML at all
        resolve_relative_uris=False,  # links inside texts are dropped with their tags
    )
    if not parsed.version and not parsed.entries:
        return NotAFeed("The answer is neither RSS, Atom nor JSON Feed.")
    kind: FeedKind = "atom" if parsed.version.startswith("atom") else "rss"
    entries, unusable = collected(parsed.entries, lambda raw: _entry(raw, base_url), _title)
    title = clip(plain_line(str(parsed.feed.get("title", ""))), TITLE_CHARACTERS)
    return ParsedFeed(title, kind, entries, _ttl_seconds(parsed.feed), unusable)


def _possible(reference: re.Match[str]) -> str:
    """Return a character reference as it is, or a replacement character for one that no XML may hold."""
    digits = reference.group(1)
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    is_character = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF
    return reference.group(0) if is_character else "\ufffd"


def _entry(raw: Mapping[str, Any], base_url: str) -> Entry:
    contents = raw.get("content") or ()
    content = max((plain_text(str(part.get("value", ""))) for part in contents), key=len, default="")
    summary = plain_text(str(raw.get("summary", "")))
    if not content and len(summary) > SUMMARY_CHARACTERS:
        content = summary
    return Entry(
        url=_link(raw, base_url),
        title=_title(raw),
        summary=clip(summary, SUMMARY_CHARACTERS),
        published=_published(raw),
        content=clip(content, CONTENT_CHARACTERS),
        guid=clip(plain_line(str(raw.get("id", ""))), TITLE_CHARACTERS),
        author=clip(plain_line(str(raw.get("author", ""))), TITLE_CHARACTERS),
    )


def _title(raw: Mapping[str, Any]) -> str:
    return clip(plain_line(str(raw.get("title", ""))), TITLE_CHARACTERS)


def _link(raw: Mapping[str, Any], base_url: str) -> str:
    """Return the entry's address: the original behind FeedBurner, the link, or a guid that is an address itself."""
    refused = RefusedLink("it has no link")
    alternates = (link.get("href") for link in raw.get("links") or () if link.get("rel", "alternate") == "alternate")
    named = [raw.get("feedburner_origlink"), raw.get("link"), *alternates]
    guid = str(raw.get("id", ""))
    if guid.lower().startswith(("http://", "https://")):
        named.append(guid)
    for href in filter(None, named):
        try:
            return resolved_link(str(href), base_url)
        except RefusedLink as why:
            refused = why
    raise refused


def _published(raw: Mapping[str, Any]) -> datetime | None:
    for name in ("published", "updated", "created"):
        stated = raw.get(name)
        if not stated:
            continue
        moment = parse_date(str(stated)) or _from_struct(raw.get(f"{name}_parsed"))
        if moment is not None:
            return moment
    return None


def _from_struct(struct: Any) -> datetime | None:  # noqa: ANN401  (feedparser is untyped)
    try:
        return datetime.fromtimestamp(timegm(struct), UTC) if struct else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _ttl_seconds(feed: Mapping[str, Any]) -> int | None:
    stated = str(feed.get("ttl", "")).strip()
    if not (stated.isascii() and stated.isdigit()):
        return None
    return min(int(stated[:9]) * 60, _LONGEST_TTL_SECONDS) or None

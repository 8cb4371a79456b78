"""RSS, RDF and Atom feeds read into entries; JSON feeds are handed on."""

from __future__ import annotations

import html
import io
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.entries import (
    CONTENT_CHARACTERS,
    MOST_ENTRIES,
    SUMMARY_CHARACTERS,
    collected,
    language_code,
    title_of,
    words_of,
)
from services.scraper.parsing.json_feed import looks_like_json, parse_json_feed
from services.scraper.parsing.links import RefusedLink, first_link, resolved_link
from services.scraper.parsing.packing import TooMuch, unpacked
from services.scraper.parsing.results import Entry, FeedKind, NotAFeed, ParsedFeed
from services.scraper.parsing.sniffing import root_start, shape_of
from shared.kit.text import clip

__all__ = ["Entry", "NotAFeed", "ParsedFeed", "parse_feed"]

_LONGEST_TTL_SECONDS = 7 * 86_400
_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,8}|[0-9]{1,8});")
_NAMED_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[a-zA-Z][a-zA-Z0-9]{1,30};")
_ENTITY_DECLARATION = re.compile(r"<!\s*ENTITY", re.IGNORECASE)
_ROOT_NAME = re.compile(r"<([\w:.-]{1,80})")
_ITEM_END = re.compile(r"</(?:[\w-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_DEEPEST = 5000  # a real feed reaches ten; sloppy ones leave a `<br>` open in every item
_MOST_TAGS = 2_000_000
_MOST_REFERENCES = 1_000_000  # a thousand articles of escaped HTML have half as many
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_BARE_AMPERSAND = re.compile(r"&(?!#?[a-zA-Z0-9]{1,31};)")
_TAG = re.compile(r"<(/?)[a-zA-Z][^<>]*?(/?)>")
_PICTURE_ADDRESS = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|\?)", re.IGNORECASE)
_DIALECTS = {
    "rss090": "RDF (RSS 0.90)",
    "rss091n": "RSS 0.91",
    "rss091u": "RSS 0.91",
    "rss092": "RSS 0.92",
    "rss093": "RSS 0.93",
    "rss094": "RSS 0.94",
    "rss20": "RSS 2.0",
    "rss10": "RDF (RSS 1.0)",
    "atom01": "Atom 0.1",
    "atom02": "Atom 0.2",
    "atom03": "Atom 0.3",
    "atom10": "Atom 1.0",
    "atom": "Atom",
}


def parse_feed(body: bytes, *, content_type: str = "", base_url: str) -> ParsedFeed | NotAFeed:
    """Read a feed; never raises, whatever the bytes.

    Relative links are resolved against `base_url` (the feed's own final address). Entries that lead nowhere we may
    go are kept out and told in `unusable`. At most 1000 entries are read.
    """
    try:
        text = decode_body(unpacked(body), content_type=content_type).replace("\ufeff", "").lstrip()
        return _read(text, base_url)
    except TooMuch:
        return NotAFeed("The answer is larger than 50 MB when it is unpacked.", "broken")
    except Exception as broken:  # noqa: BLE001  a library reading hostile bytes: whatever it raises, this is no feed
        return NotAFeed(f"The feed could not be read: {type(broken).__name__}.", "broken")


def _read(text: str, base_url: str) -> ParsedFeed | NotAFeed:
    shape = shape_of(text)
    if shape == "empty":
        return NotAFeed("The answer is empty.", "empty")
    if looks_like_json(text):
        return parse_json_feed(text, base_url)
    if shape == "html":
        return NotAFeed("The answer is an HTML page, not a feed.", "html")
    root = root_start(text)
    if _ENTITY_DECLARATION.search(text if root is None else text[:root]):
        return NotAFeed("The answer declares XML entities, which feeds do not need and attackers do.", "broken")
    document = _shortened(text[root or 0 :])
    if _is_too_deep(document) or document.count("&") > _MOST_REFERENCES or document.count("<") > _MOST_TAGS:
        return NotAFeed("The feed is nested or escaped beyond all reason.", "broken")
    return _read_xml(document, base_url)


def _read_xml(document: str, base_url: str) -> ParsedFeed | NotAFeed:
    document = _mended(document)
    # Always a stream: given bytes or a string, feedparser opens the local file that the body happens to name.
    parsed = feedparser.parse(
        io.BytesIO(document.encode("utf-8", "replace")),
        response_headers={"content-location": base_url, "content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # we keep no HTML at all
        resolve_relative_uris=False,  # links inside texts are dropped with their tags
    )
    if not parsed.version and not parsed.entries:
        return NotAFeed("The answer is neither RSS, Atom nor JSON Feed.")
    kind: FeedKind = "atom" if parsed.version.startswith("atom") else "rss"
    entries, unusable = collected(parsed.entries, lambda raw: _entry(raw, base_url), _title)
    feed = parsed.feed
    return ParsedFeed(
        title=title_of(str(feed.get("title", ""))),
        kind=kind,
        entries=entries,
        ttl_seconds=_ttl_seconds(feed),
        unusable=unusable,
        dialect=_DIALECTS.get(parsed.version, "RSS"),
        hub=first_link(_related(feed, "hub"), base_url),
        self_url=first_link(_related(feed, "self"), base_url),
        older=first_link([*_related(feed, "prev-archive"), *_related(feed, "next")], base_url),  # RFC 5005
        language=language_code(str(feed.get("language") or "")),
    )


def _shortened(document: str) -> str:
    """Return the document with no more items than are read, closed again: ten thousand take ten seconds to parse."""
    root = _ROOT_NAME.match(document)
    for count, end in enumerate(_ITEM_END.finditer(document), start=1):
        if count > MOST_ENTRIES and root:
            closing = "</channel></rss>" if root.group(1).lower() == "rss" else f"</{root.group(1)}>"
            return document[: end.end()] + closing
    return document


def _is_too_deep(document: str) -> bool:
    """Tell whether elements stand open within each other by the thousand: each costs feedparser kilobytes."""
    if document.count("<") - document.count("</") <= _DEEPEST:
        return False
    depth = deepest = 0
    for tag in _TAG.finditer(_CDATA.sub("", document)):
        depth += 0 if tag.group(2) else -1 if tag.group(1) else 1
        deepest = max(deepest, depth)
    return deepest > _DEEPEST


def _mended(document: str) -> str:
    """Return the document with what XML cannot take mended outside its CDATA sections.

    Names of letters that only HTML knows, references to what is no character, and bare ampersands would each send
    feedparser to its second, slower and looser parser.
    """
    pieces = _CDATA.split(document)
    for position in range(0, len(pieces), 2):
        piece = _REFERENCE.sub(_possible, _NAMED_REFERENCE.sub(_spelt_out, pieces[position]))
        pieces[position] = _BARE_AMPERSAND.sub("&amp;", piece)
    return "".join(pieces)


def _spelt_out(reference: re.Match[str]) -> str:
    """Return the letter that HTML means by a name XML does not know (`&nbsp;`); markup's own signs stay escaped."""
    letter = html.unescape(reference.group(0))
    return reference.group(0) if any(sign in letter for sign in "<>&\"'") else letter


def _possible(reference: re.Match[str]) -> str:
    """Return a character reference as it is, or a replacement character for one that no XML may hold."""
    digits = reference.group(1)
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    is_character = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF
    return reference.group(0) if is_character else "\ufffd"


def _entry(raw: Mapping[str, Any], base_url: str) -> Entry:
    content = max((words_of(text, CONTENT_CHARACTERS) for text in _texts(raw)), key=len, default="")
    summary = words_of(str(raw.get("summary", "")), CONTENT_CHARACTERS)
    if not content and len(summary) > SUMMARY_CHARACTERS:
        content = summary
    published, updated = _moment(raw, "published"), _moment(raw, "updated")
    return Entry(
        url=_link(raw, base_url),
        title=_title(raw),
        summary=clip(summary, SUMMARY_CHARACTERS),
        published=published or updated or _moment(raw, "created"),
        content=content,
        guid=title_of(str(raw.get("id", ""))),
        author=title_of(str(raw.get("author", ""))),
        updated=updated,
        image_url=first_link(_pictures(raw), base_url) or "",
    )


def _texts(raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts an entry carries: `content`, and the `full-text` that Russian feeds send to aggregators."""
    for part in raw.get("content") or ():
        yield str(part.get("value", ""))
    for name, value in raw.items():
        if name.replace("-", "").replace("_", "").endswith("fulltext") and isinstance(value, str):
            yield value


def _title(raw: Mapping[str, Any]) -> str:
    return title_of(str(raw.get("title", "")))


def _related(raw: Mapping[str, Any], relation: str) -> Iterator[str]:
    links = raw.get("links") or ()
    return (str(link.get("href", "")) for link in links if str(link.get("rel", "")).lower() == relation)


def _link(raw: Mapping[str, Any], base_url: str) -> str:
    """Return the entry's address: the original behind FeedBurner, the link, or a guid that is an address itself."""
    refused = RefusedLink("it has no link")
    named = [raw.get("feedburner_origlink"), raw.get("link")]
    named += [link.get("href") for link in raw.get("links") or () if link.get("rel", "alternate") == "alternate"]
    guid = str(raw.get("id", ""))
    if guid.lower().startswith(("http://", "https://")):
        named.append(guid)
    for href in filter(None, named):
        try:
            return resolved_link(str(href), base_url)
        except RefusedLink as why:
            refused = why
    raise refused


def _pictures(raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of an entry's pictures: Media RSS first, then enclosures and iTunes."""
    for medium in raw.get("media_content") or ():
        address, kind = str(medium.get("url", "")), str(medium.get("type", ""))
        if medium.get("medium") == "image" or _is_picture(address, kind):
            yield address
    yield from (str(thumbnail.get("url", "")) for thumbnail in raw.get("media_thumbnail") or ())
    for link in raw.get("links") or ():
        address, kind = str(link.get("href", "")), str(link.get("type", ""))
        if link.get("rel") == "enclosure" and _is_picture(address, kind):
            yield address
    image = raw.get("image")
    if isinstance(image, Mapping):
        yield str(image.get("href", ""))


def _is_picture(address: str, kind: str) -> bool:
    return kind.startswith("image/") or (not kind and _PICTURE_ADDRESS.search(address) is not None)


def _moment(raw: Mapping[str, Any], name: str) -> datetime | None:
    if name not in raw:  # asked for its `updated`, feedparser would give what was published
        return None
    return parse_date(str(raw[name])) or _from_struct(raw.get(f"{name}_parsed"))


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

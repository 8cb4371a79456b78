"""Sitemaps (sitemaps.org 0.9), news sitemaps (Google's namespace), their indexes, and lists of bare addresses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

from lxml import etree

from services.scraper.parsing.addresses import is_no_article, last_number
from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.entries import MOST_ENTRIES, TITLE_CHARACTERS, language_code
from services.scraper.parsing.links import RefusedLink, first_link, resolved_link
from services.scraper.parsing.markup import plain_line
from services.scraper.parsing.packing import TooMuch, first_bytes, pieces, unpacked
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed, Part, UnusableEntry
from services.scraper.parsing.sniffing import SNIFFED_BYTES, root_start, shape_of_body
from shared.kit.text import clip

MOST_ADDRESSES = 50_000  # the protocol's own limit for one file
MOST_PARTS = 1000
_MOST_ELEMENTS = 2_000_000  # 50 000 addresses with a few pictures each; more is written to exhaust its reader
_LONGEST_WORDS_CHARACTERS = 5000
_MOST_TOLD_UNUSABLE = 20
_CONTROLS = bytes(sign for sign in range(32) if sign not in (9, 10, 13))
_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ENTITY_DECLARATION = re.compile(r"<!\s*ENTITY", re.IGNORECASE)
_ENCODING = re.compile(r"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
# Sitemaps of what is no news; they are read last.
_NO_NEWS = re.compile(r"categor|tag|author|page|image|video|product|attachment|topic|user|static", re.IGNORECASE)

Told = TypeVar("Told")
Fields = dict[str, str]


def parse_sitemap(
    body: bytes, *, content_type: str = "", base_url: str, most_entries: int = MOST_ENTRIES
) -> ParsedFeed | NotAFeed:
    """Read a sitemap, an index of sitemaps (its `parts`), or a list of addresses; never raises, whatever the bytes.

    Of at most 50 000 addresses the newest `most_entries` become entries: by their dates, and where there are none, from
    the end of the document that is newest. Front pages, sections, tags and files are left out.
    """
    try:
        if shape_of_body(body, content_type=content_type) == "addresses":
            return _of_addresses(decode_body(unpacked(body), content_type=content_type), base_url, most_entries)
        return _of_xml(body, base_url, most_entries)
    except TooMuch:
        return NotAFeed("The sitemap is larger than 50 MB when it is unpacked.", "broken")
    except Exception as broken:  # noqa: BLE001  a library reading hostile bytes: whatever it raises, this is no sitemap
        return NotAFeed(f"The sitemap could not be read: {type(broken).__name__}.", "broken")


def _of_addresses(text: str, base_url: str, most_entries: int) -> ParsedFeed:
    told: list[Fields] = []
    for line in text.split("\n"):
        if line.strip():
            told.append({"url/loc": line.strip()})
        if len(told) >= MOST_ADDRESSES:
            break
    return _feed(told, base_url, "Text sitemap", most_entries)


def _of_xml(body: bytes, base_url: str, most_entries: int) -> ParsedFeed | NotAFeed:
    head = first_bytes(body, SNIFFED_BYTES)
    if head.startswith(_WIDE_MARKS):
        body = decode_body(unpacked(body)).encode("utf-8", "replace")
        head = body[:SNIFFED_BYTES]
    start = head.decode("latin-1")
    root = root_start(start)
    if root is None:
        return NotAFeed("The answer is no sitemap: it has neither a list of addresses nor of sitemaps.")
    if _ENTITY_DECLARATION.search(start[:root]):
        return NotAFeed("The answer declares XML entities, which sitemaps do not need and attackers do.", "broken")
    listener = _read(body, root, _ENCODING.search(start[:root]))
    if listener.parts and not listener.addresses:
        return ParsedFeed("", "sitemap", (), parts=_parts(listener.parts, base_url), dialect="Sitemap index")
    if not listener.addresses and listener.root not in ("urlset", "sitemapindex"):
        return NotAFeed("The answer is no sitemap: it has neither a list of addresses nor of sitemaps.")
    is_news = any("news/title" in fields or "news/publication_date" in fields for fields in listener.addresses)
    index = listener.root == "sitemapindex"
    dialect = "News sitemap" if is_news else "Sitemap index" if index else "Sitemap"
    return _feed(listener.addresses, base_url, dialect, most_entries)


class _Listener:
    """Hears the parser's events and keeps the few words that count; no tree is ever built."""

    def __init__(self) -> None:
        self.root = ""
        self.addresses: list[Fields] = []
        self.parts: list[Fields] = []
        self._names: list[str] = []
        self._fields: Fields = {}
        self._words: list[str] = []
        self._length = self._elements = 0

    @property
    def full(self) -> bool:
        """Tell whether enough was heard."""
        return max(len(self.addresses), len(self.parts)) >= MOST_ADDRESSES or self._elements > _MOST_ELEMENTS

    def start(self, tag: str, _attributes: object) -> None:
        """Hear an element begin."""
        name = tag.rpartition("}")[2].lower()
        self.root = self.root or name
        self._elements += 1
        self._names.append(name)
        self._words, self._length = [], 0
        if name in ("url", "sitemap"):
            self._fields = {}

    def data(self, words: str) -> None:
        """Hear words."""
        if self._length < _LONGEST_WORDS_CHARACTERS:
            self._words.append(words[:_LONGEST_WORDS_CHARACTERS])
            self._length += len(words)

    def end(self, _tag: str) -> None:
        """Hear an element end."""
        name = self._names.pop() if self._names else ""
        heard = {"url": self.addresses, "sitemap": self.parts}.get(name)
        if heard is not None:
            heard.extend([self._fields] if len(heard) < MOST_ADDRESSES else [])
        elif self._words and (words := "".join(self._words).strip()):
            self._fields.setdefault(f"{self._names[-1] if self._names else ''}/{name}", words)
        self._words, self._length = [], 0

    def close(self) -> None:
        """Hear the end."""


def _read(body: bytes, root: int, encoding: re.Match[str] | None) -> _Listener:
    listener = _Listener()
    parser = _parser(listener, encoding.group(1) if encoding else "utf-8")
    skipped = root
    # Recovery goes on where it can; where it cannot, what was heard so far counts.
    with suppress(etree.XMLSyntaxError):
        for piece in pieces(body):
            kept, skipped = piece[skipped:], max(0, skipped - len(piece))
            if kept:
                parser.feed(kept.translate(None, _CONTROLS).replace(_MARK, b""))
            if listener.full:
                break
    with suppress(etree.XMLSyntaxError):
        parser.close()
    return listener


def _parser(listener: _Listener, encoding: str) -> etree.XMLParser:
    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "recover": True}
    try:
        return etree.XMLParser(target=listener, encoding=encoding, **safe)
    except LookupError:
        return etree.XMLParser(target=listener, encoding="utf-8", **safe)


def _feed(told: Sequence[Fields], base_url: str, dialect: str, most_entries: int) -> ParsedFeed:
    entries: dict[str, Entry] = {}
    unusable: list[UnusableEntry] = []
    for fields in _newest_first(told, _moment, _address):  # looked at one by one: most of 50 000 are never needed
        try:
            entry = _entry(fields, base_url)
        except RefusedLink as refused:
            if len(unusable) < _MOST_TOLD_UNUSABLE:
                unusable.append(UnusableEntry(_title(fields), str(refused)))
            continue
        if entry.title or not is_no_article(entry.url):
            entries.setdefault(entry.url, entry)
        if len(entries) >= most_entries:
            break
    return ParsedFeed(
        "", "sitemap", tuple(entries.values()), unusable=tuple(unusable), dialect=dialect, language=_language(told)
    )


def _entry(fields: Fields, base_url: str) -> Entry:
    return Entry(
        url=resolved_link(_address(fields), base_url),
        title=_title(fields),
        published=_date(fields.get("news/publication_date")),
        updated=_date(fields.get("url/lastmod")),
        image_url=first_link([fields.get("image/loc", "")], base_url) or "",
    )


def _address(fields: Fields) -> str:
    return fields.get("url/loc", "")


def _moment(fields: Fields) -> datetime | None:
    return _date(fields.get("news/publication_date")) or _date(fields.get("url/lastmod"))


def _date(stated: str | None) -> datetime | None:
    """Return the moment that a W3C date means; the shortest way first, for 50 000 of them."""
    try:
        moment = datetime.fromisoformat(stated or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return parse_date(stated)


def _title(fields: Fields) -> str:
    return clip(plain_line(fields.get("news/title", "")), TITLE_CHARACTERS)


def _language(told: Sequence[Fields]) -> str | None:
    stated = Counter(filter(None, (fields.get("publication/language") for fields in told)))
    return language_code(stated.most_common(1)[0][0]) if stated else None


def _parts(told: Sequence[Fields], base_url: str) -> tuple[Part, ...]:
    parts: dict[str, Part] = {}
    for fields in told:
        url = first_link([fields.get("sitemap/loc", "")], base_url)
        if url:
            parts.setdefault(url, Part(url, parse_date(fields.get("sitemap/lastmod"))))
    newest = list(_newest_first(tuple(parts.values()), lambda part: part.changed, lambda part: part.url))
    newest.sort(key=lambda part: _NO_NEWS.search(part.url.rpartition("/")[2]) is not None)
    return tuple(newest[:MOST_PARTS])


def _newest_first(
    told: Sequence[Told], date_of: Callable[[Told], datetime | None], url_of: Callable[[Told], str]
) -> Sequence[Told]:
    """Return these by date, the newest first; those of one moment, and without one, from the newer end on.

    Which end is newer is told by the dates, and where there are none by the numbers in the addresses.
    """
    seconds = [moment.timestamp() if (moment := date_of(one)) else None for one in told]
    trend = _trend([moment for moment in seconds if moment is not None])
    grows = (trend or _trend([last_number(url_of(one)) for one in told])) > 0
    dated = list(zip(seconds, told, strict=True))
    ordered = dated[::-1] if grows else dated
    ranked = sorted(ordered, key=lambda pair: float("inf") if pair[0] is None else -pair[0])
    return [one for _, one in ranked]


def _trend(values: Sequence[float]) -> int:
    return sum((later > earlier) - (later < earlier) for earlier, later in pairwise(values))

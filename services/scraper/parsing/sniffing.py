"""What kind of document an answer is, by its first characters: what servers claim of it is often wrong."""

from __future__ import annotations

import re
from typing import Literal

from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.packing import first_bytes

Shape = Literal["empty", "binary", "json", "feed", "sitemap", "addresses", "html", "opml", "xml", "words"]

SNIFFED_BYTES = 16_384  # a feed's root stands within the first two; licences in comments are longer
_ROOT = re.compile(r"<(?:[\w-]{1,40}:)?(rss|rdf|feed|channel|urlset|sitemapindex|opml|html|head|body)\b", re.IGNORECASE)
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
_MARK = re.compile(r"<[!/]?[a-zA-Z]")
_XML_START = re.compile(r"<\?xml\b", re.IGNORECASE)
_MOST_COMMENTS = 50
_ADDRESS_LINE = re.compile(r"https?://\S+\Z", re.IGNORECASE)
_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x1f\x8b", "a gzip file within a gzip file"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"BZh", "an archive"),
    (b"ID3", "a sound"),
    (b"\0\0\0\x18ftyp", "a film"),
    (b"\0\0\0 ftyp", "a film"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_SHAPES: dict[str, Shape] = {
    "rss": "feed",
    "rdf": "feed",
    "feed": "feed",
    "channel": "feed",  # RSS whose outer tag was lost
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "opml": "opml",
}


def binary_name(start: bytes) -> str | None:
    """Return what a file that is no text calls itself with its first bytes, None for text."""
    return next((name for mark, name in _BINARY if start.startswith(mark)), None)


def shape_of_body(body: bytes, *, content_type: str = "") -> Shape:
    """Return the shape of a body, unpacked as far as it takes; never raises."""
    start = first_bytes(body, SNIFFED_BYTES)
    return "binary" if binary_name(start) else shape_of(decode_body(start, content_type=content_type))


def shape_of(text: str) -> Shape:
    """Return the shape of a decoded text."""
    start = text[:SNIFFED_BYTES].lstrip("\ufeff \t\r\n\v\f\u00a0\u200b")
    if not start:
        return "empty"
    if start[0] in "{[":
        return "json"
    bare = _without_comments(start)
    root = _ROOT.search(bare)
    doctype = _HTML_DOCTYPE.search(bare)
    if doctype and (root is None or doctype.start() < root.start()):
        return "html"
    if root:
        return _SHAPES.get(root.group(1).lower(), "html")
    return _rootless(start, bare)


def _rootless(start: str, bare: str) -> Shape:
    lines = [line.strip() for line in start.split("\n")[:20] if line.strip()]
    whole = lines[:-1] or lines  # the last may be cut
    if all(_ADDRESS_LINE.match(line) for line in whole):
        return "addresses"
    if _XML_START.match(start):
        return "xml"
    return "html" if _MARK.search(bare) else "words"


def _without_comments(text: str) -> str:
    """Return the text without its XML comments: a root that is commented out is none."""
    kept: list[str] = []
    for _ in range(_MOST_COMMENTS):
        before, opened, rest = text.partition("<!--")
        kept.append(before)
        if not opened:
            break
        text = rest.partition("-->")[2]
    return "".join(kept)


def root_start(text: str) -> int | None:
    """Return where an XML document's root begins, None without one.

    Before it stand declarations, and on careless servers blank lines, warnings and a second byte order mark.
    """
    position = 0
    for _ in range(_MOST_COMMENTS):
        root = _ROOT.search(text, position, position + SNIFFED_BYTES)
        if root is None:
            return None
        comment = text.find("<!--", position, root.start())
        if comment < 0:
            return root.start()
        closed = text.find("-->", comment)
        if closed < 0:
            return None
        position = closed + 3
    return None

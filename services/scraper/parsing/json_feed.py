"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) read into entries."""

from __future__ import annotations

import json
from collections.abc import Mapping

from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.entries import (
    CONTENT_CHARACTERS,
    SUMMARY_CHARACTERS,
    collected,
    language_code,
    title_of,
    words_of,
)
from services.scraper.parsing.links import RefusedLink, first_link, resolved_link
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed
from shared.kit.text import clip, storable

Item = Mapping[str, object]


def looks_like_json(text: str) -> bool:
    """Tell whether the text can only be JSON: XML and HTML begin otherwise."""
    return text[:1] in ("{", "[")


def parse_json_feed(text: str, base_url: str) -> ParsedFeed | NotAFeed:
    """Read a JSON feed; never raises."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return NotAFeed("The answer begins like JSON but is not.", "broken")
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return NotAFeed("The answer is JSON but not a JSON Feed: it has no list of items.")
    version = _text(document, "version")
    if "jsonfeed" not in version:
        return NotAFeed("The answer is JSON but not a JSON Feed: its version is not one of jsonfeed.org.")
    items = [item for item in document["items"] if isinstance(item, dict)]
    entries, unusable = collected(items, lambda item: _entry(item, base_url), _title)
    return ParsedFeed(
        title=_line(document, "title"),
        kind="json",
        entries=entries,
        unusable=unusable,
        dialect="JSON Feed 1.1" if version.rstrip("/").endswith("1.1") else "JSON Feed 1.0",
        hub=first_link(_hubs(document), base_url),
        self_url=first_link([_text(document, "feed_url")], base_url),
        older=first_link([_text(document, "next_url")], base_url),
        language=language_code(_text(document, "language")),
    )


def _hubs(document: Item) -> list[str]:
    hubs = document.get("hubs")
    named = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    return [_text(hub, "url") for hub in named if _text(hub, "type").lower() in ("websub", "pubsubhubbub", "")]


def _entry(item: Item, base_url: str) -> Entry:
    content = words_of(_text(item, "content_html"), CONTENT_CHARACTERS) or _text(item, "content_text").strip()
    published, updated = parse_date(_text(item, "date_published")), parse_date(_text(item, "date_modified"))
    return Entry(
        url=_link(item, base_url),
        title=_title(item),
        summary=words_of(_text(item, "summary"), SUMMARY_CHARACTERS),
        published=published or updated,
        content=clip(content, CONTENT_CHARACTERS),
        guid=_line(item, "id"),
        author=_author(item),
        updated=updated,
        image_url=first_link([_text(item, "image"), _text(item, "banner_image")], base_url) or "",
    )


def _link(item: Item, base_url: str) -> str:
    """Return `url`, or an `id` that is an address (1.1 asks ids to be so), or `external_url` (a link blog's target)."""
    for name in ("url", "id", "external_url"):
        href = _text(item, name)
        if href and (name != "id" or href.lower().startswith(("http://", "https://"))):
            return resolved_link(href, base_url)
    raise RefusedLink("it has no link")


def _title(item: Item) -> str:
    return _line(item, "title")


def _author(item: Item) -> str:
    people = item.get("authors")
    first = people[0] if isinstance(people, list) and people else item.get("author")
    return _line(first, "name") if isinstance(first, dict) else ""


def _text(item: Item, name: str) -> str:
    """Return the member as text: ids are sometimes numbers, anything else unexpected is nothing."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    try:
        return storable(value if isinstance(value, str) else str(value))
    except ValueError:  # a number of more digits than Python writes out
        return ""


def _line(item: Item, name: str) -> str:
    return title_of(_text(item, name))

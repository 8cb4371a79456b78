"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) read into entries."""

from __future__ import annotations

import json
from collections.abc import Mapping

from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.entries import CONTENT_CHARACTERS, SUMMARY_CHARACTERS, TITLE_CHARACTERS, collected
from services.scraper.parsing.links import RefusedLink, resolved_link
from services.scraper.parsing.markup import plain_line, plain_text
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed
from shared.kit.text import clip

Item = Mapping[str, object]


def looks_like_json(text: str) -> bool:
    """Tell whether the text can only be JSON: XML and HTML begin otherwise."""
    return text[:1] in ("{", "[")


def parse_json_feed(text: str, base_url: str) -> ParsedFeed | NotAFeed:
    """Read a JSON feed; never raises."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return NotAFeed("The answer begins like JSON but is not.")
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return NotAFeed("The answer is JSON but not a JSON Feed: it has no list of items.")
    if "jsonfeed" not in _text(document, "version"):
        return NotAFeed("The answer is JSON but not a JSON Feed: its version is not one of jsonfeed.org.")
    items = [item for item in document["items"] if isinstance(item, dict)]
    entries, unusable = collected(items, lambda item: _entry(item, base_url), _title)
    return ParsedFeed(_line(document, "title"), "json", entries, None, unusable)


def _entry(item: Item, base_url: str) -> Entry:
    content = plain_text(_text(item, "content_html")) or _text(item, "content_text").strip()
    return Entry(
        url=_link(item, base_url),
        title=_title(item),
        summary=clip(plain_text(_text(item, "summary")), SUMMARY_CHARACTERS),
        published=parse_date(_text(item, "date_published")) or parse_date(_text(item, "date_modified")),
        content=clip(content, CONTENT_CHARACTERS),
        guid=_line(item, "id"),
        author=_author(item),
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
    return value if isinstance(value, str) else str(value)


def _line(item: Item, name: str) -> str:
    return clip(plain_line(_text(item, name)), TITLE_CHARACTERS)

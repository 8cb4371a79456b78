"""What feeds of every kind have in common: limits, and the sorting into usable and unusable entries."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from services.scraper.parsing.links import RefusedLink
from services.scraper.parsing.markup import plain_line, plain_text, tidy_lines
from services.scraper.parsing.results import Entry, UnusableEntry
from shared.kit.text import clip, comparison_key

MOST_ENTRIES = 1000  # the largest honest feed seen has 200; what comes later in a feed is older
TITLE_CHARACTERS = 1000
SUMMARY_CHARACTERS = 20_000
CONTENT_CHARACTERS = 500_000
FEWEST_AT_A_SHARED_ADDRESS = 3  # headlines; two may be an article and its update
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?=$|[-_\s])")

_MOST_MARKUP_CHARACTERS = 600_000  # of one text; what stands beyond is cut off before it is read
_MOST_TITLE_MARKUP_CHARACTERS = 20_000
_MOST_MARKS = 20_000  # angle brackets of one text; an article has hundreds, and a tree of more costs seconds
_TAG = re.compile(r"<[^<>]{0,2000}>")

Raw = TypeVar("Raw")


def collected(
    raws: Iterable[Raw], entry_of: Callable[[Raw], Entry], title_of: Callable[[Raw], str]
) -> tuple[tuple[Entry, ...], tuple[UnusableEntry, ...]]:
    """Return the entries that can be used and those that cannot, each in the feed's order; at most 1000 are read.

    An entry told twice over, alike in every word, is one entry; entries that share an address or an id and differ
    otherwise are all kept. Where three or more headlines share an address it is no article's (the site's first page, a
    table of notices): each is an entry of its own then, with the words that the feed has for it.
    """
    entries: dict[Entry, None] = {}
    unusable: dict[UnusableEntry, None] = {}
    for raw in islice(raws, MOST_ENTRIES):
        try:
            entries.setdefault(entry_of(raw))
        except RefusedLink as refused:
            unusable.setdefault(UnusableEntry(title_of(raw), str(refused)))
    return _told_apart(tuple(entries)), tuple(unusable)


def _told_apart(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    headlines: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        headlines[entry.url].add(comparison_key(entry.title))
    ids = Counter((entry.url, entry.guid) for entry in entries)
    return tuple(
        replace(entry, whole=True, key=_key(entry, own_id=ids[entry.url, entry.guid] == 1))
        if len(headlines[entry.url]) >= FEWEST_AT_A_SHARED_ADDRESS
        else entry
        for entry in entries
    )


def _key(entry: Entry, *, own_id: bool) -> str:
    told = entry.guid if own_id and entry.guid else comparison_key(entry.title)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def words_of(markup: str, limit_characters: int) -> str:
    """Return what a text of a feed says, HTML or not, of bounded length and at bounded cost."""
    kept = markup[:_MOST_MARKUP_CHARACTERS]
    if kept.count("<") > _MOST_MARKS:
        return clip(tidy_lines(_TAG.sub("\n", kept)), limit_characters)
    return clip(plain_text(kept), limit_characters)


def title_of(markup: str) -> str:
    """Return a title, a name or an id of a feed on one line, of bounded length."""
    return clip(plain_line(markup[:_MOST_TITLE_MARKUP_CHARACTERS]), TITLE_CHARACTERS)


def language_code(stated: str) -> str | None:
    """Return the two or three letters of a language tag such as `ru-RU`, None for what is none."""
    found = _LANGUAGE.match(stated)
    return found.group(1).lower() if found else None

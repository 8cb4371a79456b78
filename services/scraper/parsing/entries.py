"""What feeds of every kind have in common: limits, and the sorting into usable and unusable entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from services.scraper.parsing.links import RefusedLink
from services.scraper.parsing.markup import plain_line, plain_text, tidy_lines
from services.scraper.parsing.results import Entry, UnusableEntry
from shared.kit.text import clip

MOST_ENTRIES = 1000  # the largest honest feed seen has 200; what comes later in a feed is older
TITLE_CHARACTERS = 1000
SUMMARY_CHARACTERS = 20_000
CONTENT_CHARACTERS = 500_000
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
    otherwise are all kept.
    """
    entries: dict[Entry, None] = {}
    unusable: dict[UnusableEntry, None] = {}
    for raw in islice(raws, MOST_ENTRIES):
        try:
            entries.setdefault(entry_of(raw))
        except RefusedLink as refused:
            unusable.setdefault(UnusableEntry(title_of(raw), str(refused)))
    return tuple(entries), tuple(unusable)


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

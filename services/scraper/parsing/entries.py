"""What feeds of every kind have in common: limits, and the sorting into usable and unusable entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from services.scraper.parsing.links import RefusedLink
from services.scraper.parsing.results import Entry, UnusableEntry

MOST_ENTRIES = 1000  # the largest honest feed seen has 200; what comes later in a feed is older
TITLE_CHARACTERS = 1000
SUMMARY_CHARACTERS = 20_000
CONTENT_CHARACTERS = 500_000

Raw = TypeVar("Raw")


def collected(
    raws: Iterable[Raw], entry_of: Callable[[Raw], Entry], title_of: Callable[[Raw], str]
) -> tuple[tuple[Entry, ...], tuple[UnusableEntry, ...]]:
    """Return the entries that can be used and those that cannot, each in the feed's order; at most 1000 are read."""
    entries: list[Entry] = []
    unusable: list[UnusableEntry] = []
    for raw in islice(raws, MOST_ENTRIES):
        try:
            entries.append(entry_of(raw))
        except RefusedLink as refused:
            unusable.append(UnusableEntry(title_of(raw), str(refused)))
    return tuple(entries), tuple(unusable)

"""Items of a feed that lead to one address: which of them are articles of their own, and by what they are known. Pure.

An address under three or more headlines is no article's (a site's first page, a table of notices), nor is one under two
headlines with an id for each: each item there is an article of its own then. What an item was known by once, it is
known by for ever, whatever stands beside it today: else an item that is left alone at its address when the others roll
off would be news again.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

FEWEST_HEADLINES = 3  # two may be an article and its update
_KEY_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed: its canonical address, its headline and its id in the feed (empty: none)."""

    canonical: str
    title: str
    guid: str


def spellings_of(item: Item) -> tuple[str, ...]:
    """Return what the item may be known by, each as an address: its own alone, with its id, or with its headline."""
    told = [told for told in (item.guid, _plain(item.title)) if told]
    return (item.canonical, *(f"{item.canonical}#{_key(each)}" for each in told))


def addresses_of(items: Sequence[Item], known: Mapping[str, str]) -> list[str]:
    """Return the address that each item is known by; two items share one where they are one article.

    `known` maps those spellings that are stored already to their headline.
    """
    headlines: defaultdict[str, set[str]] = defaultdict(set)
    guids: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        headlines[item.canonical].add(_plain(item.title))
        guids[item.canonical].add(item.guid)
    ids = Counter((item.canonical, item.guid) for item in items)
    return [
        _address(
            item,
            known,
            is_shared=_is_shared(headlines[item.canonical], guids[item.canonical]),
            has_own_id=bool(item.guid) and ids[item.canonical, item.guid] == 1,
        )
        for item in items
    ]


def _is_shared(headlines: Collection[str], guids: Collection[str]) -> bool:
    if len(headlines) >= FEWEST_HEADLINES:
        return True
    return len(headlines) > 1 and len(guids) == len(headlines) and "" not in guids


def _address(item: Item, known: Mapping[str, str], *, is_shared: bool, has_own_id: bool) -> str:
    plain, *keyed = spellings_of(item)
    for spelling in keyed:
        if spelling in known:
            return spelling
    if not is_shared or not keyed or _is_known_alone(item, known):
        return plain
    return keyed[0] if has_own_id else keyed[-1]


def _is_known_alone(item: Item, known: Mapping[str, str]) -> bool:
    """Tell whether the address was this very item's before others came to it."""
    title = known.get(item.canonical)
    return title is not None and _plain(title) == _plain(item.title)


def is_of_shared_address(address: str, item: Item) -> bool:
    """Tell whether an item known by this address shares its page with others, so that the page is not its own."""
    return address != item.canonical


def all_spellings(items: Collection[Item]) -> list[str]:
    """Return everything that these items may be known by, each once."""
    return sorted({spelling for item in items for spelling in spellings_of(item)})


def _key(told: str) -> str:
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:_KEY_DIGITS]


def _plain(title: str) -> str:
    """Return the headline without what editors change unseen; cheap, since every item of every feed comes through."""
    return " ".join(title.casefold().split())

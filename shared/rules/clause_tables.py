"""Where clauses are filed under words: tables that are quick to ask for all words of an article, and to add to.

What is filed is the number of a clause, or several; `~number` stands for one that the article may not hold, so
that it is still to be looked at. No table is large, since Python makes a new one of twice the size when one is full:
at 200,000 entries that takes 20 ms, in which nobody is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeAlias

Filed: TypeAlias = int | tuple[int, ...]
Pair: TypeAlias = tuple[str, str]
_TABLES = 64  # a power of two


class WordTable:
    """Numbers under single words, dealt out to many tables by the hash of the word."""

    def __init__(self) -> None:
        self._tables: tuple[dict[str, Filed], ...] = tuple({} for _ in range(_TABLES))

    def at(self, word: str) -> tuple[int, ...]:
        """What is filed under the word."""
        return as_tuple(self._tables[hash(word) & (_TABLES - 1)].get(word, ()))

    def under(self, words: Iterable[str]) -> list[Filed]:
        """All that is filed under any of these words."""
        tables, last = self._tables, _TABLES - 1
        return [filed for word in words if (filed := tables[hash(word) & last].get(word)) is not None]

    def file(self, word: str, number: int) -> None:
        """Add a number."""
        _add(self._tables[hash(word) & (_TABLES - 1)], word, number)


class PairTable:
    """Numbers under two words that follow each other: for each word a table of those that come after it."""

    def __init__(self) -> None:
        self._after: dict[str, dict[str, Filed]] = {}

    def at(self, pair: Pair) -> tuple[int, ...]:
        """What is filed under the pair."""
        return as_tuple(self._after.get(pair[0], {}).get(pair[1], ()))

    def along(self, words: Sequence[str]) -> list[Filed]:
        """All that is filed under any two neighbours of a text."""
        return [
            filed
            for after, word in zip(map(self._after.get, words), islice(words, 1, None), strict=False)
            if after is not None and (filed := after.get(word)) is not None
        ]

    def under(self, pairs: Iterable[Pair]) -> list[Filed]:
        """All that is filed under any of these pairs."""
        return [number for pair in pairs for number in self.at(pair)]

    def file(self, pair: Pair, number: int) -> None:
        """Add a number."""
        _add(self._after.setdefault(pair[0], {}), pair[1], number)


def numbers_in(filed: Iterable[Filed]) -> set[int]:
    """The numbers, each once."""
    numbers: set[int] = set()
    for each in filed:
        if type(each) is int:
            numbers.add(each)
        else:
            numbers.update(as_tuple(each))
    return numbers


def as_tuple(filed: Filed) -> tuple[int, ...]:
    """What is filed, one or several."""
    return filed if isinstance(filed, tuple) else (filed,)


def _add(table: dict[str, Filed], key: str, number: int) -> None:
    filed = table.get(key)
    table[key] = number if filed is None else (*as_tuple(filed), number)

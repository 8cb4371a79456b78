"""What was made of a word is kept, since news repeats its words; bounded, because pages are strangers'."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

LONGEST_KEPT_LETTERS = 64  # longer ones are no words, and a hostile page has many

_Made = TypeVar("_Made")


class Kept(dict[str, _Made]):
    """What is made of words, made once for those met of late: asked as a dictionary, which answers for every word.

    It has two generations. When the newer is full the older is forgotten, and what is met again meanwhile becomes new:
    so it holds between `most` and twice as many, and a page of strange words does not empty it. Threads may share it.
    """

    def __init__(self, make: Callable[[str], _Made], most: int) -> None:
        super().__init__()
        self._make = make
        self._most = most
        self._older: dict[str, _Made] = {}

    def __missing__(self, word: str) -> _Made:
        """Make it, or take it over from the older generation."""
        if len(word) > LONGEST_KEPT_LETTERS:
            return self._make(word)
        made = self._older.get(word)
        if made is None:
            made = self._make(word)
        if len(self) >= self._most:
            self._older = dict(self)
            self.clear()
        self[word] = made
        return made

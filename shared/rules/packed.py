"""The body of an article out of the archive, in the form in which phrases and words near each other are asked of it."""

from __future__ import annotations

from shared.rules.archive_terms import key_term
from shared.rules.passage import Passage


class PackedPassage(Passage):
    """The keys of a body in order; what a clause asks for is looked up when it asks.

    It answers for words, phrases and words near each other. It has no letters: of beginnings and exact forms it must
    not be asked.
    """

    def __init__(self, words: str, joins: str) -> None:
        self.text, self.offset, self.tokens = "", 0, ()
        parts = joins.split(" ") if joins else []
        self.joined = {int(parts[at]): parts[at + 1] for at in range(0, len(parts), 2)}
        self.keys = tuple(words.split(" ")[1:])
        self.places = _Places(f"{words} ", self.joined)


class _Places(dict[str, list[tuple[int, int]]]):
    """Where a key occurs, found in the row of all keys at the first asking."""

    def __init__(self, words: str, joined: dict[int, str]) -> None:
        super().__init__()
        self._words = words
        self._joined = joined

    def get(self, key: str, default: object = ()) -> list[tuple[int, int]]:  # noqa: ARG002
        """The places of a key, none for one that does not occur."""
        if key not in self:
            self[key] = self._found(key_term(key))
        return self[key]

    def _found(self, term: str) -> list[tuple[int, int]]:
        found = [(number, number + 1) for number, whole in self._joined.items() if whole == term]
        words, needle = self._words, f" {term} "
        at, before, number = words.find(needle), 0, 0
        while at >= 0:
            number += words.count(" ", before, at)
            found.append((number, number))
            before, at = at, words.find(needle, at + len(needle) - 1)
        found.sort()
        return found

"""A title or a body out of the archive, in the form in which rules are asked of it."""

from __future__ import annotations

from typing import Any

from shared.language.tokens import Token
from shared.rules.archive_terms import AS_KEY, AS_WRITTEN, END_OF_TITLE, EXACT, OTHERWISE_WRITTEN, short
from shared.rules.passage import Passage


def packed(words: str, joins: str, terms: str) -> tuple[PackedPassage, PackedPassage]:
    """The title and the body of an article, see `archived.Archived`; without its terms they have no letters."""
    title, _, body = words.partition(f" {END_OF_TITLE}")
    title_joins, _, body_joins = joins.partition(END_OF_TITLE)
    return PackedPassage(title, title_joins, terms, 0), PackedPassage(body, body_joins, terms, title.count(" "))


class PackedPassage(Passage):
    """The keys of a text in order, and its letters where its terms are given; what is asked for is looked up then.

    It has neither sentences nor places in characters.
    """

    def __init__(self, words: str, joins: str, terms: str, first: int) -> None:
        self.text, self.offset = "", 0
        self._words = words.replace(f" {AS_KEY}", " ")
        self._terms = terms
        self._first = first
        parts = joins.split(" ") if joins else []
        self.joined = {int(parts[at]): parts[at + 1] for at in range(0, len(parts), 2)}
        self.places = _Places(f"{self._words} ", self.joined)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of three attributes, each with its own type
        """What is made when it is asked for: the keys, and the tokens."""
        match name:
            case "keys":
                self.keys = tuple(self._words.split(" ")[1:])
                return self.keys
            case "tokens":
                self.tokens = tuple(self._lettered())
                return self.tokens
        raise AttributeError(name)

    def _lettered(self) -> list[Token]:
        tokens: list[Token] = []
        passed = 0
        for term in self._terms.split(" ")[1:]:
            if term[0] == OTHERWISE_WRITTEN:
                if tokens:
                    tokens[-1] = tokens[-1]._replace(folded=term[1:])
                continue
            if passed < self._first:
                passed += 1
            elif len(tokens) < len(self.keys):
                tokens.append(_token(term, self.keys[len(tokens)]))
            else:
                break
        return tokens


def _token(term: str, key: str) -> Token:
    """The letters of a word; its places in the text and its stem are not known."""
    if term == AS_KEY:
        return Token(0, 0, key, key, "")
    spelling = term[1:]
    if term[0] == AS_WRITTEN:
        return Token(0, 0, spelling, spelling, "")
    return Token(0, 0, spelling.partition(EXACT)[0], "", "")


class _Places(dict[str, list[tuple[int, int]]]):
    """Where a key occurs, found in the row of all keys at the first asking."""

    def __init__(self, words: str, joined: dict[int, str]) -> None:
        super().__init__()
        self._words = words
        self._joined = joined

    def get(self, key: str, default: object = ()) -> list[tuple[int, int]]:  # noqa: ARG002
        """The places of a key, none for one that does not occur."""
        if key not in self:
            self[key] = self._found(short(key))
        return self[key]

    def _found(self, term: str) -> list[tuple[int, int]]:
        found = [(number, number + 1) for number, whole in self._joined.items() if whole == term]
        words, needle = self._words, f" {term} "
        at, before, number = words.find(needle), 0, 0
        while at >= 0:
            number += words.count(" ", before, at)
            found.append((number, number))
            before, at = at, words.find(needle, at + len(needle) - 1)
        if self._joined:
            found.sort()
        return found

"""A title or a body out of the archive, in the form in which rules are asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from shared.language.tokens import Token
from shared.rules.archive_terms import AS_KEY, AS_WRITTEN, END_OF_TITLE, EXACT, OTHERWISE_WRITTEN, short
from shared.rules.passage import Passage, Span, numbers_in
from shared.rules.terms import Phrase


def packed(words: str, joins: str, terms: str) -> tuple[PackedPassage, PackedPassage]:
    """The title and the body of an article, see `archived.Archived`; without its terms they have no letters."""
    title, _, body = words.partition(f" {END_OF_TITLE}")
    title_joins, _, body_joins = joins.partition(END_OF_TITLE)
    return PackedPassage(title, title_joins, terms, 0), PackedPassage(body, body_joins, terms, title.count(" "))


class PackedPassage(Passage):
    """The keys of a text in order, and its letters where its terms are given; what is asked for is looked up then.

    It has neither sentences nor places in characters. `first` is how many words of `terms` are before its own.
    """

    def __init__(self, words: str, joins: str, terms: str, first: int) -> None:
        self.text, self.offset = "", 0
        self._filed = words
        self._words = words.replace(f" {AS_KEY}", " ")
        self._terms = terms
        self._first = first
        parts = joins.split(" ") if joins else []
        self.joined = {int(parts[at]): parts[at + 1] for at in range(0, len(parts), 2)}
        self._padded = f"{self._words} "
        self._places = {}

    def has_in_a_row(self, phrase: Phrase) -> bool | None:
        """Whether the words of a phrase follow each other; None where a hyphen may stand on either side."""
        stems = phrase.stems
        if not self._over_hyphens.isdisjoint(stems) or any(
            whole is not None and f" {whole} " in self._padded for whole in phrase.joined_stems
        ):
            return None
        return f" {' '.join(stems)} " in self._padded

    def in_a_row(self, phrase: Phrase) -> None:
        """None: `has_in_a_row` is all that is asked of most, and the places of few are looked for."""

    def words_beginning(self, head: str) -> Iterator[str]:
        """The beginning itself, which stands for all words that begin so."""
        yield head

    def tokens_of(self, folded: str) -> Sequence[int]:
        """The numbers of the words that begin so."""
        size = self._words.count(" ")
        numbers = list(numbers_in(self._filed, f" {AS_KEY}{folded}"))
        terms, skipped = self._terms, f" {OTHERWISE_WRITTEN}"
        for mark in (AS_WRITTEN, OTHERWISE_WRITTEN):
            at = terms.find(f" {mark}{folded}")
            while at >= 0:
                before = terms.count(" ", 0, at) - terms.count(skipped, 0, at) - (mark == OTHERWISE_WRITTEN)
                if 0 <= before - self._first < size:
                    numbers.append(before - self._first)
                at = terms.find(f" {mark}{folded}", at + 1)
        return numbers

    @cached_property
    def keys(self) -> tuple[str, ...]:  # type: ignore[override]  # made when it is asked for
        """The keys of the words in order."""
        return tuple(self._words.split(" ")[1:])

    def _found(self, key: str) -> Sequence[Span]:
        term = short(key)
        found = [(number, number + 1) for number, whole in self.joined.items() if whole == term]
        found += ((number, number) for number in numbers_in(self._padded, f" {term} "))
        return sorted(found) if self.joined else found

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The words as they are written."""
        return _Letters(self._terms, self._first, self.keys)


class _Letters(Sequence[Token]):
    """The words as they are written; a word is made when it is asked for, since few are."""

    def __init__(self, terms: str, first: int, keys: Sequence[str]) -> None:
        self._own = [term for term in terms.split(" ")[1:] if term[0] != OTHERWISE_WRITTEN]
        self._first = first
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, number: int) -> Token:  # type: ignore[override]  # nobody asks for several at once
        return Token(0, 0, _spelling(self._own[self._first + number], self._keys[number]), "", "")


def _spelling(term: str, key: str) -> str:
    """How a word is written, by the term of its letters and its key."""
    return key if term == AS_KEY else term[1:].partition(EXACT)[0]

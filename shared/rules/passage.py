"""A title or a body as the rules see it: its words, and where each occurs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import TypeAlias

from shared.language.sentences import sentence_around, sentences
from shared.language.tokens import Token, chunks_of, tokenise
from shared.rules.chunk_keys import HYPHENS, forms_of_chunk, joins_of_chunk, keys_of_chunk
from shared.rules.terms import Phrase

_NEXT = "\n"  # between the words of a row: no word has a line's end in it
Span: TypeAlias = tuple[int, int]


class Passage:
    """The words of a title or a body.

    `keys` are what the words are matched by, in order: their stems, see `word_key`. `joined` maps the number of a word
    that a hyphen ties to the next to the key of both: it stands for itself beside its two parts. `offset` is where the
    text begins in the article's own field, in characters.

    Most articles are only asked for their keys; all else is made when it is asked for.
    """

    def __init__(self, text: str, spans: Sequence[Span] | None = None, *, offset: int = 0) -> None:
        self.text = text
        self.offset = offset
        self._sentence_spans = spans
        self._places: dict[str, Sequence[Span]] = {}
        chunks = chunks_of(text)
        forms = list(map(keys_of_chunk, chunks))
        self.keys: tuple[str, ...] = tuple(chain.from_iterable(forms))
        self.joined: dict[int, str] = {}
        if any(hyphen in text for hyphen in HYPHENS):
            self.joined = dict(_joined(chunks, forms))

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The words with their letters and their places in the text, as many as keys."""
        return tokenise(self.text)

    def sentence_number(self, token_number: int) -> int:
        """The number of the sentence in which a token begins."""
        return bisect_right(self._sentence_starts, self.tokens[token_number].start)

    def sentence_around(self, first: int, last: int) -> str:
        """The sentence or sentences around two tokens and all between them, clipped to a readable length."""
        return sentence_around(self.text, self.tokens[first].start, self.tokens[last].end, self._sentences)

    def places_of(self, key: str) -> Sequence[Span]:
        """The first and last word numbers of each occurrence of a key, in order."""
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = self._found(key)
        return found

    def in_a_row(self, phrase: Phrase) -> Sequence[Span] | None:
        """Where the words of a phrase follow each other; None where a hyphen may stand on either side."""
        stems = phrase.stems
        if not self.different_keys.isdisjoint(phrase.joined_stems):
            return None
        if self.joined and not self._over_hyphens.isdisjoint(stems):
            return None
        return [(first, first + len(stems) - 1) for first in numbers_in(self._row, _NEXT.join(("", *stems, "")))]

    def has_word_beginning(self, head: str) -> bool:
        """Whether any word begins so."""
        return next(self.words_beginning(head), None) is not None

    def words_beginning(self, head: str) -> Iterator[str]:
        """The folded words that begin so, in order of the alphabet."""
        words = self.forms
        for number in range(bisect_left(words, head), len(words)):
            if not words[number].startswith(head):
                return
            yield words[number]

    def tokens_of(self, folded: str) -> Sequence[int]:
        """The numbers of the tokens with this folded word."""
        return self._tokens_of.get(folded, ())

    @cached_property
    def different_keys(self) -> set[str]:
        """The keys, and those of words over hyphens, each once."""
        return {*self.keys, *self.joined.values()}

    @cached_property
    def forms(self) -> list[str]:
        """The different folded words, in order of the alphabet."""
        return sorted(set(self._folded))

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The keys of any two neighbours, one of which may be a word over a hyphen."""
        return {*pairwise(self.keys), *self.pairs_over_hyphens}

    @property
    def pairs_over_hyphens(self) -> Iterator[tuple[str, str]]:
        """The keys of neighbours one of which, or each, is a word over a hyphen."""
        keys, joined = self.keys, self.joined
        for number, whole in joined.items():
            if number:
                yield keys[number - 1], whole
            if number - 2 in joined:
                yield joined[number - 2], whole
            if number + 2 < len(keys):
                yield whole, keys[number + 2]

    @cached_property
    def _row(self) -> str:
        return _NEXT.join(("", *self.keys, ""))

    @cached_property
    def _over_hyphens(self) -> frozenset[str]:
        return frozenset(self.joined.values())

    def _found(self, key: str) -> Sequence[Span]:
        if key not in self.different_keys:
            return ()
        found = [(number, number) for number in numbers_in(self._row, f"{_NEXT}{key}{_NEXT}")]
        if key in self._over_hyphens:
            found += [(number, number + 1) for number, whole in self.joined.items() if whole == key]
            found.sort()
        return found

    @property
    def _folded(self) -> Iterator[str]:
        return chain.from_iterable(map(forms_of_chunk, chunks_of(self.text)))

    @cached_property
    def _tokens_of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, folded in enumerate(self._folded):
            found.setdefault(folded, []).append(number)
        return found

    @cached_property
    def _sentences(self) -> Sequence[Span]:
        return sentences(self.text) if self._sentence_spans is None else self._sentence_spans

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self._sentences]


def numbers_in(row: str, needle: str) -> Iterator[int]:
    """The numbers of the words in a row at which the needle begins; both begin with the mark before a word."""
    mark = needle[0]
    at, before, number = row.find(needle), 0, 0
    while at >= 0:
        number += row.count(mark, before, at)
        yield number
        before, at = at, row.find(needle, at + 1)


def _joined(chunks: Sequence[str], forms: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, str]]:
    """The numbers and keys of words over a hyphen. Nearly every chunk is one word: only the others change the count."""
    beyond = 0  # how many more words than chunks were before
    for at in [at for at, keys in enumerate(forms) if len(keys) != 1]:
        if len(forms[at]) > 1:
            for number, whole in joins_of_chunk(chunks[at]):
                yield at + beyond + number, whole
        beyond += len(forms[at]) - 1

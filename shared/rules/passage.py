"""A title or a body as the rules see it: its words, and where each occurs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import regex

from shared.language.sentences import sentence_around, sentences
from shared.language.tokens import Token, tokenise
from shared.rules.terms import joined_stem
from shared.rules.word_key import word_key

_HYPHEN = regex.compile("[-\u2010\u2011]")


class Passage:
    """The words of a title or a body.

    `keys` are what the words are matched by, in order: their stems, see `word_key`. `places` maps a key to the (first,
    last) token numbers of its occurrences, in order; a word written with a hyphen stands there as its two parts, and
    as one word over both. `joined` maps the number of a token that a hyphen ties to the next to the key of both.
    `offset` is where the text begins in the article's own field, in characters.
    """

    def __init__(self, text: str, spans: Sequence[tuple[int, int]] | None = None, *, offset: int = 0) -> None:
        self.text = text
        self.offset = offset
        self.tokens: Sequence[Token] = tokenise(text)
        self.keys: tuple[str, ...] = tuple(map(word_key, [token.stem for token in self.tokens]))
        self.joined: dict[int, str] = {}
        self.places: dict[str, list[tuple[int, int]]] = {}
        self._spans = spans
        places = self.places
        for number, key in enumerate(self.keys):
            if key in places:
                places[key].append((number, number))
            else:
                places[key] = [(number, number)]
        self._join_over_hyphens()

    def sentence_number(self, token_number: int) -> int:
        """The number of the sentence in which a token begins."""
        return bisect_right(self._sentence_starts, self.tokens[token_number].start)

    def sentence_around(self, first: int, last: int) -> str:
        """The sentence or sentences around two tokens and all between them, clipped to a readable length."""
        return sentence_around(self.text, self.tokens[first].start, self.tokens[last].end, self._sentences)

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
    def forms(self) -> list[str]:
        """The different folded words, in order of the alphabet."""
        return sorted(self._tokens_of)

    @cached_property
    def pairs(self) -> set[tuple[str, str]]:
        """The keys of any two neighbours, one of which may be a word over a hyphen."""
        keys, joined = self.keys, self.joined
        pairs = set(pairwise(keys))
        for number, whole in joined.items():
            if number:
                pairs.add((keys[number - 1], whole))
            if number - 2 in joined:
                pairs.add((joined[number - 2], whole))
            if number + 2 < len(keys):
                pairs.add((whole, keys[number + 2]))
        return pairs

    @cached_property
    def _tokens_of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, token in enumerate(self.tokens):
            found.setdefault(token.folded, []).append(number)
        return found

    def _join_over_hyphens(self) -> None:
        hyphens = [match.start() for match in _HYPHEN.finditer(self.text)]
        ends = [token.end for token in self.tokens] if hyphens else []
        for hyphen in hyphens:
            number = bisect_left(ends, hyphen)
            if number + 1 >= len(ends) or ends[number] != hyphen or self.tokens[number + 1].start != hyphen + 1:
                continue
            if (stem := joined_stem(self.tokens[number], self.tokens[number + 1])) is not None:
                self.joined[number] = stem
                insort(self.places.setdefault(stem, []), (number, number + 1))

    @cached_property
    def _sentences(self) -> Sequence[tuple[int, int]]:
        return sentences(self.text) if self._spans is None else self._spans

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self._sentences]

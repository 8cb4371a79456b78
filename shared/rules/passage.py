"""A title or a body as the rules see it: its words, and where each occurs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise

import regex

from shared.language.sentences import sentence_around, sentences
from shared.language.tokens import Token, chunks_of, tokenise
from shared.rules.chunk_keys import joins_of_chunk, keys_of_chunk

_HYPHEN = regex.compile("[-\u2010\u2011]")


class Passage:
    """The words of a title or a body.

    `keys` are what the words are matched by, in order: their stems, see `word_key`. `joined` maps the number of a word
    that a hyphen ties to the next to the key of both. `places` maps a key to the (first, last) word numbers of its
    occurrences, in order; a word written with a hyphen stands there as its two parts, and as one word over both.
    `offset` is where the text begins in the article's own field, in characters.

    Most articles are only asked for their keys; all else is made when it is asked for.
    """

    def __init__(self, text: str, spans: Sequence[tuple[int, int]] | None = None, *, offset: int = 0) -> None:
        self.text = text
        self.offset = offset
        self._spans = spans
        chunks = chunks_of(text)
        forms = list(map(keys_of_chunk, chunks))
        self.keys: tuple[str, ...] = tuple(chain.from_iterable(forms))
        self.joined: dict[int, str] = dict(_joined(chunks, forms)) if _HYPHEN.search(text) else {}

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The words with their letters and their places in the text, as many as keys."""
        return tokenise(self.text)

    @cached_property
    def places(self) -> dict[str, list[tuple[int, int]]]:
        """Where each key occurs."""
        places: dict[str, list[tuple[int, int]]] = {}
        for number, key in enumerate(self.keys):
            if key in places:
                places[key].append((number, number))
            else:
                places[key] = [(number, number)]
        for number, whole in self.joined.items():
            insort(places.setdefault(whole, []), (number, number + 1))
        return places

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

    @cached_property
    def _sentences(self) -> Sequence[tuple[int, int]]:
        return sentences(self.text) if self._spans is None else self._spans

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self._sentences]


def _joined(chunks: Sequence[str], forms: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, str]]:
    """The numbers and keys of words over a hyphen. Nearly every chunk is one word: only the others change the count."""
    beyond = 0  # how many more words than chunks were before
    for at in [at for at, keys in enumerate(forms) if len(keys) != 1]:
        if len(forms[at]) > 1:
            for number, whole in joins_of_chunk(chunks[at]):
                yield at + beyond + number, whole
        beyond += len(forms[at]) - 1

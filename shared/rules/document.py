"""One article as the rules see it: tokenised once, on the first question, for all rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from shared.contracts.verdict import AgreementFinding, SectorFinding, Verdict
from shared.language.sentences import sentence_around, sentences
from shared.language.tokens import Token, tokenise
from shared.rules.query import joined_stem
from shared.rules.word_key import word_key

_Finding = TypeVar("_Finding", AgreementFinding, SectorFinding)
_HYPHENS = frozenset("-\u2010\u2011")


class Passage:
    """A title or a body: its words, where each stem occurs, and its sentences.

    `keys` are what the words are matched by, in order: their stems, see `word_key`. `places` maps a key to the (first,
    last) token numbers of its occurrences, in order; a word written with a hyphen stands there as its two parts, and
    as one word over both. `joined` maps the number of a token that a hyphen ties to the next to the key of both.
    """

    def __init__(self, text: str, spans: Sequence[tuple[int, int]] | None = None) -> None:
        self.text = text
        self.tokens: tuple[Token, ...] = tokenise(text)
        self.keys: tuple[str, ...] = tuple(word_key(token.stem) for token in self.tokens)
        self.joined: dict[int, str] = {}
        self.places: dict[str, list[tuple[int, int]]] = {}
        self._spans = spans
        for number, token in enumerate(self.tokens):
            self.places.setdefault(self.keys[number], []).append((number, number))
            if token.end < len(text) and text[token.end] in _HYPHENS:
                self._join(number)

    def sentence_number(self, token_number: int) -> int:
        """The number of the sentence in which a token begins."""
        return bisect_right(self._sentence_starts, self.tokens[token_number].start)

    def sentence_around(self, first: int, last: int) -> str:
        """The sentence or sentences around two tokens and all between them, clipped to a readable length."""
        return sentence_around(self.text, self.tokens[first].start, self.tokens[last].end, self._sentences)

    def _join(self, number: int) -> None:
        if number + 1 == len(self.tokens) or self.tokens[number + 1].start != self.tokens[number].end + 1:
            return
        if (stem := joined_stem(self.tokens[number], self.tokens[number + 1])) is not None:
            self.joined[number] = stem
            self.places.setdefault(stem, []).append((number, number + 1))

    @cached_property
    def _sentences(self) -> Sequence[tuple[int, int]]:
        return sentences(self.text) if self._spans is None else self._spans

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self._sentences]


@dataclass(frozen=True, eq=False)
class Document:
    """An article's title and text, and what the classifier found in it.

    The findings of an article that was judged irrelevant count for nothing here.
    """

    title: str
    text: str
    verdict: Verdict

    @cached_property
    def passages(self) -> tuple[Passage, Passage]:
        """The title, which is one sentence, and the body."""
        title = self.title.strip()
        return Passage(title, [(0, len(title))]), Passage(self.text)

    @cached_property
    def agreements(self) -> Mapping[str, AgreementFinding]:
        """The agreements that the article is about, by id, the surest first."""
        return _by_id(self.verdict.agreements) if self.verdict.relevant else {}

    @cached_property
    def sectors(self) -> Mapping[str, SectorFinding]:
        """The sectors that the article belongs to, by id, the surest first."""
        return _by_id(self.verdict.sectors) if self.verdict.relevant else {}


def _by_id(findings: Sequence[_Finding]) -> Mapping[str, _Finding]:
    by_id: dict[str, _Finding] = {}
    for finding in findings:
        by_id.setdefault(finding.id, finding)
    return by_id

"""The words a rule looks for: one, several in a row, a beginning, or the letters exactly as written."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from shared.language.fold import fold, stem_of
from shared.language.tokens import Token, tokenise
from shared.rules.word_key import word_key

_MIN_JOINED_LETTERS = 5  # "e-visa" and "evisa" are one word; "a go" and "ago" are not
_VIRAMA = "\u094d"
_NASALS = frozenset("ङञणनम")
_ANUSVARA = "\u0902"
_CACHED_TERMS = 8_192  # of rules that matched of late; a few MB
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was written; `at` is its place in the query, in characters from 0."""

    text: str
    at: int = field(default=0, compare=False, repr=False)

    @property
    def stem(self) -> str:
        """What is looked for."""
        return _stems(self.text)[0]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other, as they were written, without the quotes."""

    text: str
    at: int = field(default=0, compare=False, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The words as they were written."""
        return tuple(token.surface for token in _tokens(self.text))

    @property
    def stems(self) -> tuple[str, ...]:
        """What is looked for, in order."""
        return _stems(self.text)

    @property
    def joined_stems(self) -> tuple[str | None, ...]:
        """For each word but the last, the stem of it and the next as one ("visafree"), where that makes sense."""
        return _joined_stems(self.text)


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word, without its star."""

    text: str
    at: int = field(default=0, compare=False, repr=False)

    @property
    def heads(self) -> tuple[str, ...]:
        """What a folded word must begin with: any of these."""
        return _heads(self.text)


@dataclass(frozen=True, slots=True)
class Exact:
    """Words as they are written, letter for letter: case and ending count."""

    text: str
    at: int = field(default=0, compare=False, repr=False)

    @property
    def spellings(self) -> tuple[str, ...]:
        """What is looked for, in order."""
        return tuple(spelling_of(token.surface) for token in _tokens(self.text))

    @property
    def in_any_form(self) -> Phrase:
        """The same words in any form: where they do not stand, the exact ones do not either."""
        return Phrase(self.text, self.at)


Term: TypeAlias = Word | Phrase | Prefix | Exact


def spelling_of(surface: str) -> str:
    """A word as it is written, without what cannot be seen; two ways to store one letter are one."""
    return surface if surface.isascii() else unicodedata.normalize("NFC", surface.translate(_INVISIBLE))


def joined_stem(left: str, right: str) -> str | None:
    """The key of two folded words written as one, or None where they are too short or meet at a digit."""
    if len(left) + len(right) < _MIN_JOINED_LETTERS or left[-1:].isdigit() or right[:1].isdigit():
        return None
    return word_key(stem_of(left + right))


@lru_cache(maxsize=_CACHED_TERMS)
def _tokens(text: str) -> Sequence[Token]:
    return tokenise(text)


@lru_cache(maxsize=_CACHED_TERMS)
def _stems(text: str) -> tuple[str, ...]:
    return tuple([word_key(token.stem) for token in _tokens(text)])


@lru_cache(maxsize=_CACHED_TERMS)
def _joined_stems(text: str) -> tuple[str | None, ...]:
    tokens = _tokens(text)
    return tuple(joined_stem(left.folded, right.folded) for left, right in pairwise(tokens))


@lru_cache(maxsize=_CACHED_TERMS)
def _heads(text: str) -> tuple[str, ...]:
    """The folded beginning; one cut after a nasal is also looked for in the other spelling of that nasal (हिन्, हिं)."""
    folded = fold(text)
    if folded.endswith(_VIRAMA) and folded[-2:-1] in _NASALS:
        return folded, folded[:-2] + _ANUSVARA
    return (folded,)

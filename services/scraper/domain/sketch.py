"""What is kept of a text so that its copies are known: marks and figures. Pure.

A mark is the hash of some words in a row (a shingle). Of the long ones every other is kept, chosen by its value, so
that two texts choose alike wherever they agree: a scaled MinHash sketch (Irber et al. 2022,
https://doi.org/10.1101/2022.01.11.475838). Sketches are compared by containment, the part of the smaller one that the
other has too (Broder 1997, "On the resemblance and containment of documents"): a copy whose tail was cut off is
contained in the whole, though it resembles it little.

Words are compared by their stems, so that all three scripts and their inflections are treated alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from shared.language.fold import CACHED_WORDS
from shared.language.tokens import Token, tokenise

MOST_WORDS = 1_500  # editors cut from the end, so that the beginning is enough to know a copy by
MOST_CHARACTERS = 12 * MOST_WORDS  # the longest words of the three languages, on average, are shorter
LONG_SHINGLE_WORDS = 5  # so many words in a row are seldom written twice, and mostly survive an editor
ONE_LONG_MARK_IN = 2  # a text of 600 words keeps 300; with half as many, one heavy edit in twenty more is missed
LEAD_WORDS = 120  # the news stands in the first paragraphs; what follows is background, and much repeated
BRIEF_WORDS = 200  # a shorter text has too few long marks that survive an editor: it keeps short ones as well
SHORT_SHINGLE_WORDS = 3
ONE_KEY_IN = 2  # of the lead's marks and the short ones: copies share several of them, or they are none
FEWEST_WORDS = 25  # a flash of a sentence or two is worded alike by chance

_MODULUS = (1 << 61) - 1  # a Mersenne prime
_BASE = 1_099_511_628_211  # FNV's prime; any large odd number would do
_BITS = 64
_MARK_BITS = 32  # fits an integer column; among three million keys a look-up meets a false one in fifty times, alone
_SHORT = 0x5EED  # keeps short marks apart from long ones


@dataclass(frozen=True, slots=True)
class Sketch:
    """A text's marks, each a signed 32-bit number, in the order of the text and each once.

    `lead` says how many of the long marks begin in the first paragraphs. `short` is empty unless the text is brief.
    `figures` are hashes of its numbers, which the next issue of a template changes.
    """

    long: tuple[int, ...]
    lead: int
    short: tuple[int, ...]
    figures: tuple[int, ...]

    @property
    def keys(self) -> frozenset[int]:
        """The marks by which the sketch is found: every other one of the lead's and of the short ones."""
        return frozenset(mark for mark in (*self.long[: self.lead], *self.short) if mark % ONE_KEY_IN == 0)


def sketch_of(text: str) -> Sketch | None:
    """Return the text's sketch; None for a text that is too short to be known by its words."""
    tokens = tokenise(text[:MOST_CHARACTERS])[:MOST_WORDS]
    if len(tokens) < FEWEST_WORDS:
        return None
    words = [_number(token.stem) for token in tokens]
    sampled = [value for value in _shingles(words, LONG_SHINGLE_WORDS) if value % ONE_LONG_MARK_IN == 0]
    in_lead = _shingles(words[:LEAD_WORDS], LONG_SHINGLE_WORDS)
    brief = len(tokens) < BRIEF_WORDS
    short = _shingles([word ^ _SHORT for word in words], SHORT_SHINGLE_WORDS) if brief else ()
    return Sketch(
        long=_marks(sampled),
        lead=len(_marks([value for value in in_lead if value % ONE_LONG_MARK_IN == 0])),
        short=_marks(short),
        figures=_marks([_number(token.folded) for token in tokens if _is_figure(token)]),
    )


def _is_figure(token: Token) -> bool:
    return token.folded[:1].isdigit()


def _marks(values: Collection[int] | Iterator[int]) -> tuple[int, ...]:
    """Return the values as marks, each once, in their order."""
    sign = 1 << (_MARK_BITS - 1)
    return tuple(dict.fromkeys((value >> (_BITS - _MARK_BITS)) - sign for value in values))


def _shingles(words: Sequence[int], size: int) -> Iterator[int]:
    """Return a 64-bit value for every run of so many words: Rabin and Karp's rolling hash, mixed at the end."""
    leaving = pow(_BASE, size, _MODULUS)
    rolling = 0
    for at, entering in enumerate(words):
        rolling = (rolling * _BASE + entering - (words[at - size] * leaving if at >= size else 0)) % _MODULUS
        if at >= size - 1:
            yield _mixed(rolling)


def _mixed(value: int) -> int:
    """Return the value with every bit depending on all: the finaliser of SplitMix64 (Steele et al. 2014)."""
    whole = (1 << _BITS) - 1
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & whole
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & whole
    return value ^ (value >> 31)


@lru_cache(maxsize=CACHED_WORDS)
def _number(word: str) -> int:
    digest = blake2b(word.encode("utf-8", "replace"), digest_size=_BITS // 8).digest()
    return int.from_bytes(digest, "big")

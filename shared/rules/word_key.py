"""Under which key two forms of a word meet in a rule.

Snowball cuts some Russian nominatives deeper than their cases: саммит → самм but саммита → саммит, режим → реж but
режиме → режим. Cutting until nothing more comes off brings them together.
"""

from __future__ import annotations

from functools import lru_cache
from sys import intern

from shared.language.fold import CACHED_WORDS, stem_of

_MIN_LETTERS = 3  # a second cut makes "во" of воен(ный), and would find it in every article
_CYRILLIC_FIRST, _CYRILLIC_LAST = "\u0400", "\u04ff"


@lru_cache(maxsize=CACHED_WORDS)
def word_key(stem: str) -> str:
    """The key of a word of this stem: for a Russian word what is left after every cut, else the stem."""
    key = stem
    while _CYRILLIC_FIRST <= key[-1:] <= _CYRILLIC_LAST:
        shorter = stem_of(key)
        if shorter == key or len(shorter) < _MIN_LETTERS:
            break
        key = shorter
    return intern(key)  # one object for each key: tables of them compare addresses and not letters

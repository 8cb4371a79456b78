"""Under which keys the words of a chunk of text are matched, remembered from one article to the next."""

from __future__ import annotations

from itertools import pairwise

from shared.language.fold import CACHED_WORDS
from shared.language.kept import Kept
from shared.language.tokens import parts_of_chunk
from shared.rules.terms import joined_stem
from shared.rules.word_key import word_key

HYPHENS = "-\u2010\u2011"


def _keys(chunk: str) -> tuple[str, ...]:
    return tuple([word_key(stem) for *_, stem in parts_of_chunk(chunk)])


def _joins(chunk: str) -> tuple[tuple[int, str], ...]:
    parts = parts_of_chunk(chunk)
    joined: list[tuple[int, str]] = []
    for number, (left, right) in enumerate(pairwise(parts)):
        if right[0] == left[1] + 1 and chunk[left[1]] in HYPHENS:
            whole = joined_stem(left[3], right[3])
            if whole is not None:
                joined.append((number, whole))
    return tuple(joined)


def _forms(chunk: str) -> tuple[str, ...]:
    return tuple([folded for _, _, _, folded, _ in parts_of_chunk(chunk)])


keys_of_chunk = Kept(_keys, CACHED_WORDS // 2).__getitem__
"""The keys of the words of a chunk, in order."""

joins_of_chunk = Kept(_joins, CACHED_WORDS // 8).__getitem__  # few words have hyphens
"""The numbers of the words of a chunk that a hyphen ties to the next, each with the key of both as one word."""

forms_of_chunk = Kept(_forms, CACHED_WORDS // 2).__getitem__
"""The folded words of a chunk, in order: as many as keys."""

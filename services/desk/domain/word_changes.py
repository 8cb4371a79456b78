"""What became of a text, word by word: what stayed, what went, what came."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Fate = Literal["same", "lost", "gained"]
_MOST_WORDS = 4_000  # of both texts together: a query has hundreds; what is longer is told as a whole
_WORD = re.compile(r"\s+|[\"()@:]|[^\s\"()@:]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words and what became of it."""

    text: str
    fate: Fate = "same"


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces that `before` and `after` are made of: lost ones stand before the gained."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return tuple(_pieces((before, "lost"), (after, "gained")))
    found: list[Piece] = []
    for what, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found += _pieces(("".join(old[start:end]), "same"))
        else:
            found += _pieces(("".join(old[start:end]), "lost"), ("".join(new[begin:stop]), "gained"))
    return tuple(found)


def marked(text: str, places: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """Return the text in pieces, the places (characters from, up to) as gained; places may overlap, and stray."""
    found: list[Piece] = []
    at = 0
    for start, end in sorted(places):
        begin, stop = max(start, at), min(end, len(text))
        if begin >= stop:
            continue
        found += _pieces((text[at:begin], "same"), (text[begin:stop], "gained"))
        at = stop
    found += _pieces((text[at:], "same"))
    return tuple(found)


def _pieces(*told: tuple[str, Fate]) -> Iterator[Piece]:
    yield from (Piece(text, fate) for text, fate in told if text)

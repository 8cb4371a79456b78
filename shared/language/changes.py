"""What changed between two versions of a text, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from shared.kit.text import comparison_key
from shared.language.sentences import sentences

MOST_ALIGNED = 200  # sentences; difflib is cubic at worst, and a page may be made to be the worst


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of sentences that stayed, went, or came."""

    kind: Literal["kept", "gone", "new"]
    text: str


def changes_between(old: str, new: str) -> tuple[Change, ...]:
    """Return the stretches of both versions in reading order; what only differs in case, space or marks is kept.

    Ratcliff–Obershelp over whole sentences (`difflib.SequenceMatcher`), on their comparison keys. Where more than 200
    sentences have changed, they are given as one stretch that went and one that came.
    """
    before, after = _pieces(old), _pieces(new)
    changes: list[Change] = []
    for tag, i1, i2, j1, j2 in _aligned([key for key, _ in before], [key for key, _ in after]):
        if tag == "equal":
            changes.append(Change("kept", _joined(after[j1:j2])))
            continue
        if i1 < i2:
            changes.append(Change("gone", _joined(before[i1:i2])))
        if j1 < j2:
            changes.append(Change("new", _joined(after[j1:j2])))
    return tuple(changes)


def _aligned(before: list[str], after: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield the stretches as difflib's opcodes; where too much has changed to be aligned, one long replacement."""
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if head:
        yield "equal", 0, head, 0, head
    if max(len(old), len(new)) > MOST_ALIGNED:
        yield "replace", head, head + len(old), head, head + len(new)
    else:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield tag, head + i1, head + i2, head + j1, head + j2
    if tail:
        yield "equal", len(before) - tail, len(before), len(after) - tail, len(after)


def _pieces(text: str) -> list[tuple[str, str]]:
    spans = sentences(text)
    pieces = ((comparison_key(text[start:end]), text[start:end]) for start, end in spans)
    return [(key, piece) for key, piece in pieces if key]


def _joined(pieces: list[tuple[str, str]]) -> str:
    return " ".join(piece for _, piece in pieces)

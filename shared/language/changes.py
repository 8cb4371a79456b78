"""What changed between two versions of a text, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from shared.kit.text import comparison_key
from shared.language.sentences import sentences

MOST_SENTENCES = 2000  # difflib is quadratic at worst; what stands after so many is compared as one piece


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of sentences that stayed, went, or came."""

    kind: Literal["kept", "gone", "new"]
    text: str


def changes_between(old: str, new: str) -> tuple[Change, ...]:
    """Return the stretches of both versions in reading order; what only differs in case, space or marks is kept.

    Ratcliff–Obershelp over whole sentences (`difflib.SequenceMatcher`), on their comparison keys.
    """
    before, after = _pieces(old), _pieces(new)
    matcher = SequenceMatcher(None, [key for key, _ in before], [key for key, _ in after], autojunk=False)
    changes: list[Change] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            changes.append(Change("kept", _joined(after[j1:j2])))
            continue
        if i1 < i2:
            changes.append(Change("gone", _joined(before[i1:i2])))
        if j1 < j2:
            changes.append(Change("new", _joined(after[j1:j2])))
    return tuple(changes)


def _pieces(text: str) -> list[tuple[str, str]]:
    spans = list(sentences(text))
    if len(spans) > MOST_SENTENCES:
        spans = [*spans[: MOST_SENTENCES - 1], (spans[MOST_SENTENCES - 1][0], spans[-1][1])]
    pieces = ((comparison_key(text[start:end]), text[start:end]) for start, end in spans)
    return [(key, piece) for key, piece in pieces if key]


def _joined(pieces: list[tuple[str, str]]) -> str:
    return " ".join(piece for _, piece in pieces)

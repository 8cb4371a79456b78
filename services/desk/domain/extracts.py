"""An article's text as it is shown: its beginning, and what the house found something in, with that marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.kit.text import clip, comparison_key
from shared.language.sentences import sentences

FIRST_PARAGRAPHS = 4
MOST_PARAGRAPHS = 24
MOST_CHARACTERS = 60_000  # of a text that are looked at: a book under a news address is no news
LONGEST_PARAGRAPH = 1_600
_SHORTEST_QUOTE = 12  # characters of a key: less is found anywhere


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph; `marked`: the house found something in them."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Extract:
    """Paragraphs of an article, None where some are left out; `whole`: all of it is there."""

    paragraphs: tuple[tuple[Piece, ...] | None, ...]
    whole: bool


def extract_of(text: str, evidence: Iterable[str]) -> Extract:
    """Return the beginning of the text, and further paragraphs that hold a sentence of the evidence."""
    keys = [key for each in evidence if len(key := comparison_key(each.strip("… "))) >= _SHORTEST_QUOTE]
    read = [line for line in text[:MOST_CHARACTERS].splitlines() if line.strip()]
    marked = [_pieces(line, keys) for line in read]
    wanted = [
        number
        for number, pieces in enumerate(marked)
        if number < FIRST_PARAGRAPHS or any(piece.marked for piece in pieces)
    ][:MOST_PARAGRAPHS]
    shown: list[tuple[Piece, ...] | None] = []
    before = -1
    for number in wanted:
        if number > before + 1:
            shown.append(None)
        shown.append(marked[number])
        before = number
    whole = len(text) <= MOST_CHARACTERS and before == len(read) - 1 and None not in shown
    return Extract((*shown, None) if before < len(read) - 1 else tuple(shown), whole)


def _pieces(line: str, keys: Sequence[str]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for start, end in sentences(line):
        if _holds(line[start:end], keys):
            if start > at:
                pieces.append(Piece(line[at:start]))
            pieces.append(Piece(line[start:end], marked=True))
            at = end
    if at < len(line):
        pieces.append(Piece(line[at:]))
    return tuple(Piece(clip(piece.text, LONGEST_PARAGRAPH), piece.marked) for piece in pieces)


def _holds(sentence: str, keys: Sequence[str]) -> bool:
    own = comparison_key(sentence)
    return len(own) >= _SHORTEST_QUOTE and any(own in key or key in own for key in keys)

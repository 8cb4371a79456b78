"""A query that cannot be taken, said with a finger on the character."""

from __future__ import annotations

import unicodedata

from shared.kit.errors import WrongInput

_SHOWN_CHARS_BEFORE = 50  # the pointer fits a terminal of 80 columns, with room for its margin
_SHOWN_CHARS_AFTER = 20
_NO_WIDTH = ("Mn", "Me", "Cf")  # combining marks and invisible characters take no column of their own


class WrongQuery(WrongInput):
    """A query that cannot be taken.

    `position` counts characters from 0; `pointer` is two lines, the query around the place and a caret under it, to be
    shown in a fixed-width font. `advice` is the mend without the pointer.
    """

    def __init__(self, query: str, position: int, why: str, *, mend: str) -> None:
        self.position = position
        self.advice = mend
        self.pointer = point_at(query, position)
        super().__init__("query", query, f"{why} at character {position + 1}", mend=f"{mend}\n{self.pointer}")


def point_at(query: str, position: int) -> str:
    """The query around the position on one line, and a caret under the character on the next."""
    begin = max(0, position - _SHOWN_CHARS_BEFORE)
    end = min(len(query), position + _SHOWN_CHARS_AFTER)
    before = ("…" if begin else "") + _one_row(query[begin:position])
    after = _one_row(query[position:end]) + ("…" if end < len(query) else "")
    return f"    {before}{after}\n    {' ' * _columns(before)}^"


def _one_row(text: str) -> str:
    return "".join(
        " " if character.isspace() else character if _is_shown(character) else "\ufffd" for character in text
    )


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cs"}


def _columns(text: str) -> int:
    return sum(
        0
        if unicodedata.category(character) in _NO_WIDTH
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )

"""Sources on a terminal: one line each that fits its width, and under one in trouble the sentence that says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from services.cli.moments import ago, ahead
from services.desk.domain.source_views import SourceView, state_words
from shared.kit.text import one_line

HEADS = ("Name", "State", "Since", "24 h", "7 d", "Looked", "News", "Next")
ADDRESS_HEAD = "Address"
_GAP = "  "
_SHORTEST_NAME_CELLS = 12
_LONGEST_NAME_CELLS = 36
_SHORTEST_ADDRESS_CELLS = 24  # a host and the beginning of its path; where less is left, addresses are left out
_RIGHT = frozenset({2, 3, 4, 5, 6, 7})
_STYLES = {"fine": "green", "new": "cyan", "paused": "dim"}
_UNEASY = frozenset({"empty", "silent", "moved", "other_language", "throttled"})  # it answers, and yet


def source_lines(views: Sequence[SourceView], *, width: int, now: datetime) -> list[Text]:
    """Return the list as lines of at most `width` cells."""
    rows = [_row(view, now) for view in views]
    widths = _widths(rows, width)
    left = width - sum(widths) - len(_GAP) * len(widths)
    address_cells = left if left >= _SHORTEST_ADDRESS_CELLS else 0
    head = [*HEADS, ADDRESS_HEAD] if address_cells else [*HEADS]
    cells = [*widths, address_cells] if address_cells else widths
    lines = [Text(_line(head, cells), style="bold")]
    for view, row in zip(views, rows, strict=True):
        shown = [*row, view.source.url] if address_cells else row
        line = Text(_line(shown, cells))
        start = cell_start(shown, cells)
        line.stylize(style_of(view.state), start, start + len(row[1]))
        if address_cells:
            line.stylize("dim", len(line.plain) - len(_fitted(view.source.url, address_cells).rstrip()))
        lines.append(line)
        lines += _reason(view, width)
    return [*lines, Text(), summary(views), Text("Everything about one: pactwatch source show NAME", style="dim")]


def cell_start(row: Sequence[str], cells: Sequence[int]) -> int:
    """Return where the second column begins, in characters."""
    return len(_fitted(row[0], cells[0]) + _GAP)


def style_of(state: str) -> str:
    """Return the colour of a state: red where nothing comes, yellow where something is odd."""
    return _STYLES.get(state, "yellow" if state in _UNEASY else "red")


def summary(views: Sequence[SourceView]) -> Text:
    """Return how many sources there are, and how they fare."""
    counts = Counter("in trouble" if view.in_trouble else state_words(view.state) for view in views)
    told = ", ".join(f"{counts[word]} {word}" for word in ("fine", "new", "in trouble", "paused") if counts[word])
    noun = "source" if len(views) == 1 else "sources"
    return Text(f"{len(views)} {noun}: {told}.")


def _row(view: SourceView, now: datetime) -> list[str]:
    return [
        one_line(view.name),
        state_words(view.state),
        ago(view.state_since, now),
        str(view.articles_day),
        str(view.articles_week),
        ago(view.last_look_at, now),
        ago(view.last_new_at, now),
        ahead(view.next_look_at, now),
    ]


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return each column's width: as wide as its widest cell, and the name whatever is left."""
    widths = [max(cell_len(text) for text in column) for column in zip(HEADS, *rows, strict=True)]
    fixed = sum(widths[1:]) + len(_GAP) * (len(widths) - 1)
    widths[0] = max(min(widths[0], _LONGEST_NAME_CELLS, width - fixed), _SHORTEST_NAME_CELLS)
    return widths


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = []
    for number, (text, width) in enumerate(zip(cells, widths, strict=True)):
        pad = " " * max(width - cell_len(text), 0)
        parts.append(pad + text if number in _RIGHT else _fitted(text, width))
    return _GAP.join(parts).rstrip()


def _fitted(text: str, width: int) -> str:
    """Return the text in exactly so many cells; what is cut ends in an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def _reason(view: SourceView, width: int) -> list[Text]:
    if not view.in_trouble or not view.last_error:
        return []
    text = Text(one_line(view.last_error), style="dim")
    from rich.console import Console  # late: only a list with trouble in it needs to break lines

    wrapped = text.wrap(Console(width=width), max(width - 4, 20))
    return [Text("  " + ("└ " if number == 0 else "  ")) + line for number, line in enumerate(wrapped)]

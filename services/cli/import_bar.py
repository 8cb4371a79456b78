"""How far a long import is, painted where somebody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WORTH_A_BAR = 100  # sources: fewer are there before a bar is painted


@contextmanager
def import_bar(total: int, *, worth: int = WORTH_A_BAR) -> Iterator[Callable[[int], None]]:
    """Paint how far a long import is, where somebody looks."""
    if total < worth or not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda done: progress.update(task, completed=done)

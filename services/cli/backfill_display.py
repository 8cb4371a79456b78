"""How a backfill is shown while it runs: bars on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from services.cli.moments import span_words
from services.scraper.domain.backfill_views import ReadSoFar

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from services.scraper.use_cases.backfilling import Progress

EVERY_SECONDS = 5.0  # between two lines: a log of an hour is some hundred lines
_FEWEST_TO_RECKON = 3  # articles, before anybody is told how long it will take


class BackfillDisplay(Protocol):
    """Shows a backfill."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the screen to others."""
        ...

    def tell(self, line: str) -> None:
        """Say something that stays."""
        ...

    def walking(self, progress: Progress) -> None:
        """Show how far the walk is."""
        ...

    def reading(self, so_far: ReadSoFar) -> None:
        """Show how far the reading is."""
        ...


def display_for(*, is_json: bool) -> BackfillDisplay:
    """Return the display for this command: where JSON goes to stdout, the progress goes to stderr."""
    stream = sys.stderr if is_json else sys.stdout
    return Bars(stream) if stream.isatty() else Lines(stream)


class Pace:
    """How fast articles are read, since it was first asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: tuple[float, int] | None = None

    def words(self, so_far: ReadSoFar) -> str:
        """Return the articles per second and how long the rest takes, empty while nobody knows."""
        now = self._clock()
        if self._first is None:
            self._first = now, so_far.read
        began, read_then = self._first
        read, seconds = so_far.read - read_then, now - began
        if read < _FEWEST_TO_RECKON or seconds <= 0:
            return ""
        pace = read / seconds
        return f"{pace:.1f} articles/s, {span_words(so_far.waiting / pace)} left"


class Lines:
    """Writes lines: what is told at once, how far it is every few seconds."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._pace = Pace(clock)
        self._written_at: float | None = None
        self._note = ""

    def __enter__(self) -> Self:
        """Begin to show."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the screen to others."""

    def tell(self, line: str) -> None:
        """Say something that stays."""
        self._stream.write(line + "\n")
        self._stream.flush()

    def walking(self, progress: Progress) -> None:
        """Show how far the walk is."""
        if progress.note and progress.note != self._note:
            self._note = progress.note
            self.tell(f"  {progress.note}")
        if self._is_time() or progress.walk.done:
            self.tell(f"  {walk_words(progress)}")

    def reading(self, so_far: ReadSoFar) -> None:
        """Show how far the reading is."""
        pace = self._pace.words(so_far)
        if self._is_time() or not so_far.waiting:
            self.tell(f"  {read_words(so_far)}" + (f", {pace}" if pace else ""))

    def _is_time(self) -> bool:
        now = self._clock()
        if self._written_at is not None and now - self._written_at < EVERY_SECONDS:
            return False
        self._written_at = now
        return True


class Bars:
    """Paints a bar for the walk, and one for the reading."""

    def __init__(self, stream: TextIO) -> None:
        self._bar = _bar_on(stream)
        self._pace = Pace()
        self._walk = self._bar.add_task("Finding", total=1.0, words="")
        self._read = self._bar.add_task("Reading", total=None, words="", visible=False)
        self._note = ""

    def __enter__(self) -> Self:
        """Begin to show."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the screen to others."""
        self._bar.stop()

    def tell(self, line: str) -> None:
        """Say something that stays."""
        self._bar.console.print(line, markup=False, highlight=False)

    def walking(self, progress: Progress) -> None:
        """Show how far the walk is."""
        if progress.note and progress.note != self._note:
            self._note = progress.note
            self.tell(progress.note)
        self._bar.update(self._walk, completed=progress.part, words=walk_words(progress))

    def reading(self, so_far: ReadSoFar) -> None:
        """Show how far the reading is."""
        words = ", ".join(filter(None, (read_words(so_far), self._pace.words(so_far))))
        self._bar.update(self._read, completed=so_far.read, total=max(so_far.found, 1), words=words, visible=True)


def walk_words(progress: Progress) -> str:
    """Return how far a walk is, in one line."""
    walk = progress.walk
    back = f", back to {progress.reached:%Y-%m-%d}" if progress.reached else ""
    left = f", {len(walk.frontier)} addresses left" if len(walk.frontier) > 1 else ""
    return f"{progress.part:.0%}: {walk.looks} looks, {walk.entries} entries found{back}{left}"


def read_words(so_far: ReadSoFar) -> str:
    """Return how far the reading is, in one line."""
    resting = f", {so_far.resting} tried again later" if so_far.resting else ""
    return f"{so_far.read} of {so_far.found} read{resting}"


def _bar_on(stream: TextIO) -> Bar:
    from rich.console import Console  # late: in a pipe nobody paints
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[words]}", markup=False),
    )
    return Progress(*columns, console=Console(file=stream))

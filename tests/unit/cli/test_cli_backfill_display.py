"""How a backfill is shown: lines where nobody looks, bars where somebody does."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.cli.backfill_display import EVERY_SECONDS, Bars, Lines, Pace
from services.scraper.domain.backfill import Step, Walk, Way, begun_walk
from services.scraper.domain.backfill_views import ReadSoFar
from services.scraper.use_cases.backfilling import Progress

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BEGUN = begun_walk("https://a.example/feed", "rss", since=NOW - timedelta(days=9), alert_since=NOW, now=NOW)


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Terminal(io.StringIO):
    """A stdout on which somebody looks."""

    def isatty(self) -> bool:
        return True


def walk(looks: int) -> Walk:
    older = Step(f"https://a.example/feed?p={looks}", Way.OLDER)
    return replace(BEGUN, frontier=(older, older), looks=looks, entries=looks * 10)


def test_a_line_comes_every_few_seconds_and_what_is_told_at_once():
    said, watch = io.StringIO(), Watch()
    lines = Lines(said, watch)
    with lines:
        lines.tell("Walking.")
        for looks in range(1, 100):
            note = "the host rests" if 50 <= looks < 60 else ""
            lines.walking(Progress(walk(looks), looks / 100, NOW - timedelta(days=1), note))
            watch.seconds += EVERY_SECONDS / 40
    assert said.getvalue().splitlines() == [
        "Walking.",
        "  1%: 1 looks, 10 entries found, back to 2026-11-21, 2 addresses left",
        "  41%: 41 looks, 410 entries found, back to 2026-11-21, 2 addresses left",
        "  the host rests",
        "  81%: 81 looks, 810 entries found, back to 2026-11-21, 2 addresses left",
    ]


def test_the_reading_is_told_with_its_pace_and_what_is_left():
    said, watch = io.StringIO(), Watch()
    lines = Lines(said, watch)
    for read in (0, 1, 50):
        lines.reading(ReadSoFar(found=200, read=read, resting=2))
        watch.seconds += 10
    assert said.getvalue().splitlines() == [
        "  0 of 200 read, 2 tried again later",
        "  1 of 200 read, 2 tried again later",
        "  50 of 200 read, 2 tried again later, 2.5 articles/s, 59 s left",
    ]


def test_nobody_is_told_a_pace_that_nobody_knows():
    pace = Pace(Watch())
    assert [pace.words(ReadSoFar(9, read)) for read in (3, 9)] == ["", ""]


def test_on_a_terminal_there_are_bars():
    terminal = Terminal()
    bars = Bars(terminal)
    with bars:
        bars.tell("Walking [red]Courier[/red].")
        bars.walking(Progress(walk(3), 0.5, note="the host rests"))
        bars.reading(ReadSoFar(4, 1))
    shown = terminal.getvalue()
    for words in ("Walking [red]Courier[/red].", "the host rests", "Finding", "50%: 3 looks, 30", "Reading", "1 of 4"):
        assert words in shown

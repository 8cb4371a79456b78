"""Figures of a backtest as pages draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.desk.domain.backtests import Example, Tested
from services.desk.domain.figures import Drawing, Figure, drawn
from services.desk.domain.word_changes import Piece, marked
from services.desk.pages.words import HEADLINE_CHARACTERS, QUOTE_CHARACTERS
from services.desk.use_cases.drafting import Tried

SOURCES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ShownExample:
    """An example whose words that matched are marked."""

    example: Example
    title: tuple[Piece, ...]
    evidence: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A backtest, drawn."""

    tried: Tried
    per_day: Drawing
    per_source: Sequence[tuple[str, int]]
    more_sources: int
    examples: Sequence[ShownExample]

    @classmethod
    def of(cls, tried: Tried) -> Trial:
        """Return it for a backtest."""
        tested = tried.tested
        return cls(
            tried,
            days_drawn(tested),
            tested.per_source[:SOURCES_SHOWN],
            max(0, len(tested.per_source) - SOURCES_SHOWN),
            shown(tested.examples),
        )


def days_drawn(tested: Tested) -> Drawing:
    """Return the matches of every day since the first article, those without any too."""
    hits = dict(tested.per_day)
    last = tested.until.date()
    first = max(tested.since, tested.archive.first or tested.until).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return by_day([(day, hits.get(day, 0)) for day in days])


def by_day(counts: Sequence[tuple[date, int]]) -> Drawing:
    """Return a bar for each day."""
    return drawn([Figure(day.isoformat(), count) for day, count in counts])


def shown(examples: Sequence[Example]) -> list[ShownExample]:
    """Return examples with their words marked, cut to fit; a sentence that only repeats the title is left out."""
    return [
        ShownExample(
            each,
            marked(each.title[:HEADLINE_CHARACTERS], each.in_title),
            () if each.evidence.strip() == each.title.strip() else _sentence(each),
        )
        for each in examples
    ]


def _sentence(example: Example) -> tuple[Piece, ...]:
    return marked(example.evidence[:QUOTE_CHARACTERS], example.in_evidence)

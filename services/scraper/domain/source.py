"""A source's state, and when to look at it again. Pure arithmetic: the time and the dice come in as values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

SHORTEST_SECONDS = 60  # the adaptive pace's fastest: "within a minute" is our promise
LONGEST_SECONDS = 300  # … and slowest: a source that sleeps may wake with the news of the year
_UNDATED_SECONDS = 120  # nothing to reckon with: in between
_LOOKS_PER_ARTICLE = 4  # so that a look finds an article after an eighth of the usual gap, on average
_RECENT = 10  # publications that tell today's pace
_LONGEST_BACK_OFF_SECONDS = 3600  # a mended source is seen again within the hour
_LONGEST_RETRY_AFTER_SECONDS = 86_400  # a server may not silence itself for longer than a day
_DOUBLINGS = 20  # more would only overflow: the cap is reached long before
_JITTER = 0.1  # sources that failed together must not come back together


class SourceState(StrEnum):
    """How a source stands, in one word that its page shows."""

    NEW = "new"
    FINE = "fine"
    EMPTY = "empty"
    FAILING = "failing"
    BLOCKED = "blocked"
    MOVED = "moved"
    NOT_A_FEED = "not_a_feed"
    THROTTLED = "throttled"


_TROUBLED = frozenset({SourceState.FAILING, SourceState.BLOCKED, SourceState.NOT_A_FEED, SourceState.THROTTLED})


def next_look_at(
    now: datetime,
    outcome: SourceState,
    *,
    every_seconds: int | None = None,
    published_times: Iterable[datetime | None] = (),
    failures: int = 0,
    retry_after_seconds: int | None = None,
    rng: float = 0.0,
) -> datetime:
    """Return when to look next.

    In health, `every_seconds` is kept exactly (at least 1); without it the pace follows the source's own, between one
    minute and five. In trouble the wait doubles with each failure in a row (`failures` counts this
    one) up to an hour, is never shorter than the healthy pace, and never shorter than what the server asked for (of
    which at most a day is believed). `rng` is a random value from 0 to 1 that spreads all but the exact pace.
    """
    pace = max(1.0, float(every_seconds)) if every_seconds is not None else _pace_seconds(now, published_times)
    dice = min(max(rng, 0.0), 1.0)
    asked = min(max(retry_after_seconds or 0, 0), _LONGEST_RETRY_AFTER_SECONDS) * (1 + _JITTER * dice)
    if outcome in _TROUBLED:
        doubled = min(pace * 2.0 ** min(max(failures - 1, 0), _DOUBLINGS), _LONGEST_BACK_OFF_SECONDS)
        wait = max(pace, doubled * (1 - _JITTER * dice))
    else:
        wait = pace if every_seconds is not None else max(SHORTEST_SECONDS, pace * (1 - _JITTER * dice))
    return now + timedelta(seconds=max(wait, asked))


def _pace_seconds(now: datetime, published_times: Iterable[datetime | None]) -> float:
    """Return a fraction of the usual gap between publications; the silence since the last counts as a gap."""
    known = sorted({moment for moment in published_times if moment is not None and moment <= now}, reverse=True)
    moments = [now, *known[:_RECENT]]
    if len(known) < 2:
        return _UNDATED_SECONDS
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(moments)]
    return min(max(median(gaps) / _LOOKS_PER_ARTICLE, SHORTEST_SECONDS), LONGEST_SECONDS)

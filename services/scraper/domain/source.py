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
_WHOLE_AT_LEAST_EVERY = timedelta(hours=1)  # a cache that says 304 for ever costs an hour of news, not all of it
FEWEST_DATED = 3  # two gaps: below that nobody knows what is usual
_SHORTEST_SILENCE = timedelta(days=3)  # a long weekend is no trouble
_LONGEST_SILENCE = timedelta(days=45)  # … and a monthly that misses an issue is one
_USUAL_GAPS = 8


class SourceState(StrEnum):
    """How a source stands, in one word that its page shows.

    NEW: not looked at yet. FINE: gives news. MOVED: gives news, from another address than its definition's.
    EMPTY: answers, with nothing. SILENT: answers, and has had no news for much longer than is usual for it.
    OTHER_LANGUAGE: its entries are not in the languages defined for it. NOT_A_FEED: answers with something else.
    FAILING: no answer that can be used. THROTTLED: asks us to come less often. GONE: the address is no longer there.
    BLOCKED: the site lets us not in (refusal, robot check, login or consent wall). ROBOTS: its robots.txt forbids the
    address. REFUSED: our own guard lets nobody go there.
    """

    NEW = "new"
    FINE = "fine"
    EMPTY = "empty"
    SILENT = "silent"
    FAILING = "failing"
    GONE = "gone"
    BLOCKED = "blocked"
    REFUSED = "refused"
    ROBOTS = "robots"
    MOVED = "moved"
    NOT_A_FEED = "not_a_feed"
    OTHER_LANGUAGE = "other_language"
    THROTTLED = "throttled"


TROUBLED = frozenset(
    {
        SourceState.FAILING,
        SourceState.GONE,
        SourceState.BLOCKED,
        SourceState.REFUSED,
        SourceState.ROBOTS,
        SourceState.NOT_A_FEED,
        SourceState.THROTTLED,
    }
)  # nothing could be read: each look is a failure, and the next one waits longer


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
    if outcome in TROUBLED:
        doubled = min(pace * 2.0 ** min(max(failures - 1, 0), _DOUBLINGS), _LONGEST_BACK_OFF_SECONDS)
        wait = max(pace, doubled * (1 - _JITTER * dice))
    else:
        wait = pace if every_seconds is not None else max(SHORTEST_SECONDS, pace * (1 - _JITTER * dice))
    return now + timedelta(seconds=max(wait, asked))


def conditional_allowed(whole_at: datetime | None, now: datetime) -> bool:
    """Tell whether the next request may say what we have, so that an unchanged source answers 304.

    Not without a whole answer within the last hour: a broken cache says 304 for ever, whatever is new behind it.
    """
    return whole_at is not None and abs(now - whole_at) < _WHOLE_AT_LEAST_EVERY


def usual_gap(times: Iterable[datetime | None], now: datetime) -> timedelta | None:
    """Return the median gap between these moments up to now; None for fewer than three, which tell nothing."""
    known = sorted(moment for moment in times if moment is not None and moment <= now)
    if len(known) < FEWEST_DATED:
        return None
    return timedelta(seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(known)))


def longest_usual_silence(published_times: Iterable[datetime | None], now: datetime) -> timedelta | None:
    """Return the silence after which a source with these publications counts as silent; None where nobody can tell.

    Eight times its usual gap, but at least three days and at most 45.
    """
    gap = usual_gap(published_times, now)
    return None if gap is None else min(max(_USUAL_GAPS * gap, _SHORTEST_SILENCE), _LONGEST_SILENCE)


def last_news_at(
    before: datetime | None, published_times: Iterable[datetime | None], now: datetime, *, new_entries: int
) -> datetime | None:
    """Return when the source last had news, after a look that brought so many new entries.

    What the very first look finds may be old: it counts by its newest date (`published_times` are those of the
    entries), and as of now only where none has one. Later looks find what is new now, however it is dated.
    """
    if not new_entries:
        return before
    if before is not None:
        return now
    return max((moment for moment in published_times if moment is not None and moment <= now), default=now)


def _pace_seconds(now: datetime, published_times: Iterable[datetime | None]) -> float:
    """Return a fraction of the usual gap between publications; the silence since the last counts as a gap."""
    known = sorted({moment for moment in published_times if moment is not None and moment <= now}, reverse=True)
    moments = [now, *known[:_RECENT]]
    if len(known) < 2:
        return _UNDATED_SECONDS
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(moments)]
    return min(max(median(gaps) / _LOOKS_PER_ARTICLE, SHORTEST_SECONDS), LONGEST_SECONDS)

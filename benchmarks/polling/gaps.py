"""From what was seen to what it means: gaps between looks against the chosen intervals, delays of the news. Pure."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.polling.outlets import Outlet

TOLERANCE = 0.2
SPREAD_SECONDS = 5.0  # looks are counted in bins of this length, to see whether they come in waves


@dataclass(frozen=True, slots=True)
class Request:
    """A line of the feed server's log."""

    at: float
    outlet: int
    kind: str
    status: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Two looks at a source, or (`open`) the time since the last one, against the interval that was chosen."""

    outlet: int
    began_at: float
    seconds: float
    interval_seconds: int
    open: bool = False

    @property
    def ratio(self) -> float:
        """Return how much of its interval the gap was."""
        return self.seconds / self.interval_seconds


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that was published during the run. None: not seen in the feed, or not stored, before the end."""

    delay_seconds: float | None
    after_look_seconds: float | None


def read_log(lines: Iterable[str]) -> list[Request]:
    """Return the requests of a log, in their order."""
    fields = (line.split() for line in lines)
    return [Request(float(at), int(outlet), kind, int(status)) for at, outlet, kind, status in fields]


def looks_of(requests: Iterable[Request], *, until: float) -> Mapping[int, list[float]]:
    """Return when each outlet's feed was asked for."""
    looks: defaultdict[int, list[float]] = defaultdict(list)
    for each in requests:
        if each.kind == "feed" and each.at <= until:
            looks[each.outlet].append(each.at)
    return looks


def gaps_of(
    looks: Mapping[int, Sequence[float]], chosen: Mapping[int, Sequence[tuple[float, int]]], *, until: float
) -> tuple[list[Gap], int]:
    """Return all gaps, and how many could not be judged because no choice was seen between their two looks.

    `chosen` are the decisions of each source in their order: when it was looked at, and the interval then chosen. The
    time since the last look counts as a gap where it is longer than was allowed: what never came again is not on time.
    """
    gaps: list[Gap] = []
    unknown = 0
    for outlet, times in looks.items():
        choices = chosen.get(outlet, ())
        for began_at, ended_at in zip(times, (*times[1:], until), strict=True):
            interval = _interval_between(choices, began_at, ended_at)
            is_open = ended_at is until
            if interval is None:
                unknown += not is_open or ended_at - began_at > 60
                continue
            gap = Gap(outlet, began_at, ended_at - began_at, interval, is_open)
            if not is_open or gap.ratio > 1 + TOLERANCE:
                gaps.append(gap)
    return gaps, unknown


def _interval_between(choices: Sequence[tuple[float, int]], began_at: float, ended_at: float) -> int | None:
    """Return the interval that was chosen last between two looks."""
    before = bisect_left(choices, (ended_at, 0))
    if before == 0 or choices[before - 1][0] < began_at:
        return None
    return choices[before - 1][1]


def verdict_on(gaps: Sequence[Gap]) -> dict[str, object]:
    """Return how many gaps were within the tolerance, and the worst."""
    if not gaps:
        return {"gaps": 0}
    ratios = sorted(gap.ratio for gap in gaps)
    early = bisect_left(ratios, 1 - TOLERANCE)
    late = len(ratios) - bisect_right(ratios, 1 + TOLERANCE)
    worst = max(gaps, key=lambda gap: gap.ratio)
    return {
        "gaps": len(ratios),
        "within": len(ratios) - early - late,
        "share_within": round((len(ratios) - early - late) / len(ratios), 5),
        "too_early": early,
        "too_late": late,
        "sources": len({gap.outlet for gap in gaps}),
        "sources_always_within": len({gap.outlet for gap in gaps} - {gap.outlet for gap in gaps if _is_off(gap)}),
        "earliest": round(ratios[0], 4),
        "p50": round(statistics.median(ratios), 4),
        "p95": round(at_share(ratios, 0.95), 4),
        "p99": round(at_share(ratios, 0.99), 4),
        "latest": round(ratios[-1], 4),
        "latest_seconds": [round(worst.seconds, 1), worst.interval_seconds],
        "intervals": dict(sorted(Counter(gap.interval_seconds // 60 * 60 for gap in gaps).items())),
    }


def _is_off(gap: Gap) -> bool:
    return abs(gap.ratio - 1) > TOLERANCE


def spread_of(looks: Mapping[int, Sequence[float]], *, since: float, until: float) -> list[tuple[float, float, float]]:
    """Return for each minute: its looks a second, and those of its busiest and its quietest 5 seconds."""
    bins = Counter(
        int((at - since) // SPREAD_SECONDS) for times in looks.values() for at in times if since <= at < until
    )
    of_minute = int(60 / SPREAD_SECONDS)
    minutes = int((until - since) // 60)
    rates = [
        [bins[minute * of_minute + each] / SPREAD_SECONDS for each in range(of_minute)] for minute in range(minutes)
    ]
    return [(round(statistics.mean(each), 2), max(each), min(each)) for each in rates]


def arrivals_of(
    outlets: Sequence[Outlet],
    looks: Mapping[int, Sequence[float]],
    stored: Mapping[tuple[int, int], float],
    *,
    since: float,
    until: float,
) -> list[Arrival]:
    """Return what became of the articles published in the span; `stored` is by outlet and number of the article."""
    arrivals = []
    for outlet in outlets:
        for article in range(bisect_left(outlet.times, since), bisect_left(outlet.times, until)):
            stored_at = stored.get((outlet.number, article))
            if stored_at is None:
                arrivals.append(Arrival(None, None))
                continue
            times = looks.get(outlet.number, ())
            seen = bisect_left(times, outlet.times[article])
            after_look = stored_at - times[seen] if seen < len(times) else None
            arrivals.append(Arrival(stored_at - outlet.times[article], after_look))
    return arrivals


def quantiles(values: Iterable[float | None]) -> dict[str, float]:
    """Return median, 95th percentile and largest of the values that are known."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return {}
    return {
        "count": len(known),
        "p50": round(statistics.median(known), 2),
        "p95": round(at_share(known, 0.95), 2),
        "max": round(known[-1], 2),
    }


def at_share(ordered: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

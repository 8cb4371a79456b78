"""Puts a run's record together into findings, and tells them as text."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.polling.gaps import arrivals_of, gaps_of, looks_of, quantiles, read_log, spread_of, verdict_on
from benchmarks.polling.outlets import Outlet
from benchmarks.polling.processes import Costs, spent

WORTH_A_ROW_SECONDS = 0.05
DONE = (
    *("seconds", "cpu_cores_of_the_product", "looks", "looks_unchanged", "looks_a_second", "pages"),
    *("transactions", "transactions_a_second", "wal_megabytes"),
)
STORED_BY_THEN_SECONDS = 400.0  # the longest interval, its tolerance, and the reading of a page


@dataclass(frozen=True)
class Moment:
    """What the house had cost and done by a moment."""

    at: float
    costs: Costs
    machine_seconds: float
    transactions: int
    wal_bytes: float
    counts: Mapping[str, int]
    load: float


@dataclass(frozen=True)
class Run:
    """The record of a run. `moments` are: the scraper is ready, every source was looked at once, the end."""

    asked: Mapping[str, object]
    outlets: Sequence[Outlet]
    started_at: float
    import_seconds: float
    moments: Sequence[Moment]
    waiting: Sequence[tuple[float, int]]
    drained_at: float | None
    chosen: Mapping[int, Sequence[tuple[float, int]]]
    stored: Mapping[tuple[int, int], float]
    states: Sequence[tuple[str, int, str | None]]


def findings(run: Run, log: Iterable[str]) -> dict[str, Any]:
    """Return everything that is told, by name."""
    requests = read_log(log)
    ready, all_seen, end = run.moments
    looks = looks_of(requests, until=end.at)
    firsts = sorted(times[0] for times in looks.values())
    gaps, unknown = gaps_of(looks, run.chosen, until=end.at)
    late_enough = run.drained_at or end.at
    arrivals = arrivals_of(run.outlets, looks, run.stored, since=firsts[-1], until=end.at)
    settled = arrivals_of(
        run.outlets, looks, run.stored, since=late_enough, until=max(late_enough, end.at - STORED_BY_THEN_SECONDS)
    )
    return {
        "asked": dict(run.asked),
        "date": datetime.fromtimestamp(run.started_at, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": _machine(),
        "import_seconds": round(run.import_seconds, 1),
        "start_up": {
            "first_look_after_seconds": round(firsts[0] - run.started_at, 1),
            "all_looked_at_after_seconds": round(firsts[-1] - run.started_at, 1),
            "looks_a_second": round(len(firsts) / max(firsts[-1] - firsts[0], 1e-3), 1),
            "read_up_after_seconds": None if run.drained_at is None else round(run.drained_at - run.started_at, 1),
            "most_waiting": max((count for _, count in run.waiting), default=0),
            "costs": _between(ready, all_seen, looks, requests),
        },
        "gaps": verdict_on(gaps),
        "gaps_begun_in_start_up": verdict_on([gap for gap in gaps if gap.began_at <= firsts[-1]]),
        "gaps_begun_later": verdict_on([gap for gap in gaps if gap.began_at > firsts[-1]]),
        "gaps_unknown": unknown,
        "looks_a_second_by_minute": spread_of(looks, since=firsts[-1], until=end.at),
        "discovery_seconds": quantiles(each.delay_seconds for each in arrivals),
        "from_look_to_stored_seconds": quantiles(each.after_look_seconds for each in arrivals),
        "settled": {
            "articles": len(settled),
            "never_stored": sum(each.delay_seconds is None for each in settled),
            "discovery_seconds": quantiles(each.delay_seconds for each in settled),
            "from_look_to_stored_seconds": quantiles(each.after_look_seconds for each in settled),
        },
        "costs": _between(all_seen, end, looks, requests),
        "most_megabytes": {name: round(size / 1e6) for name, size in end.costs.most_bytes.items()},
        "states": [list(state) for state in run.states],
        "at_the_end": dict(end.counts),
    }


def _between(
    before: Moment, after: Moment, looks: Mapping[int, Sequence[float]], requests: Sequence[Any]
) -> dict[str, Any]:
    seconds = after.at - before.at
    looked = sum(before.at < at <= after.at for times in looks.values() for at in times)
    asked = [each for each in requests if before.at < each.at <= after.at]
    cpu = spent(before.costs.cpu_seconds, after.costs.cpu_seconds)
    ours = sum(value for group, value in cpu.items() if group not in {"feed server", "measurement"})
    others = after.machine_seconds - before.machine_seconds - sum(cpu.values())
    return {
        "seconds": round(seconds, 1),
        "looks": looked,
        "looks_a_second": round(looked / seconds, 2),
        "looks_unchanged": sum(each.kind == "feed" and each.status == 304 for each in asked),
        "pages": sum(each.kind == "page" for each in asked),
        "transactions": after.transactions - before.transactions,
        "transactions_a_second": round((after.transactions - before.transactions) / seconds, 1),
        "wal_megabytes": round((after.wal_bytes - before.wal_bytes) / 1e6, 1),
        "cpu_seconds": {group: round(value, 2) for group, value in cpu.items()},
        "cpu_cores_of_the_product": round(ours / seconds, 3),
        "cpu_ms_a_look": round(1000 * ours / max(looked, 1), 2),
        "cpu_cores_of_others": round(others / seconds, 2),
        "load": [round(before.load, 2), round(after.load, 2)],
    }


def _machine() -> dict[str, object]:
    model = ""
    with open("/proc/cpuinfo") as info:  # noqa: PTH123
        model = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), "")
    return {"cpus": os.cpu_count(), "model": model, "kernel": platform.release(), "python": platform.python_version()}


def told(found: Mapping[str, Any]) -> str:
    """Return the findings as text."""
    return "\n".join([*_head(found), "", *_punctuality(found), "", *_costs(found), "", *_news(found)])


def _head(found: Mapping[str, Any]) -> list[str]:
    asked, machine, start, load = found["asked"], found["machine"], found["start_up"], found["costs"]["load"]
    paces = "paces of 60, 120 and 300 s" if asked["mix"] else "paces as the product chooses them"
    news = "nobody publishes" if asked["quiet"] else f"{asked['entries']} articles in each feed at the start"
    asked_for = f"{asked['sources']} sources, {asked['minutes']:g} minutes, {paces}, {news}; {found['date']}"
    here = f"{machine['cpus']} x {machine['model']}, Linux {machine['kernel']}, Python {machine['python']}"
    others = f"load {load[0]} to {load[1]}, other programs took {found['costs']['cpu_cores_of_others']} cores"
    seen = f"all looked at once {start['all_looked_at_after_seconds']} s after the scraper's start"
    return [
        asked_for,
        f"{here}; {others}",
        f"import: {found['import_seconds']} s; {seen} ({start['looks_a_second']} looks/s)",
        f"states at the end: {_states(found['states'])}",
    ]


def _states(states: Sequence[Sequence[Any]]) -> str:
    return ", ".join(f"{count} {state}" + (f" ({error})" if error else "") for state, count, error in states)


def _punctuality(found: Mapping[str, Any]) -> list[str]:
    spans = {
        "all": found["gaps"],
        "begun before every source was looked at once": found["gaps_begun_in_start_up"],
        "begun later": found["gaps_begun_later"],
    }
    title = "gap between two looks / interval chosen"
    rows = [f"{title:<46}  gaps  within 20 %  earliest  p50   p95   p99   latest  sources"]
    for name, told in spans.items():
        if told["gaps"]:
            rows.append(
                f"{name:<46} {told['gaps']:>5} {told['share_within']:>11.3%} {told['earliest']:>9.2f}"
                + "".join(f"{told[each]:>6.2f}" for each in ("p50", "p95", "p99"))
                + f"{told['latest']:>8.2f}  {told['sources_always_within']} of {told['sources']} always within"
            )
    rows.append(f"intervals chosen (from that many seconds on: gaps): {found['gaps']['intervals']}")
    rows.append(f"gaps that could not be judged: {found['gaps_unknown']}")
    minutes = "; ".join(f"{mean} ({least}-{most})" for mean, most, least in found["looks_a_second_by_minute"])
    return [*rows, f"looks/s by minute, with the quietest and the busiest 5 s: {minutes}"]


def _costs(found: Mapping[str, Any]) -> list[str]:
    start, later = found["start_up"]["costs"], found["costs"]
    rows = [f"{'CPU seconds':<32} {'start-up':>10} {'later':>10} {'ms a look':>10}"]
    for group, seconds in later["cpu_seconds"].items():
        if seconds >= WORTH_A_ROW_SECONDS:
            before, each = start["cpu_seconds"].get(group, 0.0), 1000 * seconds / max(later["looks"], 1)
            rows.append(f"{group:<32} {before:>10} {seconds:>10} {each:>10.2f}")
    rows.extend(f"{name.replace('_', ' '):<32} {start[name]:>10} {later[name]:>10}" for name in DONE)
    return [*rows, f"most memory, MB: {found['most_megabytes']}"]


def _news(found: Mapping[str, Any]) -> list[str]:
    start, settled, end = found["start_up"], found["settled"], found["at_the_end"]
    read_up = start["read_up_after_seconds"]
    state = f"read after {read_up} s" if read_up else f"{end['waiting']} still waited at the end"
    return [
        f"the feeds' first news: {start['most_waiting']} pages waited at most, {state}",
        f"articles stored: {end['articles']}",
        f"from publication to the store, s: {found['discovery_seconds']}",
        f"from the look to the store, s: {found['from_look_to_stored_seconds']}",
        f"of news that came when the first news were read: {settled}",
    ]

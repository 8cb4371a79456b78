"""What processes cost: CPU seconds and memory of each group, read from the kernel while they run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]

_ENDED = {"scraper": "reading children", "postgres: postmaster": "postgres: backends"}
_WORKERS = ("checkpointer", "walwriter", "background writer", "autovacuum", "io worker", "logical replication")


@dataclass
class Costs:
    """CPU seconds by group, and the largest resident memory in bytes that each had at a time."""

    cpu_seconds: dict[str, float] = field(default_factory=dict)
    most_bytes: dict[str, int] = field(default_factory=dict)


class Meter:
    """Reads the costs of scraper, reading children, Postgres, NATS and feed server, ended children included."""

    def __init__(self, *, scraper: int, postgres: int, nats: int, feeds: int, left_out: int) -> None:
        """Take the processes' ids; `left_out` is the backend of Postgres that serves the measurement itself."""
        self._scraper = psutil.Process(scraper)
        self._postgres = psutil.Process(postgres)
        self._single = {"nats": psutil.Process(nats), "feed server": psutil.Process(feeds)}
        self._left_out = left_out
        self._most: dict[str, int] = {}

    def read(self, *, memory: bool) -> Costs:
        """Read the costs so far."""
        cpu: defaultdict[str, float] = defaultdict(float)
        now: defaultdict[str, int] = defaultdict(int)
        for group, process in self._groups():
            try:
                times = process.cpu_times()
                cpu[group] += times.user + times.system
                if process in {self._scraper, self._postgres}:  # what their ended children had used
                    cpu[_ENDED[group]] += times.children_user + times.children_system
                if memory:
                    now[group.partition(":")[0]] += _memory(group, process)
            except psutil.Error:
                continue
        for group, size in now.items():
            self._most[group] = max(size, self._most.get(group, 0))
        return Costs(dict(cpu), dict(self._most))

    def _groups(self) -> list[tuple[str, psutil.Process]]:
        found = [("scraper", self._scraper), *self._single.items(), ("postgres: postmaster", self._postgres)]
        found += [("reading children", each) for each in _children(self._scraper)]
        for each in _children(self._postgres):
            group = "measurement" if each.pid == self._left_out else f"postgres: {_title(each)}"
            found.append((group, each))
        return found


def machine_seconds() -> float:
    """Return the CPU seconds that the whole machine has spent on anything."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return the CPU seconds of each group between two readings."""
    return {group: after[group] - before.get(group, 0.0) for group in sorted(after)}


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def _title(process: psutil.Process) -> str:
    try:
        line = " ".join(process.cmdline())
    except psutil.Error:
        return "gone"
    for worker in _WORKERS:
        if worker in line:
            return worker
    return "backends"


def _memory(group: str, process: psutil.Process) -> int:
    """Return the resident bytes; of Postgres the proportional share, or its shared buffers would count many times."""
    if group.startswith("postgres"):
        return int(process.memory_full_info().pss)
    return int(process.memory_info().rss)

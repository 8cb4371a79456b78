"""How news flows: what waits where, how much passes each hour, and how long each step takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.desk.domain.figures import Drawing, Figure, drawn

HOURS = 24


class Step(StrEnum):
    """A step of the way from a headline to a reader."""

    TAKEN = "taken"  # an outlet publishes, the scraper has it
    JUDGED = "judged"  # the classifier has judged it
    ALERTED = "alerted"  # a rule has raised an alert
    DELIVERED = "delivered"  # the message was taken by its receiver


@dataclass(frozen=True, slots=True)
class Latency:
    """How many seconds a step took in the last day: of half the times at most, of 95 in 100, of 99 in 100."""

    step: Step
    times: int
    half_seconds: float
    most_seconds: float
    nearly_all_seconds: float


@dataclass(frozen=True, slots=True)
class Consumer:
    """One taker of events on the bus: how many events wait for it, and how many it has in hand."""

    name: str
    waiting: int
    in_hand: int


@dataclass(frozen=True, slots=True)
class Line:
    """The outbox: how many events wait to be announced, and since when the oldest does."""

    waiting: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Flow:
    """Everything about the pipeline at one moment; `bus_trouble` is why its consumers are not known."""

    line: Line
    consumers: tuple[Consumer, ...]
    bus_trouble: str
    rates: Mapping[Step, Drawing]
    latencies: tuple[Latency, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Table:
    """One table: about how many rows it has, and its bytes with indexes."""

    name: str
    rows: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What an examination found: `state` is ok, warning or failed."""

    check: str
    state: str
    says: str
    mend: str


@dataclass(frozen=True, slots=True)
class Storage:
    """What the house stores, and whether its tables are those that this code knows."""

    tables: tuple[Table, ...]
    database_bytes: int
    revision: str | None
    expected_revision: str
    version: str

    @property
    def fits(self) -> bool:
        """Tell whether tables and code belong together."""
        return self.revision == self.expected_revision


def by_hour(counts: Mapping[datetime, int], now: datetime) -> Drawing:
    """Return a day's counts, hour by hour, the running hour last."""
    last = now.replace(minute=0, second=0, microsecond=0)
    hours = [last - timedelta(hours=back) for back in reversed(range(HOURS))]
    return drawn([Figure(f"{hour:%H}:00", counts.get(hour, 0)) for hour in hours])


def size_words(size_bytes: int) -> str:
    """Return a size as people read it: 12 kB, 3.4 MB, 1.2 GB."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def seconds_words(seconds: float) -> str:
    """Return a time as people read it: 80 ms, 3.2 s, 4 min, 2 h, 3 d."""
    if seconds < 1:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    for limit, size, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.1f} {unit}" if seconds / size < 10 else f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"

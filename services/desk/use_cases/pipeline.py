"""What operators see of the pipeline and of what is stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.desk.domain.pipeline import Consumer, Finding, Flow, Latency, Line, Step, Storage, Table, by_hour
from shared.kit.clock import Clock
from shared.kit.errors import PactwatchError


class ReadsPipeline(Protocol):
    """One transaction that reads what the pipeline left behind."""

    async def line(self) -> Line:
        """Return what waits in the outbox."""

    async def rates(self, now: datetime) -> Mapping[Step, Mapping[datetime, int]]:
        """Return how many passed each step in each hour of the last day."""

    async def latencies(self, now: datetime) -> Sequence[Latency]:
        """Return how long each step took in the last day, of those that anything took."""

    async def tables(self) -> Sequence[Table]:
        """Return the tables, the heaviest first."""

    async def database_bytes(self) -> int:
        """Return what the whole database weighs."""


class LooksAtTheHouse(Protocol):
    """What only who is beside the bus and the engines can tell."""

    async def consumers(self) -> Sequence[Consumer]:
        """Return the takers of events, and what waits for each. Raises PactwatchError where the bus is away."""

    async def examine(self) -> Sequence[Finding]:
        """Return what an examination of the whole house finds, as the doctor does."""


@dataclass(frozen=True, slots=True)
class Built:
    """What this code is: its version, the revision of the tables that it knows, and who says which they are at."""

    version: str
    expected_revision: str
    revision: Callable[[], Awaitable[str | None]]


class Pipeline:
    """Shows how news flows, and what is stored of it."""

    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[ReadsPipeline]],
        house: LooksAtTheHouse,
        clock: Clock,
        built: Built,
    ) -> None:
        self._begin = begin
        self._house = house
        self._clock = clock
        self._built = built

    async def flow(self) -> Flow:
        """Return how news flows now."""
        now = self._clock.now()
        trouble, consumers = "", tuple[Consumer, ...]()
        try:
            consumers = tuple(await self._house.consumers())
        except PactwatchError as error:
            trouble = error.sentence
        async with self._begin() as work:
            rates = await work.rates(now)
            return Flow(
                line=await work.line(),
                consumers=consumers,
                bus_trouble=trouble,
                rates={step: by_hour(counts, now) for step, counts in rates.items()},
                latencies=tuple(await work.latencies(now)),
                at=now,
            )

    async def storage(self) -> Storage:
        """Return what is stored, and whether its tables are those that this code knows."""
        revision = await self._built.revision()
        async with self._begin() as work:
            return Storage(
                tables=tuple(await work.tables()),
                database_bytes=await work.database_bytes(),
                revision=revision,
                expected_revision=self._built.expected_revision,
                version=self._built.version,
            )

    async def examine(self) -> Sequence[Finding]:
        """Return what an examination of the whole house finds."""
        return await self._house.examine()

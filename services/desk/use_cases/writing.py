"""What every use case that changes definitions shares: the clock, and one transaction with one writer at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from services.desk.ports import Begin, DeskWork
from shared.kit.clock import Clock


class Writing:
    """Opens transactions."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self.begin = begin
        self._clock = clock

    def now(self) -> datetime:
        """Return the current moment."""
        return self._clock.now()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[DeskWork]:
        """Open a transaction that changes definitions, once no other one does."""
        async with self.begin() as work:
            await work.only_writer()
            yield work

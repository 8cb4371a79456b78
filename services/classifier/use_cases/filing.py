"""The searchable archive, filled with what came before it was there, or was filed in an earlier form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.classifier.ports import BeginFiling

STEP = 50  # articles in one transaction: some tenths of a second

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class FiledAll:
    """How many articles were filed, and how many could not be: their verdict cannot be read, or they do not go in."""

    filed: int
    unreadable: int


class Filer:
    """Files what is not filed. Broken off, it goes on where it was: what is filed is not found again."""

    def __init__(self, begin: BeginFiling) -> None:
        self._begin = begin

    async def unfiled(self) -> int:
        """Return how many articles are to be filed."""
        async with self._begin() as work:
            return await work.unfiled_count()

    async def file_all(self, told: Told = lambda _done, _all: None) -> FiledAll:
        """File every article that is not in the archive; `told` hears how many of how many are done."""
        filed = unreadable = 0
        everything = await self.unfiled()
        after: tuple[datetime, UUID] | None = None
        while True:
            async with self._begin() as work:
                step = await work.file_next(after, STEP)
            filed, unreadable, after = filed + step.filed, unreadable + step.unreadable, step.next_after
            told(filed + unreadable, everything)
            if after is None:
                return FiledAll(filed, unreadable)

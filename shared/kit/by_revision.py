"""Something made of what is stored, kept until what is stored has another revision."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class ByRevision(Generic[T]):
    """Keeps what was made of the newest revision that was seen; made by one caller at a time."""

    def __init__(self) -> None:
        self._revision: int | None = None
        self._made: T | None = None
        self._turn = asyncio.Lock()

    async def current(self, revision: Callable[[], Awaitable[int | None]], make: Callable[[], Awaitable[T]]) -> T:
        """Return what stands now, made anew where the revision is another, or None: changes are not counted.

        The revision is read before `make` reads: a change between the two makes the copy newer than its number, and it
        is made anew next time; the other order could keep an old copy for ever. Any other number counts as a change: a
        database restored from a backup goes back.
        """
        async with self._turn:
            now = await revision()
            if self._made is None or now is None or now != self._revision:
                self._made = await make()
                self._revision = now
            return self._made

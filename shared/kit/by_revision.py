"""Something made of what is stored, kept and brought up to date as what is stored gets other revisions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

Make = Callable[[], Awaitable[T]]
Change = Callable[[T, int], Awaitable[T]]


class ByRevision(Generic[T]):
    """Keeps what was made of the newest revision that was seen; made by one caller at a time."""

    def __init__(self) -> None:
        self._revision: int | None = None
        self._made: T | None = None
        self._turn = asyncio.Lock()

    async def current(
        self, revision: Callable[[], Awaitable[int | None]], make: Make[T], change: Change[T] | None = None
    ) -> T:
        """Return what stands now, never older than the revision that `revision` reads in this call.

        Where that one is later than the copy's, `change` gets the copy with its revision, and returns a new one with
        all that was stored after it; the copy itself may be in use. Without `change`, for a revision that went back (a
        database restored from a backup), and for None (changes are not counted), `make` makes it anew.

        The revision is read before `make` or `change` reads: a change between the two makes the copy newer than its
        number, and is taken up a second time; the other order could keep an old copy for ever.
        """
        async with self._turn:
            now = await revision()
            if self._made is None or now is None or self._revision is None or now < self._revision:
                self._made = await make()
            elif now > self._revision:
                self._made = await (make() if change is None else change(self._made, self._revision))
            self._revision = now
            return self._made

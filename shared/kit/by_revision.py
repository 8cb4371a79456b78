"""Something made of what is stored, kept and brought up to date as what is stored gets other revisions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stored(Generic[S, T]):
    """What is stored, as one transaction sees it.

    `revision` reads the number of the newest change, None where changes are not counted. `read` reads what was stored
    after a copy of this revision, or (None, None) all of it.
    """

    revision: Callable[[], Awaitable[int | None]]
    read: Callable[[T | None, int | None], Awaitable[S]]


class MuchChanged(Exception):
    """To take up what changed takes longer than a transaction should be held open: `renew` first, then begin anew."""


class ByRevision(Generic[S, T]):
    """Keeps what was made of the newest revision that was seen; made by one caller at a time, in a thread.

    `build` makes it of a copy and what was stored since, or of None and all that is stored; the copy may be in use, and
    is left as it is. `effort` counts how much there is to do.
    """

    def __init__(self, build: Callable[[T | None, S], T], effort: Callable[[T | None, S], int]) -> None:
        self._build = build
        self._effort = effort
        self._made: T | None = None
        self._revision: int | None = None
        self._building: tuple[int | None, asyncio.Task[T]] | None = None
        self._renewing = False
        self._turn = asyncio.Lock()

    async def current(self, stored: Stored[S, T], *, most: int | None = None) -> T:
        """Return what stands now, never older than the revision that is read in this call.

        It is made anew for a revision that went back (a database restored from a backup), and for None: changes are not
        counted. The revision is read before the rest: a change between the two makes the copy newer than its number,
        and is taken up a second time; the other order could keep an old copy for ever.

        With `most`, raises MuchChanged where there is more to do, where all is to be made anew, or where another caller
        is about it.
        """
        if most is not None and self._renewing:
            raise MuchChanged
        async with self._turn:
            await self._finished()
            now = await stored.revision()
            if self._made is not None and now is not None and now == self._revision:
                return self._made
            kept = self._basis(now)
            bounded = most if now is not None else None  # changes that are not counted would never end
            if bounded is not None and kept is None:
                raise MuchChanged
            saved = await stored.read(kept, None if kept is None else self._revision)
            if bounded is not None and self._effort(kept, saved) > bounded:
                raise MuchChanged
            return await self._made_of(now, kept, saved)

    async def renew(self, transaction: Callable[[], AbstractAsyncContextManager[Stored[S, T]]]) -> None:
        """Bring the copy up to date, however long it takes; the transaction is over before it is made.

        A caller that is cut off leaves what is being made to the next one.
        """
        async with self._turn:
            await self._finished()
            async with transaction() as stored:
                now = await stored.revision()
                if self._made is not None and now == self._revision:
                    return
                kept = self._basis(now)
                saved = await stored.read(kept, None if kept is None else self._revision)
            self._renewing = True
            try:
                await self._made_of(now, kept, saved)
            finally:
                self._renewing = False

    def _basis(self, now: int | None) -> T | None:
        """Return the copy, if what is stored now came of it by changes."""
        came_of_it = now is not None and self._revision is not None and now > self._revision
        return self._made if came_of_it else None

    async def _made_of(self, revision: int | None, kept: T | None, saved: S) -> T:
        making = asyncio.create_task(asyncio.to_thread(self._build, kept, saved))
        self._building = revision, making
        await self._finished()
        return making.result()

    async def _finished(self) -> None:
        """Wait for what is being made, whoever began it, and keep it."""
        if self._building is None:
            return
        revision, making = self._building
        try:
            made = await asyncio.shield(making)
        finally:
            if making.done():
                self._building = None
        self._made, self._revision = made, revision

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


@dataclass(frozen=True, slots=True)
class _Making(Generic[T]):
    """A copy that is being made in a thread; the later it was begun, the higher its number."""

    number: int
    revision: int | None
    task: asyncio.Task[T]


class ByRevision(Generic[S, T]):
    """Keeps what was made of the newest revision that was seen; made in a thread, in `current` by one caller at a time.

    `build` makes it of a copy and what was stored since, or of None and all that is stored; the copy may be in use, and
    is left as it is. `effort` counts how much there is to do.
    """

    def __init__(self, build: Callable[[T | None, S], T], effort: Callable[[T | None, S], int]) -> None:
        self._build = build
        self._effort = effort
        self._made: T | None = None
        self._revision: int | None = None
        self._begun = 0
        self._kept_number = 0
        self._small: _Making[T] | None = None  # of `current`
        self._large: _Making[T] | None = None  # of `renew`
        self._reading = False
        self._turn = asyncio.Lock()
        self._renewals = asyncio.Lock()

    async def current(self, stored: Stored[S, T], *, most: int | None = None) -> T:
        """Return what stands now, never older than the revision that is read in this call.

        It is made anew for a revision that went back (a database restored from a backup), and for None: changes are not
        counted. The revision is read before the rest: a change between the two makes the copy newer than its number,
        and is taken up a second time; the other order could keep an old copy for ever.

        With `most`, raises MuchChanged where there is more to do, where all is to be made anew, or where another caller
        is about it.
        """
        self._refuse_to_wait(most)
        async with self._turn:
            self._refuse_to_wait(most)
            await self._taken_up(self._large)
            await self._taken_up(self._small)
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
            making = self._small = self._began(now, kept, saved)
            await self._taken_up(making)
            return making.task.result()

    async def renew(self, transaction: Callable[[], AbstractAsyncContextManager[Stored[S, T]]]) -> None:
        """Bring the copy up to date, however long it takes; the transaction is over before it is made.

        Nobody in `current` waits for it: not while all is read, and not for the thread of a caller that was cut off,
        which goes on; what it makes is left to the next caller.
        """
        async with self._renewals:
            await self._taken_up(self._large)
            try:
                async with transaction() as stored:
                    now = await stored.revision()
                    if self._made is not None and now == self._revision:
                        return
                    self._reading = True
                    kept = self._basis(now)
                    saved = await stored.read(kept, None if kept is None else self._revision)
                self._large = self._began(now, kept, saved)
            finally:
                self._reading = False
            await self._taken_up(self._large)

    def _refuse_to_wait(self, most: int | None) -> None:
        """Raise MuchChanged while a renewal reads, or makes, what takes long; one may begin at any time."""
        if most is not None and (self._reading or (self._large is not None and not self._large.task.done())):
            raise MuchChanged

    def _basis(self, now: int | None) -> T | None:
        """Return the copy, if what is stored now came of it by changes."""
        came_of_it = now is not None and self._revision is not None and now > self._revision
        return self._made if came_of_it else None

    def _began(self, revision: int | None, kept: T | None, saved: S) -> _Making[T]:
        self._begun += 1
        return _Making(self._begun, revision, asyncio.create_task(asyncio.to_thread(self._build, kept, saved)))

    async def _taken_up(self, making: _Making[T] | None) -> None:
        """Wait for what is being made, whoever began it, and keep it, unless something begun later is kept already."""
        if making is None:
            return
        try:
            made = await asyncio.shield(making.task)
        finally:
            if making.task.done():
                self._small = None if self._small is making else self._small
                self._large = None if self._large is making else self._large
        if making.number > self._kept_number:
            self._made, self._revision, self._kept_number = made, making.revision, making.number

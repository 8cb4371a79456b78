"""Room for large bodies: only so many are in memory at once, from their download until nobody holds them any more.

A look at a source may bring ten megabytes, and dozens of looks run at once. Small bodies need no room; a large one that
finds none waits, within its own deadline, so that a host that sends large bodies delays other large ones at most.
"""

from __future__ import annotations

import asyncio
import weakref

LARGE_BYTES = 512_000  # nineteen in twenty pages and feeds are smaller
MOST_LARGE_BODIES = 4


class Permit:
    """The right to hold one large body; taken when the body turns out to be large, given back once."""

    def __init__(self, room: asyncio.Semaphore) -> None:
        self._room = room
        self._taken = False

    async def take(self) -> None:
        """Wait for room; nothing where it is taken already."""
        if not self._taken:
            await self._room.acquire()
            self._taken = True

    def give_back(self) -> None:
        """Give the room back, if it was taken."""
        if self._taken:
            self._taken = False
            self._room.release()

    def hold_with(self, holder: object) -> None:
        """Give the room back when the holder, the outcome that carries the body, is gone."""
        if self._taken:
            weakref.finalize(holder, self.give_back)

"""Room for large bodies: only so many are in memory at once, from their download until nobody holds them any more.

A look at a source may bring ten megabytes, and dozens of looks run at once. Small bodies need no room; a large one that
finds none waits, so that a host that sends large bodies delays other large ones at most.
"""

from __future__ import annotations

import asyncio
import weakref

LARGE_BYTES = 256_000  # nine in ten pages and feeds are smaller
MOST_LARGE_BODIES = 2  # ten megabytes each, held three times over while they are unpacked and handed to the child
LONGEST_WAIT_SECONDS = 120.0


class Permit:
    """The right to hold one large body; taken when the body turns out to be large, given back once.

    The look's `deadline` stands still while it waits for room: a host is not guilty of the queue.
    """

    def __init__(self, room: asyncio.Semaphore, deadline: asyncio.Timeout) -> None:
        self._room = room
        self._deadline: asyncio.Timeout | None = deadline
        self._taken = False

    async def take(self) -> None:
        """Wait for room, at most two minutes; nothing where it is taken already. Raises TimeoutError."""
        deadline = self._deadline
        if self._taken or deadline is None:
            return
        clock, ends = asyncio.get_running_loop().time, deadline.when()
        left = None if ends is None else ends - clock()
        deadline.reschedule(clock() + LONGEST_WAIT_SECONDS)
        await self._room.acquire()
        self._taken = True
        deadline.reschedule(None if left is None else clock() + left)

    def give_back(self) -> None:
        """Give the room back, if it was taken."""
        if self._taken:
            self._taken = False
            self._room.release()

    def hold_with(self, holder: object) -> None:
        """Give the room back when the holder, the outcome that carries the body, is gone."""
        self._deadline = None  # it knows its task, and the task its result: the holder would hold itself
        if self._taken:
            weakref.finalize(holder, self.give_back)

"""Waiting for what must become true, with a deadline: the only kind of wait in the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

DEADLINE_SECONDS = 20.0


async def let_pass(seconds: float) -> None:
    """Let time pass, really: for what is asked to last (`--real-time`)."""
    await asyncio.sleep(seconds)


async def eventually(look: Callable[[], Awaitable[T]], *, within_seconds: float = DEADLINE_SECONDS) -> T:
    """Look until something true comes back, and return it; fails when the deadline passes first."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_seconds
    while True:
        seen = await look()
        if seen:
            return seen
        if loop.time() > deadline:
            raise AssertionError(f"{look} saw only {seen!r} within {within_seconds} s")
        await asyncio.sleep(0.02)

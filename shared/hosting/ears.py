"""Keeps a process's one ear on the bus open."""

from __future__ import annotations

import asyncio

from shared.hosting.host import keep_running
from shared.messaging.ears import Heard, Known, listen


async def keep_listening(nats_url: str, stop: asyncio.Event, *, heard: Heard, known: Known) -> None:
    """Listen until `stop` is set; what fails is logged and begins again."""

    async def loop(stop: asyncio.Event) -> None:
        await listen(nats_url, stop, heard=heard, known=known)

    await keep_running("desk.ears", loop, stop)

"""Runs services: bus first, then handlers and loops; stopped in reverse, each stop guarded and bounded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

from shared.hosting.service import Ground, Loop, Service
from shared.kit.waiting import pause
from shared.messaging.broker import make_broker, subscribe
from shared.messaging.connection import connect
from shared.messaging.quarantine import Quarantine
from shared.messaging.redelivery import SpacedRedelivery
from shared.messaging.relay import Relay
from shared.messaging.steward import Steward

logger = logging.getLogger(__name__)

STOP_SECONDS = 20.0  # longer than a handler's grace; after it the process ends anyway
RESTART_WAITS_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)  # a loop that fails at once must not spin


async def host(
    services: Sequence[Service], ground: Ground, nats_url: str, *, stop: asyncio.Event, ready: asyncio.Event
) -> None:
    """Run the services until `stop` is set; sets `ready` when handlers listen and loops run.

    Waits for the broker as long as it takes; outages later are waited out by each part.
    """
    names = "+".join(service.name for service in services)
    settings = ground.settings
    async with AsyncExitStack() as stack:
        nudges: list[asyncio.Event] = []

        def on_reconnect() -> None:
            for nudge in nudges:
                nudge.set()

        connection = await connect(nats_url, on_reconnect=on_reconnect, name=f"pactwatch-{names}")
        stack.push_async_callback(_guarded, "bus connection", connection.close)
        js = connection.jetstream()
        steward = Steward(
            ground.database,
            js,
            sweep_seconds=settings.sweep_seconds,
            announce_again_seconds=settings.announce_again_seconds,
        )
        nudges.append(steward.nudged)
        await steward.settle_in(stop)
        relay = Relay(ground.database, js, lambda: steward.stream)

        redelivery = SpacedRedelivery(
            Quarantine(ground.database),
            waits_seconds=settings.handler_waits_seconds,
            outage_wait_seconds=settings.outage_wait_seconds,
        )
        broker = make_broker(nats_url, redelivery=redelivery, on_reconnect=on_reconnect)
        for service in services:
            for durable, handler in service.handlers:
                subscribe(broker, durable, handler)
        stack.push_async_callback(_guarded, "consumers", broker.stop)
        await broker.start()

        loops = [("steward", steward.run), ("relay", relay.run)]
        loops += [(f"{service.name}.{name}", loop) for service in services for name, loop in service.loops]
        async with asyncio.TaskGroup() as group:
            for name, loop in loops:
                group.create_task(keep_running(name, loop, stop), name=name)
            ready.set()
            logger.info("%s: ready", names)
        logger.info("%s: stopping", names)


async def keep_running(name: str, loop: Loop, stop: asyncio.Event) -> None:
    """Run a loop until `stop` is set; one that fails is logged and started again, because silence loses alerts."""
    failures = 0
    while not stop.is_set():
        try:
            await loop(stop)
        except Exception:
            logger.exception("%s failed and starts again", name)
            await pause(RESTART_WAITS_SECONDS[min(failures, len(RESTART_WAITS_SECONDS) - 1)], stop)
            failures += 1
        else:
            if not stop.is_set():
                logger.error("%s ended by itself and starts again", name)
                await pause(1.0, stop)


async def _guarded(what: str, end: Callable[[], Awaitable[object]]) -> None:
    """Stop one part; a part that cannot stop cleanly must not keep the others from stopping."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await end()
    except Exception as trouble:  # noqa: BLE001
        logger.warning("%s did not stop cleanly: %s", what, f"{type(trouble).__name__}: {trouble}")

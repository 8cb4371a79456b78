"""Runs services: bus first, then handlers and loops; stopped in reverse, each stop guarded and bounded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from faststream.nats import NatsBroker
from nats.aio.client import Client
from sqlalchemy import text

from shared.hosting.service import Ground, Loop, Service
from shared.kit.errors import Later
from shared.kit.waiting import pause
from shared.messaging.broker import make_broker, subscribe
from shared.messaging.connection import connect
from shared.messaging.quarantine import Quarantine
from shared.messaging.redelivery import SpacedRedelivery
from shared.messaging.relay import Relay
from shared.messaging.steward import Steward

logger = logging.getLogger(__name__)

T = TypeVar("T")

STOP_SECONDS = 20.0  # longer than a handler's grace; after it the process ends anyway
RESTART_WAITS_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)  # a loop that fails at once must not spin
HELD_SECONDS = 60.0  # one that ran for so long starts again at once: its failure is a new one


class Host:
    """One process's services. `run` it once; `ready` is set when handlers listen and loops run."""

    def __init__(self, services: Sequence[Service], ground: Ground, nats_url: str) -> None:
        self.ready = asyncio.Event()
        self._services = services
        self._ground = ground
        self._nats_url = nats_url
        self._connection: Client | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Run the services until `stop` is set. Waits for the broker as long as it takes, now and later."""
        names = "+".join(service.name for service in self._services)
        async with AsyncExitStack() as stack:
            nudged = asyncio.Event()
            connecting = connect(self._nats_url, on_reconnect=nudged.set, name=f"pactwatch-{names}")
            connection = await _unless_stopped(connecting, stop)
            if connection is None:
                return
            stack.push_async_callback(_guarded, "bus connection", connection.close)
            self._connection = connection
            steward = self._steward(connection, nudged)
            await steward.settle_in(stop)
            broker = self._consumers(nudged)
            stack.push_async_callback(_guarded, "consumers", broker.stop)
            await _unless_stopped(broker.start(), stop)
            relay = Relay(self._ground.database, connection.jetstream(), lambda: steward.stream)
            loops: list[tuple[str, Loop]] = [("steward", steward.run), ("relay", relay.run)]
            loops += [(f"{each.name}.{name}", loop) for each in self._services for name, loop in each.loops]
            consumers_stopped = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                for name, loop in loops:
                    group.create_task(keep_running(name, loop, consumers_stopped), name=name)
                self.ready.set()
                logger.info("%s: ready", names)
                await stop.wait()
                logger.info("%s: stopping", names)
                await _guarded("consumers", broker.stop)  # first, so that what they commit is still relayed and sent
                consumers_stopped.set()

    async def check_bus(self) -> None:
        """Raise Later when the bus is away, or not there yet."""
        if not self.ready.is_set() or self._connection is None:
            raise Later("Not ready yet.")
        if not self._connection.is_connected:
            raise Later("The bus is away.")

    async def check_database(self) -> None:
        """Raise whatever the database raises when it is away."""
        async with self._ground.database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    def _steward(self, connection: Client, nudged: asyncio.Event) -> Steward:
        settings = self._ground.settings
        return Steward(
            self._ground.database,
            connection.jetstream(),
            nudged=nudged,
            sweep_seconds=settings.sweep_seconds,
            announce_again_seconds=settings.announce_again_seconds,
        )

    def _consumers(self, nudged: asyncio.Event) -> NatsBroker:
        settings = self._ground.settings
        redelivery = SpacedRedelivery(
            Quarantine(self._ground.database),
            waits_seconds=settings.handler_waits_seconds,
            outage_wait_seconds=settings.outage_wait_seconds,
        )
        broker = make_broker(self._nats_url, redelivery=redelivery, on_reconnect=nudged.set)
        for service in self._services:
            for durable, handler in service.handlers:
                subscribe(broker, durable, handler)
        return broker


async def keep_running(name: str, loop: Loop, stop: asyncio.Event) -> None:
    """Run a loop until `stop` is set; one that fails is logged and started again, because silence loses alerts."""
    failures = 0
    clock = asyncio.get_running_loop().time
    while not stop.is_set():
        began = clock()
        try:
            await loop(stop)
        except Exception:
            logger.exception("%s failed and starts again", name)
            failures = 0 if clock() - began > HELD_SECONDS else failures
            await pause(RESTART_WAITS_SECONDS[min(failures, len(RESTART_WAITS_SECONDS) - 1)], stop)
            failures += 1
        else:
            if not stop.is_set():
                logger.error("%s ended by itself and starts again", name)
                await pause(1.0, stop)


async def _unless_stopped(work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T | None:
    """Return what the work gives; None when `stop` was set first: a bus that is away is waited for without end."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


async def _guarded(what: str, end: Callable[[], Awaitable[object]]) -> None:
    """Stop one part; a part that cannot stop cleanly must not keep the others from stopping."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await end()
    except Exception as trouble:  # noqa: BLE001
        logger.warning("%s did not stop cleanly: %s", what, f"{type(trouble).__name__}: {trouble}")

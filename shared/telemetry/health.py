"""Health of a process: named checks for a balancer, and a watchdog that ends a process whose loop is stuck.

Readiness asks the engines; liveness is only whether the event loop still turns, checked from a thread, because a
stuck loop cannot answer for itself. Compose restarts what exits, not what is merely unhealthy.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

logger = logging.getLogger(__name__)

CHECK_SECONDS = 3.0  # a balancer's own patience is about five
STUCK_SECONDS = 60.0  # far over any honest pause of the loop
TICK_SECONDS = 1.0
STUCK_EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h

Check = Callable[[], Awaitable[object]]


def health_app(service: str, checks: Mapping[str, Check]) -> Starlette:
    """Return an application with /health (200 when every check answers in time, else 503) and /metrics."""

    async def health(_request: Request) -> Response:
        results = dict(zip(checks, await asyncio.gather(*(_answer(check) for check in checks.values())), strict=True))
        healthy = all(result == "ok" for result in results.values())
        return JSONResponse(
            {"service": service, "healthy": healthy, "checks": results}, status_code=200 if healthy else 503
        )

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/health", health), Route("/metrics", metrics)])


async def _answer(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as trouble:  # noqa: BLE001  (whatever it is, it is the answer)
        return f"{type(trouble).__name__}: {trouble}"[:200]
    return "ok"


class Watchdog:
    """Ends the process when its event loop has not turned for `stuck_seconds`."""

    def __init__(self, *, stuck_seconds: float = STUCK_SECONDS, end: Callable[[int], None] = os._exit) -> None:
        self._stuck_seconds = stuck_seconds
        self._end = end
        self._last_tick = time.monotonic()
        self._over = threading.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until `stop` is set, with a thread that watches the ticks."""
        self._last_tick = time.monotonic()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        try:
            while not stop.is_set():
                self._last_tick = time.monotonic()
                try:
                    await asyncio.wait_for(stop.wait(), TICK_SECONDS)
                except TimeoutError:
                    continue
        finally:
            self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(min(TICK_SECONDS, self._stuck_seconds / 4)):
            silent_seconds = time.monotonic() - self._last_tick
            if silent_seconds > self._stuck_seconds:
                logger.critical("the event loop has not turned for %.0f s: ending the process", silent_seconds)
                self._end(STUCK_EXIT_CODE)
                return

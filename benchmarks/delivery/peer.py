"""The same alerts through procrastinate, a task queue on Postgres: `PYTHON -m benchmarks.delivery.peer` (see --help).

One worker with as many tasks at once as our notifier has places for quick sends, retries as it offers them. It keeps no
ledger of attempts, signs nothing, and holds nothing apart for slow receivers; it imports nothing of ours but `sinks`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from datetime import UTC, datetime
from uuid import uuid4

import httpx
from procrastinate import App, PsycopgConnector, RetryStrategy  # type: ignore[import-not-found]

_AT_ONCE = 64
_LIMIT_SECONDS = 15.0


def _app(url: str) -> App:
    app = App(connector=PsycopgConnector(conninfo=url, max_size=10))
    limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=0)  # as ours: a connection each
    client = httpx.AsyncClient(timeout=_LIMIT_SECONDS, limits=limits)

    @app.task(name="post", retry=RetryStrategy(max_attempts=8, exponential_wait=5))  # type: ignore[untyped-decorator]
    async def post(address: str, host: str, message_id: str, raised_at: str) -> None:
        body = json.dumps({"timestamp": raised_at, "data": {"evidence": "x" * 200}}).encode()
        headers = {"host": host, "webhook-id": message_id, "content-type": "application/json"}
        (await client.post(address, content=body, headers=headers)).raise_for_status()

    return app


async def run(url: str, endpoints: list[list[str]], alerts: int, at_once: int, per_second: float) -> None:
    """Raise alerts at their pace while one worker posts them; ends half a minute after the last."""
    app = _app(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        worker = asyncio.create_task(app.run_worker_async(concurrency=_AT_ONCE, install_signal_handlers=False))
        began, raised = time.monotonic(), 0
        while raised < alerts:
            await asyncio.sleep(max(0.0, began + raised / per_second - time.monotonic()))
            now = datetime.now(UTC).isoformat()
            some = [endpoints[(raised + number) % len(endpoints)] for number in range(at_once)]
            await app.tasks["post"].batch_defer_async(
                *({"address": to, "host": host, "message_id": str(uuid4()), "raised_at": now} for to, host in some)
            )
            raised += at_once
        await asyncio.sleep(30)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--endpoints", required=True, help="JSON: a list of address and Host header")
    parser.add_argument("--alerts", type=int, required=True)
    parser.add_argument("--at-once", type=int, required=True)
    parser.add_argument("--per-second", type=float, required=True)
    given = parser.parse_args()
    endpoints = json.loads(given.endpoints)
    asyncio.run(run(given.database, endpoints, given.alerts, given.at_once, given.per_second))


if __name__ == "__main__":
    main()

"""The house under test: the product's own scraper process on real engines, and the feed server beside it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.polling.outlets import Outlet

OPENED = "127.0.0.0/8"  # every outlet has a loopback address of its own; an administrator may open those
MIX_SECONDS = (60, 120, 300)
_READY_SECONDS = 60.0
_STOP_SECONDS = 30.0
_PACTWATCH = (sys.executable, "-c", "from services.cli.app import main; main()")


@dataclass(frozen=True)
class Engines:
    """Where the engines are, and their processes."""

    database_url: str
    nats_url: str
    postgres_pid: int
    nats_pid: int


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def write_sources(path: Path, outlets: Sequence[Outlet], port: int, *, mix: bool) -> None:
    """Write the sources as a file for `pactwatch source import`; with `mix` each has a pace of its own."""
    rows: list[dict[str, object]] = [
        {"name": f"Outlet {each.number}", "url": f"http://{each.address}:{port}/feed"} for each in outlets
    ]
    if mix:
        for number, row in enumerate(rows):
            row["every_seconds"] = MIX_SECONDS[number % len(MIX_SECONDS)]
    path.write_text(yaml.safe_dump(rows, sort_keys=False), encoding="utf-8")


async def pactwatch(engines: Engines, folder: Path, *arguments: str) -> str:
    """Run a command of the product to its end, and return what it says."""
    process = await asyncio.create_subprocess_exec(
        *_PACTWATCH, *arguments, env=_environment(engines, folder), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"pactwatch {' '.join(arguments)} ended with code {process.returncode}: {said.decode()}")
    return said.decode()


@asynccontextmanager
async def feed_server(outlets: dict[str, object], port: int, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the feed server."""
    asked = json.dumps({"port": port, "log": str(log), "outlets": outlets})
    command = (sys.executable, "-m", "benchmarks.polling.feed_server", asked)
    async with _running(command, dict(os.environ), "ready") as process:
        yield process


@asynccontextmanager
async def scraper(engines: Engines, folder: Path, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `pactwatch serve scraper`; its log goes to a file."""
    with log.open("wb") as errors:
        command = (*_PACTWATCH, "serve", "scraper")
        async with _running(command, _environment(engines, folder), "scraper ready", errors.fileno()) as process:
            yield process


@asynccontextmanager
async def _running(
    command: Sequence[str], environment: dict[str, str], ready: str, errors: int | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=errors
    )
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await _until(process, ready)
        yield process
    finally:
        await _stop(process)


async def _until(process: asyncio.subprocess.Process, ready: str) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if line.decode().startswith(ready):
            return
    raise RuntimeError(f"it ended with code {await process.wait()} before it was ready ({ready!r})")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _environment(engines: Engines, folder: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PACTWATCH_")}
    return ours | {
        "PACTWATCH_DATABASE_URL": engines.database_url,
        "PACTWATCH_NATS_URL": engines.nats_url,
        "PACTWATCH_DATA_DIR": str(folder),
        "PACTWATCH_ALLOWED_PRIVATE_HOSTS": OPENED,
        "PACTWATCH_LOG_LEVEL": "warning",
        "PACTWATCH_HEALTH_PORT": "0",
    }

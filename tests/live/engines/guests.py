"""Those who use the engines: clients, and a parent process that holds them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import nats

from services.cli.engines.leftover import look_at
from services.cli.engines.supervisor import Engines

Until = Callable[[Callable[[], bool], float], None]
Lives = Callable[[int], bool]
Kill = Callable[[int], None]


@dataclass(frozen=True)
class Parent:
    """A process of its own that holds engines, to be killed."""

    process: subprocess.Popen[str]

    def report(self) -> dict[str, Any]:
        """Wait until its engines run; return their pids and URLs."""
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def kill(self) -> None:
        """End it as the kernel would when memory is short."""
        self.process.kill()
        self.process.wait()


class Guests:
    """Clients of the engines."""

    async def ask(self, url: str, query: str, *values: object) -> object:
        """Return the first value of the query's first row."""
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    async def append(self, url: str, text: bytes) -> int:
        """Store a message in a stream on disk; return how many the stream holds."""
        client = await nats.connect(url, allow_reconnect=False)
        try:
            bus = client.jetstream()
            with contextlib.suppress(nats.js.errors.BadRequestError):
                await bus.add_stream(name="KEPT", subjects=["kept"])
            await bus.publish("kept", text)
            return (await bus.stream_info("KEPT")).state.messages
        finally:
            await client.close()

    async def answer_again(self, engines: Engines) -> None:
        """Return when both engines answer, however long the supervisor takes; the caller sets the deadline."""
        while True:
            try:
                await self.ask(engines.database_url, "SELECT 1")
                await self.append(engines.nats_url, b"again")
            except (OSError, asyncpg.PostgresError, nats.errors.Error):
                await asyncio.sleep(0.02)
            else:
                return


async def greeting_as(port: int, secret: dict[str, str]) -> str:
    """Speak to a NATS server by hand, as this client; return what it answers to a ping."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await reader.readline()
        writer.write(f"CONNECT {json.dumps({'verbose': False, **secret})}\r\nPING\r\n".encode())
        return (await reader.readline()).decode().strip()
    finally:
        writer.close()
        await writer.wait_closed()


def has_ended(pid: int) -> bool:
    """Tell whether no living process has this number."""
    return look_at(pid) is None


def program_of(pid: int) -> Path:
    """Return the program that the process runs."""
    return Path(f"/proc/{pid}/exe").resolve()


def command_of(pid: int) -> str:
    """Return the command line of the process."""
    return Path(f"/proc/{pid}/cmdline").read_text()

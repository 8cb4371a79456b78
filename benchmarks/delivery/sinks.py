"""Two hundred webhook endpoints in a process of their own: healthy, slow, and dead in two ways; tells what arrived.

One listener serves them all, told apart by the Host header. `python -m benchmarks.delivery.sinks` prints its port, and
the arrivals as JSON once its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping

SLOW_SECONDS = 5.0
HEALTHY, SLOW, HANGING, REFUSING = "healthy", "slow", "hanging", "refusing"


def kind_of(number: int) -> str:
    """Return how the endpoint of this number behaves: of each ten, one is slow and one dead."""
    if number % 10 == 3:
        return SLOW
    if number % 10 == 7:
        return HANGING if number % 20 == 7 else REFUSING
    return HEALTHY


def host_of(number: int) -> str:
    """Return the endpoint's name."""
    return f"h{number:03}.sink.example"


class Sinks:
    """Keeps, for each arrival: the endpoint, the message's id, when the alert was raised, and when it arrived."""

    def __init__(self) -> None:
        self.arrivals: list[tuple[int, str, str, float]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and answer as its endpoint does."""
        try:
            headers = await _headers(reader)
            number = int(headers["host"][1:4])
            said = json.loads(await reader.readexactly(int(headers["content-length"])))
            self.arrivals.append((number, headers.get("webhook-id", ""), said["timestamp"], time.time()))
            if kind_of(number) == HANGING:
                await asyncio.sleep(3600)
            elif kind_of(number) == SLOW:
                await asyncio.sleep(SLOW_SECONDS)
            writer.write(b"HTTP/1.1 204 Taken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the sender has given up, or the run is over
        finally:
            writer.close()


async def _headers(reader: asyncio.StreamReader) -> Mapping[str, str]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}


async def main() -> None:
    """Serve until standard input ends, then print what arrived."""
    sinks = Sinks()
    server = await asyncio.start_server(sinks.serve, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    json.dump(sinks.arrivals, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())

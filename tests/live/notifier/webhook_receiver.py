"""A real web server on this machine that takes webhooks, and misbehaves as told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

HANG = "hang"  # take the request and never answer
LATE = "late"  # take the request and answer 204 when released
RESET = "reset"  # take the request and break the connection


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes
    taken: bool = True  # it was not refused: 2xx, or no answer at all


class WebhookReceiver:
    """Answers each path's requests with its script, in order; the last answer repeats, and is 204 where none is set."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.scripts: dict[str, list[str | int | tuple[int, str] | tuple[int, str, str]]] = {}
        self.port = 0
        self.released = asyncio.Event()
        self._arrived = asyncio.Condition()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        return [each for each in self.received if each.path == path]

    async def has(self, count: int, path: str | None = None) -> None:
        """Wait until so many requests have arrived."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.at(path) if path else self.received) >= count)

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
        """Listen, on a free port the first time and on the same one ever after."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", self.port, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            self.released.set()
            server.close()
            await server.wait_closed()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await self._read(reader)
            script = self.scripts.get(request.path, [])
            answer = script.pop(0) if len(script) > 1 else (script[0] if script else 204)
            status = answer[0] if isinstance(answer, tuple) else answer
            async with self._arrived:
                self.received.append(replace(request, taken=not isinstance(status, int) or 200 <= status < 300))
                self._arrived.notify_all()
            if answer in (HANG, LATE):
                await self.released.wait()
            answer = 204 if answer == LATE else answer
            if answer == HANG:
                pass
            elif answer == RESET:
                writer.transport.abort()
            else:
                status, header, *said = answer if isinstance(answer, tuple) else (answer, "x-nothing: 1")
                body = "".join(said).encode()
                writer.write(
                    f"HTTP/1.1 {status} Said\r\n{header}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
                )
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Received:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        return Received(head[0].split()[1], headers, await reader.readexactly(int(headers.get("content-length", 0))))


@asynccontextmanager
async def a_receiver() -> AsyncIterator[WebhookReceiver]:
    receiver = WebhookReceiver()
    async with receiver.listening():
        yield receiver

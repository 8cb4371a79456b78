"""A way out for programs that make their own connections: a proxy on this machine, behind the guard of our own client.

It takes CONNECT (RFC 9110, section 9.3.6) and nothing else, looks the name up once, vets every address, and connects to
a vetted one. It lives as long as one errand, and lets in only who has its password.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address

from shared.web.backend import Resolver, UnknownHost
from shared.web.guard import AllowedHosts, BlockedAddress, IPAddress, plain_host, vet

_HEAD_SECONDS = 10.0
_CONNECT_SECONDS = 5.0
_MOST_HEAD_BYTES = 8192
_MOST_TRIED = 4  # addresses of one name
_PIECE_BYTES = 65_536
_USER = "pactwatch"


@dataclass
class Errand:
    """What went through: `refused` is why a connection was not made, `connected` whether any was."""

    url: str
    port: int
    refused: str | None = None
    blocked: bool = False
    connected: bool = False


class GuardedProxy:
    """Opens proxies that lead to vetted addresses only."""

    def __init__(self, allowed: AllowedHosts, resolve: Resolver) -> None:
        self._allowed = allowed
        self._resolve = resolve

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Errand]:
        """Listen on a free port of 127.0.0.1; at the end of the block every connection is closed."""
        password = secrets.token_urlsafe(24)
        at_work: set[asyncio.Task[None]] = set()
        errand = Errand("", 0)

        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._serve(reader, writer, password, errand))
            at_work.add(task)
            task.add_done_callback(at_work.discard)

        server = await asyncio.start_server(begin, "127.0.0.1", 0, limit=_MOST_HEAD_BYTES)
        errand.port = server.sockets[0].getsockname()[1]
        errand.url = f"http://{_USER}:{password}@127.0.0.1:{errand.port}"
        try:
            yield errand
        finally:
            server.close()
            for task in at_work:
                task.cancel()
            await asyncio.gather(*at_work, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, password: str, errand: Errand
    ) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
                async with asyncio.timeout(_HEAD_SECONDS):
                    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                await self._answer(head, reader, writer, password, errand)
        finally:
            writer.close()

    async def _answer(
        self,
        head: Sequence[str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        password: str,
        errand: Errand,
    ) -> None:
        method, _, rest = head[0].partition(" ")
        host, _, port = rest.partition(" ")[0].rpartition(":")
        if not _may_enter(head[1:], password):
            await _say(writer, "407 Proxy Authentication Required")
        elif method != "CONNECT" or not (port.isascii() and port.isdigit()) or not host:
            errand.refused = "Only encrypted connections are made."
            await _say(writer, "405 Method Not Allowed")
        else:
            far = await self._connected(plain_host(host), int(port), errand)
            if far is None:
                await _say(writer, "403 Forbidden")
            else:
                errand.connected = True
                await _say(writer, "200 Connected")
                await _carry(reader, writer, *far)

    async def _connected(
        self, host: str, port: int, errand: Errand
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                vetted = vet(host, port, await self._addresses(host, port), self._allowed)[:_MOST_TRIED]
        except BlockedAddress as blocked:
            errand.refused, errand.blocked = str(blocked), True
            return None
        except (UnknownHost, TimeoutError):
            errand.refused = f"The name {host} could not be found. Is it spelt so, and is this machine online?"
            return None
        for ip in vetted:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_CONNECT_SECONDS / len(vetted)):
                    return await asyncio.open_connection(str(ip), port)
        errand.refused = f"{host}:{port} does not take connections."
        return None

    async def _addresses(self, host: str, port: int) -> Sequence[IPAddress]:
        try:
            return [ip_address(host)]
        except ValueError:
            return await self._resolve(host, port)


def _may_enter(headers: Sequence[str], password: str) -> bool:
    wanted = "Basic " + base64.b64encode(f"{_USER}:{password}".encode()).decode()
    given = next((value.strip() for name, _, value in _split(headers) if name.lower() == "proxy-authorization"), "")
    return hmac.compare_digest(given.encode("latin-1"), wanted.encode())


def _split(headers: Sequence[str]) -> list[tuple[str, str, str]]:
    return [header.partition(":") for header in headers]


async def _say(writer: asyncio.StreamWriter, status: str) -> None:
    writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
    await writer.drain()


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
) -> None:
    """Carry bytes both ways until one side has ended."""
    ways = {asyncio.create_task(_flow(reader, far_writer)), asyncio.create_task(_flow(far_reader, writer))}
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        far_writer.close()


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()

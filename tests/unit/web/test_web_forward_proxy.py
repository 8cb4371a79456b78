"""The proxy for programs that make their own connections: CONNECT alone, vetted addresses alone, for one errand."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest

from shared.web.forward_proxy import Errand, GuardedProxy
from shared.web.guard import AllowedHosts, IPAddress


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(100):
        writer.write(said)
    writer.close()


@pytest.fixture
async def far():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def a_proxy(allowed: str = "far.example", *, leads_to: str = "127.0.0.1") -> GuardedProxy:
    async def resolve(host: str, port: int) -> Sequence[IPAddress]:
        return [ip_address(leads_to)]

    return GuardedProxy(AllowedHosts.parse(allowed), resolve)


async def said_to(way: Errand, request: str, *, password: str | None = None):
    parts = urlsplit(way.url)
    login = base64.b64encode(f"{parts.username}:{password or parts.password}".encode()).decode()
    reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
    writer.write(f"{request}\r\nProxy-Authorization: Basic {login}\r\n\r\n".encode())
    status = (await reader.readline()).decode().split(" ", 2)
    await reader.readline()
    return int(status[1]), reader, writer


async def test_bytes_go_both_ways_through_a_connection(far: int):
    async with a_proxy().opened() as way:
        status, reader, writer = await said_to(way, f"CONNECT far.example:{far} HTTP/1.1")
        writer.write(b"hello")
        assert (status, await reader.readexactly(5), way.connected) == (200, b"hello", True)
        writer.close()


async def test_a_private_address_is_refused_with_the_guards_reason(far: int):
    async with a_proxy(allowed="").opened() as way:
        status, _, writer = await said_to(way, f"CONNECT far.example:{far} HTTP/1.1")
        writer.close()
    assert (status, way.blocked, way.connected) == (403, True, False)
    assert "is not an address of the public internet" in (way.refused or "")


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://far.example/ HTTP/1.1",
        "CONNECT far.example HTTP/1.1",
        "CONNECT :80 HTTP/1.1",
        "CONNECT far.example:８0 HTTP/1.1".encode().decode("latin-1"),
    ],
)
async def test_anything_but_connect_is_refused(request_line: str, far: int):
    async with a_proxy().opened() as way:
        status, _, writer = await said_to(way, request_line)
        writer.close()
    assert (status, way.connected) == (405, False)


async def test_nobody_enters_without_the_password(far: int):
    async with a_proxy().opened() as way:
        status, _, writer = await said_to(way, f"CONNECT far.example:{far} HTTP/1.1", password="guess")
        writer.close()
    assert (status, way.connected) == (407, False)


async def test_the_end_of_the_errand_ends_its_connections(far: int):
    async with a_proxy().opened() as way:
        status, reader, writer = await said_to(way, f"CONNECT far.example:{far} HTTP/1.1")
    assert (status, await reader.read()) == (200, b"")
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", way.port)

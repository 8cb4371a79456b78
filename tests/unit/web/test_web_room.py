"""Only so many large bodies are in memory at once; small ones never wait for them."""

from __future__ import annotations

import asyncio

import pytest

from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from shared.web.looks import Failed, Fetched
from shared.web.room import LARGE_BYTES, MOST_LARGE_BODIES
from tests.unit.web.loopback_server import LocalServer, chosen

LARGE, SMALL = b"x" * (LARGE_BYTES + 1), b"x" * 1000


@pytest.fixture
async def client(server: LocalServer):
    server.answer = chosen(lambda request: (200, LARGE if request.path.startswith("/large") else SMALL, {}))
    allowed = AllowedHosts.parse(f"127.0.0.1:{server.port}")
    opened = make_client(allowed=allowed, user_agent="pactwatch-tests/1", most_per_host=20)
    yield opened
    await opened.aclose()


async def held(client: WebClient, server: LocalServer) -> list[Fetched]:
    """As many large bodies as there is room for."""
    looks = await asyncio.gather(*(client.get(server.url(f"/large/{n}")) for n in range(MOST_LARGE_BODIES)))
    return [look for look in looks if isinstance(look, Fetched)]


async def test_one_large_body_more_waits_until_another_is_let_go(server: LocalServer, client: WebClient):
    bodies = await held(client, server)
    assert len(bodies) == MOST_LARGE_BODIES
    one_more = asyncio.create_task(client.get(server.url("/large/more"), total_seconds=2))
    assert isinstance(await client.get(server.url("/small")), Fetched)  # goes by, and gives the other time to wait
    assert not one_more.done()
    del bodies[0]
    assert isinstance(await one_more, Fetched)


async def test_a_look_that_is_broken_off_while_it_waits_takes_no_room(server: LocalServer, client: WebClient):
    bodies = await held(client, server)
    waiting = asyncio.create_task(client.get(server.url("/large/more")))
    assert isinstance(await client.get(server.url("/small")), Fetched)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    bodies.clear()
    assert len(await held(client, server)) == MOST_LARGE_BODIES


async def test_bodies_that_turn_out_too_large_leave_their_room(server: LocalServer, client: WebClient):
    for _ in range(MOST_LARGE_BODIES + 1):
        look = await client.get(server.url("/large"), limit_bytes=LARGE_BYTES)
        assert isinstance(look, Failed)
        assert look.kind == "too_large"
    assert len(await held(client, server)) == MOST_LARGE_BODIES

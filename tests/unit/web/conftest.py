"""A real server on the loopback and a door that may reach it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import pytest

from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from tests.unit.web.loopback_server import LocalServer


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    running = LocalServer()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def client(server: LocalServer, trusted: ssl.SSLContext) -> AsyncIterator[WebClient]:
    allowed = AllowedHosts.parse(f"127.0.0.1:{server.port}")
    opened = make_client(allowed=allowed, user_agent="pactwatch-tests/1", tls=trusted)
    yield opened
    await opened.aclose()

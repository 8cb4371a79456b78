"""A newsstand, a web client that may visit it, and a scraper on a real database."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import pytest

from shared.store.unit_of_work import Database
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from tests.live.scraper.newsstand import Newsstand, Scraper, a_newsstand


@pytest.fixture
async def stand() -> AsyncIterator[Newsstand]:
    async with a_newsstand() as one:
        yield one


@pytest.fixture
async def web(trusted: ssl.SSLContext) -> AsyncIterator[WebClient]:
    client = make_client(allowed=AllowedHosts.parse("127.0.0.1,localhost"), user_agent="Pactwatch/test", tls=trusted)
    yield client
    await client.aclose()


@pytest.fixture
def scraper(database: Database, web: WebClient) -> Scraper:
    return Scraper(database, web)

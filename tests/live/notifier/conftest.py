"""A notifier on a real database, with a real web client and a real receiver."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from services.notifier.app import build_notifier
from services.notifier.schedule import dispatch_forever
from services.notifier.use_cases import Notifier
from shared.kit.clock import SystemClock
from shared.kit.sealing import Seals
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from tests.live.notifier.webhook_receiver import WebhookReceiver, a_receiver

SEALS = Seals.parse("a key of the tests which is long enough")
MakeNotifier = Callable[..., Notifier]


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with a_receiver() as one:
        yield one


@pytest.fixture
async def web_client(trusted: ssl.SSLContext) -> AsyncIterator[WebClient]:
    client = make_client(allowed=AllowedHosts.parse("127.0.0.1,localhost"), user_agent="Pactwatch/test", tls=trusted)
    yield client
    await client.aclose()


@pytest.fixture
def make_notifier(database: Database, web_client: WebClient) -> MakeNotifier:
    """Makes a notifier; keywords are settings. Retries wait for a minute unless a test says otherwise."""

    def make(
        *,
        on: Database | None = None,
        through: WebClient | None = None,
        seals: Seals | None = SEALS,
        **settings: object,
    ) -> Notifier:
        values = {"delivery_waits_seconds": (60, 60, 60), "smtp_tls": "none", "mail_from": "Watch <watch@desk.example>"}
        return build_notifier(
            Settings(**values | settings),
            on or database,
            SystemClock(),
            through or web_client,
            seals=seals,
        )

    return make


@pytest.fixture
def notifier(make_notifier: MakeNotifier) -> Notifier:
    return make_notifier()


async def send_all_due(notifier: Notifier) -> int:
    """Dispatch until nothing is due and nothing under way; returns how many attempts were made."""
    made = 0
    while begun := (await notifier.dispatch_due()).begun:
        made += begun
        await notifier.finish(20)
    return made


@asynccontextmanager
async def running(*notifiers: Notifier, finish_seconds: float = 18) -> AsyncIterator[None]:
    """Let the notifiers' clockworks run."""
    stop = asyncio.Event()
    works = [asyncio.create_task(dispatch_forever(one, stop, finish_seconds=finish_seconds)) for one in notifiers]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*works)

"""A trouble's whole way: announced in a transaction, over the real bus, into the ledger, to an operator's webhook."""

from __future__ import annotations

import asyncio

import pytest
from standardwebhooks import Webhook

from services.cli.engines.engine import EmbeddedEngine
from services.notifier.app import notifier
from shared.catalogue.loader import load_catalogue
from shared.hosting.host import Host
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database, Work
from shared.web.client import WebClient
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.test_notifier_tells_operators import a_trouble, an_operator
from tests.live.notifier.webhook_receiver import WebhookReceiver

pytestmark = pytest.mark.live


async def test_a_trouble_that_is_announced_reaches_its_operator(
    database: Database, web_client: WebClient, receiver: WebhookReceiver, nats_server: EmbeddedEngine
):
    await an_operator(database, address=receiver.url("/ops"))
    ground = Ground(Settings(sweep_seconds=0.1), database, SystemClock(), load_catalogue(), web_client)
    host = Host([notifier(ground)], ground, nats_server.url)
    stop = asyncio.Event()
    run = asyncio.create_task(host.run(stop))
    try:
        async with asyncio.timeout(30):
            for event in (a_trouble(), a_trouble(over=True)):
                async with database.begin(Work) as work:
                    await work.announce(event)
                await receiver.has(2 if event.over else 1)
    finally:
        stop.set()
        await run
    said = [Webhook(rows.SECRET).verify(each.body, each.headers)["data"]["over"] for each in receiver.received]
    assert said == [False, True]

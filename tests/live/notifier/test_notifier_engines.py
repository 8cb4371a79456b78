"""The engines restart while alerts are raised and sent: each alert arrives, and none comes twice without need."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from migrations.upgrade import upgrade
from services.cli.engines.engine import EmbeddedEngine
from services.cli.engines.postgres import start_postgres
from services.notifier.app import notifier
from shared.catalogue.loader import load_catalogue
from shared.hosting.host import Host
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database, Work
from shared.web.client import WebClient
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.webhook_receiver import WebhookReceiver
from tests.waiting import eventually

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

ALERTS = 30


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[EmbeddedEngine]:
    """A Postgres of this test's own, that it may stop."""
    data = tmp_path / "postgres"
    data.mkdir(mode=0o700)
    server = await start_postgres(data)
    yield server
    await server.stop()


@asynccontextmanager
async def a_running_notifier(database: Database, web: WebClient, nats_url: str) -> AsyncIterator[None]:
    settings = Settings(
        sweep_seconds=0.2, outage_wait_seconds=0.2, lease_seconds=10, delivery_waits_seconds=(0.5,) * 60
    )
    ground = Ground(settings, database, SystemClock(), load_catalogue(), web)
    host, stop = Host([notifier(ground)], ground, nats_url), asyncio.Event()
    running = asyncio.create_task(host.run(stop))
    try:
        async with asyncio.timeout(60):
            await host.ready.wait()
        yield
    finally:
        stop.set()
        await running


async def articles(database: Database, count: int) -> None:
    """Announce that articles were classified, as the classifier does."""
    for _ in range(count):
        event = await rows.a_classified_article(database)
        async with database.begin(Work) as work:
            await work.announce(event)


def doubles(receiver: WebhookReceiver) -> int:
    ids = Counter(request.headers["webhook-id"] for request in receiver.received)
    return sum(count - 1 for count in ids.values())


async def all_sent(database: Database, count: int) -> None:
    async def are_all_sent() -> bool:
        return [delivery.state for delivery in await rows.deliveries(database)] == ["sent"] * count

    await eventually(are_all_sent, within_seconds=60)


async def test_the_bus_restarts_and_each_alert_arrives_once(database, web_client, receiver, nats_server):
    await rows.a_subscription(database, await rows.a_rule(database), address=receiver.url("/hook"))
    async with a_running_notifier(database, web_client, nats_server.url):
        await articles(database, ALERTS // 3)
        await receiver.has(1)
        await nats_server.stop()
        await articles(database, ALERTS // 3)
        await nats_server.start()
        await articles(database, ALERTS // 3)
        await receiver.has(ALERTS)
        await all_sent(database, ALERTS)
    assert doubles(receiver) == 0


async def test_the_database_restarts_and_each_alert_arrives(postgres, web_client, receiver, nats_server):
    database = Database(postgres.url)
    await upgrade(database)
    await rows.a_subscription(database, await rows.a_rule(database), address=receiver.url("/hook"))
    async with a_running_notifier(database, web_client, nats_server.url):
        await articles(database, ALERTS)
        await receiver.has(3)
        await postgres.stop()
        await postgres.start()
        async with asyncio.timeout(60):
            await receiver.has(ALERTS)
        await all_sent(database, ALERTS)
    unknown = sum(delivery.unknowns for delivery in await rows.deliveries(database))
    await database.close()
    assert doubles(receiver) <= unknown, "only what nobody knew the fate of comes again, under its id"

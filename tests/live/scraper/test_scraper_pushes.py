"""A hub pushes, over real HTTP: what is signed wakes its source, once before each look and never too often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.cli.engines.engine import EmbeddedEngine
from services.scraper.app import scraper
from services.scraper.use_cases.pushes import REST
from shared.catalogue.loader import load_catalogue
from shared.hosting.host import Host
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.errors import Later
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from tests.live.scraper.hub import Hub, a_hub
from tests.live.scraper.hub_house import House, a_door
from tests.live.scraper.newsstand import Newsstand
from tests.waiting import eventually

pytestmark = pytest.mark.live


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with a_hub() as one:
        yield one


@pytest.fixture
async def house(database: Database, web: WebClient, hub: Hub) -> AsyncIterator[House]:
    async with a_door(database) as base:
        yield House(database, web, base, hub)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_a_push_makes_its_source_due(house: House, hub: Hub, method: str):
    source_id = await house.add_source()
    await house.round()
    assert await hub.push(b"<rss>news</rss>" * 10_000, method=method) == [202]
    (event,) = await house.pushed()
    assert event.source_id == source_id
    await house.wakes.wake_source(event)
    assert await house.due_in(source_id) <= timedelta(0)
    assert (await house.subscription()).pushes == 1
    assert (await house.subscription()).last_push_at is not None


async def test_a_push_that_is_not_signed_with_our_secret_is_answered_alike_and_ignored(house: House, hub: Hub):
    await house.add_source()
    await house.round()
    assert await hub.push(secret="a guess") == [202]
    assert await house.pushed() == []
    assert (await house.subscription()).pushes == 0


async def test_however_often_a_hub_pushes_one_event_leaves_before_the_next_look(house: House, hub: Hub):
    await house.add_source()
    await house.round()
    for number in range(5):
        await hub.push(f"<rss>{number}</rss>".encode())
    assert len(await house.pushed()) == 1
    assert (await house.subscription()).pushes == 5
    await house.sql("UPDATE source_states SET last_look_at = now()")
    await hub.push()
    assert len(await house.pushed()) == 2


async def test_a_push_during_a_look_wakes_the_source_once_more_after_it(house: House, hub: Hub):
    source_id = await house.add_source()
    await house.round()
    await hub.push()
    await house.sql("UPDATE source_states SET leased_until = now() + interval '1 minute'")
    await hub.push()
    await hub.push()
    _, during = await house.pushed()
    with pytest.raises(Later):
        await house.wakes.wake_source(during)
    assert await house.due_in(source_id) > timedelta(minutes=50)
    await house.sql("UPDATE source_states SET leased_until = NULL, last_look_at = now() - interval '1 minute'")
    await house.wakes.wake_source(during)
    assert await house.due_in(source_id) <= timedelta(0)


async def test_a_source_that_was_looked_at_just_now_rests_first(house: House, hub: Hub):
    source_id = await house.add_source()
    await house.round()
    await house.sql("UPDATE source_states SET last_look_at = now()")
    await hub.push()
    (event,) = await house.pushed()
    await house.wakes.wake_source(event)
    assert REST / 2 < await house.due_in(source_id) <= REST


async def test_an_event_wakes_once_and_a_source_that_is_due_sooner_is_not_put_off(house: House, hub: Hub):
    source_id = await house.add_source()
    await house.round()
    await hub.push()
    (event,) = await house.pushed()
    await house.wakes.wake_source(event)
    await house.sql("UPDATE source_states SET next_look_at = now() + interval '1 hour', last_look_at = now()")
    await house.wakes.wake_source(event)
    assert await house.due_in(source_id) > timedelta(minutes=50)
    await house.sql("UPDATE source_states SET next_look_at = now() - interval '1 minute'")
    await hub.push()
    await house.wakes.wake_source((await house.pushed())[-1])
    assert await house.due_in(source_id) <= timedelta(minutes=-1)


async def test_a_push_does_not_overrule_a_server_that_asked_us_to_wait(house: House, hub: Hub):
    source_id = await house.add_source()
    await house.round()
    await house.sql("UPDATE source_states SET state = 'throttled'")
    await hub.push()
    (event,) = await house.pushed()
    await house.wakes.wake_source(event)
    assert await house.due_in(source_id) > timedelta(minutes=50)


async def test_a_push_travels_over_the_bus_and_the_feed_is_fetched_at_once(
    house: House, hub: Hub, stand: Newsstand, nats_server: EmbeddedEngine
):
    stand.serve_feed("/feed.xml")
    source_id = await house.add_source()
    await house.sql("UPDATE sources SET url = :url", url=stand.url("/feed.xml"))
    settings = Settings(sweep_seconds=0.1, base_url=house.base, allowed_private_hosts="127.0.0.1")
    ground = Ground(settings, house.database, SystemClock(), load_catalogue(), house.web)
    stop = asyncio.Event()
    running = asyncio.create_task(Host([scraper(ground)], ground, nats_server.url).run(stop))

    async def subscribed() -> bool:
        return bool(hub.subscribers)

    async def fetched() -> bool:
        return bool(stand.headers_at("/feed.xml"))

    try:
        await eventually(subscribed)
        assert await house.due_in(source_id) > timedelta(minutes=50)
        assert await hub.push() == [202]
        await eventually(fetched)
    finally:
        stop.set()
        await running

"""From the outbox to a handler on the real broker: nothing lost, nothing handled twice."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.cli.engines.engine import EmbeddedEngine
from shared.contracts.events import AlertDelivered, ArticlePublished
from shared.contracts.streams import CLASSIFIER, STREAM
from shared.messaging.bootstrap import ensure
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work
from tests.live.messaging.bus import Bus, MakeBus, announce, published, unsent
from tests.waiting import eventually

pytestmark = pytest.mark.live


async def test_an_announced_event_reaches_its_handler_once(database: Database, make_bus: MakeBus) -> None:
    events = [published(f"pact {n}") for n in range(250)]
    async with (await make_bus()).running() as bus:
        await announce(database, *events)
        await eventually(lambda: bus.listener.has_handled(events))

        assert sorted(bus.listener.calls) == sorted(event.event_id for event in events)


async def test_headers_carry_the_cloudevents_attributes_and_the_message_id(
    database: Database, make_bus: MakeBus
) -> None:
    event = published()
    bus = await make_bus()
    async with bus.running(listening=False):
        await announce(database, event)

        async def stored() -> bool:
            return (await bus.js.stream_info(STREAM)).state.messages == 1

        await eventually(stored)
        message = await bus.js.get_msg(STREAM, 1)

    assert message.subject == "events.article.published.v1"
    assert message.headers is not None
    assert message.headers["Nats-Msg-Id"] == f"{event.event_id}.1"
    assert message.headers["ce-id"] == str(event.event_id)
    assert message.headers["ce-type"] == "pactwatch.article.published.v1"
    assert message.headers["ce-specversion"] == "1.0"
    assert message.headers["correlation_id"] == str(event.correlation_id)
    assert message.data is not None
    assert ArticlePublished.model_validate_json(message.data) == event


async def test_a_relay_that_died_before_its_mark_sends_under_the_same_id_and_the_broker_keeps_one(
    database: Database, make_bus: MakeBus
) -> None:
    bus = await make_bus()
    await bus.steward.settle_in(asyncio.Event())
    await announce(database, published())
    assert await bus.relay.drain_once() == (1, 0)
    async with database.begin(Work) as work:
        row = (await work.session.scalars(select(OutboxRow))).one()
        row.sent_at = None  # as if the transaction of the mark had never committed

    assert await bus.relay.drain_once() == (1, 0)
    assert (await bus.js.stream_info(STREAM)).state.messages == 1


async def test_an_event_is_announced_again_when_its_taker_never_took_it_and_it_is_handled_once(
    database: Database, make_bus: MakeBus
) -> None:
    event = published()
    bus = await make_bus(again_seconds=0.2)
    async with bus.running(listening=False):
        await announce(database, event)

        async def copies() -> bool:
            return (await bus.js.stream_info(STREAM)).state.messages >= 2

        await eventually(copies)
    async with (await make_bus()).running() as listening:
        await eventually(lambda: listening.listener.has_handled([event]))

        assert listening.listener.handled == [event.event_id]


async def test_an_event_without_takers_is_never_announced_again(database: Database, make_bus: MakeBus) -> None:
    now = datetime.now(UTC)
    event = AlertDelivered(
        event_id=uuid4(),
        occurred_at=now,
        correlation_id=uuid4(),
        alert_id=uuid4(),
        delivery_id=uuid4(),
        channel="inbox",
        attempts=1,
    )
    bus = await make_bus(again_seconds=0.0)
    await bus.steward.settle_in(asyncio.Event())
    await announce(database, event)
    assert await bus.relay.drain_once() == (1, 0)

    assert await bus.steward.sweep() == 0


async def test_nothing_is_lost_when_the_brokers_volume_is_wiped_while_running(
    database: Database, make_bus: MakeBus, nats_server: EmbeddedEngine
) -> None:
    before, after = [published(f"before {n}") for n in range(40)], [published(f"after {n}") for n in range(40)]
    bus = await make_bus()
    async with bus.running(listening=False):
        await announce(database, *before)

        async def all_sent() -> bool:
            return await unsent(database) == 0

        await eventually(all_sent)
        await nats_server.stop()
        shutil.rmtree(nats_server.data / "nats" / "store", ignore_errors=True)
        for left in (nats_server.data / "nats").glob("**/jetstream"):
            shutil.rmtree(left)
        await announce(database, *after)
        await nats_server.start()
        async with (await make_bus()).running() as listening:
            await eventually(lambda: listening.listener.has_handled(before + after))

            assert len(listening.listener.handled) == len(before + after)


async def test_a_consumer_that_somebody_deleted_comes_back_and_misses_nothing(
    database: Database, make_bus: MakeBus
) -> None:
    first, second = published("first"), published("second")
    async with (await make_bus()).running() as bus:
        await announce(database, first)
        await eventually(lambda: bus.listener.has_handled([first]))
        await bus.js.delete_consumer(STREAM, CLASSIFIER.name)
        await announce(database, second)
        await eventually(lambda: bus.listener.has_handled([second]))

        assert bus.listener.handled == [first.event_id, second.event_id]


async def test_settings_that_drifted_are_put_right(make_bus: MakeBus) -> None:
    bus = await make_bus()
    await ensure(bus.js)
    info = await bus.js.consumer_info(STREAM, CLASSIFIER.name)
    changed = info.config
    changed.ack_wait = 7
    await bus.js.add_consumer(STREAM, changed)

    await ensure(bus.js)

    assert (await bus.js.consumer_info(STREAM, CLASSIFIER.name)).config.ack_wait == 10


async def test_two_relays_on_one_outbox_send_each_event_once(database: Database, make_bus: MakeBus) -> None:
    events = [published(f"pact {n}") for n in range(300)]
    await announce(database, *events)
    one, two = await make_bus(), await make_bus()
    for bus in (one, two):
        await bus.steward.settle_in(asyncio.Event())

    async def drain(bus: Bus) -> int:
        total = 0
        while (sent := (await bus.relay.drain_once())[0]) > 0:
            total += sent
        return total

    assert sum(await asyncio.gather(drain(one), drain(two))) == 300
    assert (await one.js.stream_info(STREAM)).state.messages == 300

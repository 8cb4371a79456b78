"""From the outbox to a handler on the real broker: nothing lost, nothing handled twice, poison set aside."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import nats
import pytest
from nats.js import JetStreamContext
from sqlalchemy import func, select

from services.cli.engines.engine import EmbeddedEngine
from shared.contracts import streams
from shared.contracts.events import AlertDelivered, ArticlePublished, Event
from shared.contracts.streams import CLASSIFIER, STREAM
from shared.kit.errors import Never
from shared.messaging import redelivery
from shared.messaging.bootstrap import ensure
from shared.messaging.broker import make_broker, subscribe
from shared.messaging.quarantine import Quarantine
from shared.messaging.redelivery import SpacedRedelivery
from shared.messaging.relay import Relay
from shared.messaging.steward import Steward
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work
from tests.waiting import eventually

pytestmark = pytest.mark.live

WAITS_SECONDS = (0.05, 0.1, 0.2)


def published(title: str = "A pact") -> ArticlePublished:
    return ArticlePublished(
        event_id=uuid4(),
        occurred_at=datetime.now(UTC),
        correlation_id=uuid4(),
        article_id=uuid4(),
        story_id=uuid4(),
        source_name="Courier",
        url="https://example.org/a",
        title=title,
    )


async def announce(database: Database, *events: Event) -> None:
    async with database.begin(Work) as work:
        for event in events:
            await work.announce(event)


class Listener:
    """Takes events as the classifier does, and fails for as long as it is told to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.calls: list[UUID] = []
        self.handled: list[UUID] = []
        self.fail: Callable[[ArticlePublished], None] = lambda _event: None

    async def on_article_published(self, event: ArticlePublished) -> None:
        self.calls.append(event.event_id)
        async with self.database.begin(Work) as work:
            if not await work.take(event.event_id, CLASSIFIER.name):
                return
            self.fail(event)
        self.handled.append(event.event_id)

    async def has_handled(self, events: Sequence[Event]) -> bool:
        return {event.event_id for event in events} <= set(self.handled)


class Bus:
    """One process's worth of messaging: steward, relay and, when asked, a listener."""

    def __init__(self, database: Database, js: JetStreamContext, url: str, *, again_seconds: float) -> None:
        self.js = js
        self.steward = Steward(
            database, js, nudged=asyncio.Event(), sweep_seconds=0.1, announce_again_seconds=again_seconds
        )
        self.relay = Relay(database, js, lambda: self.steward.stream)
        self.quarantine = Quarantine(database)
        self.listener = Listener(database)
        self._url = url
        self._stop = asyncio.Event()

    @asynccontextmanager
    async def running(self, *, listening: bool = True) -> AsyncIterator[Bus]:
        await self.steward.settle_in(self._stop)
        policy = SpacedRedelivery(self.quarantine, waits_seconds=WAITS_SECONDS, outage_wait_seconds=0.1)
        broker = make_broker(self._url, redelivery=policy, on_reconnect=self.steward.nudged.set)
        subscribe(broker, CLASSIFIER, self.listener.on_article_published)
        if listening:
            await broker.start()
        loops = [asyncio.create_task(loop(self._stop)) for loop in (self.steward.run, self.relay.run)]
        yield self
        self._stop.set()
        await asyncio.gather(*loops)
        await broker.stop()


MakeBus = Callable[..., Awaitable[Bus]]


@pytest.fixture
async def make_bus(database: Database, nats_server: EmbeddedEngine) -> AsyncIterator[MakeBus]:
    connections = []

    async def make(*, again_seconds: float = 900) -> Bus:
        connection = await nats.connect(nats_server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
        connections.append(connection)
        return Bus(database, connection.jetstream(), nats_server.url, again_seconds=again_seconds)

    yield make
    for connection in connections:
        await connection.close()


async def unsent(database: Database) -> int:
    async with database.begin(Work) as work:
        found = await work.session.scalar(select(func.count()).where(OutboxRow.sent_at.is_(None)))
        return found or 0


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


async def test_a_handler_that_fails_twice_gets_the_event_again_and_handles_it(
    database: Database, make_bus: MakeBus
) -> None:
    event = published()
    async with (await make_bus()).running() as bus:

        def fail_twice(_event: ArticlePublished) -> None:
            if len(bus.listener.calls) < 3:
                raise RuntimeError("not yet")

        bus.listener.fail = fail_twice
        await announce(database, event)
        await eventually(lambda: bus.listener.has_handled([event]))

        assert len(bus.listener.calls) == 3
        assert await bus.quarantine.waiting() == []


async def test_an_event_that_always_fails_is_quarantined_with_its_reason_and_holds_nobody_up(
    database: Database, make_bus: MakeBus
) -> None:
    poison, healthy = published("poison"), [published(f"pact {n}") for n in range(30)]
    async with (await make_bus()).running() as bus:

        def fail_on_poison(event: ArticlePublished) -> None:
            if event.title == "poison":
                raise RuntimeError("cannot digest this")

        bus.listener.fail = fail_on_poison
        await announce(database, poison, *healthy)
        await eventually(lambda: bus.listener.has_handled(healthy))
        [line] = await eventually(bus.quarantine.waiting)

        assert line.event_id == poison.event_id
        assert line.taker == "classifier"
        assert line.reason == "failed 4 times, at last with RuntimeError: cannot digest this"
        assert bus.listener.calls.count(poison.event_id) == len(WAITS_SECONDS) + 1


@pytest.mark.parametrize(
    "payload", [b"{not json", b"\xff\xfe\x00", b"[]", b'{"event_id": "x"}', b"", b"null", b"[" * 100_000]
)
async def test_what_cannot_be_decoded_is_quarantined_at_once(
    database: Database, make_bus: MakeBus, payload: bytes
) -> None:
    healthy = published()
    async with (await make_bus()).running() as bus:
        await bus.js.publish(ArticlePublished.subject(), payload, stream=STREAM, timeout=5)
        await announce(database, healthy)
        [line] = await eventually(bus.quarantine.waiting)
        await eventually(lambda: bus.listener.has_handled([healthy]))

        assert line.deliveries == 1
        assert "cannot be decoded" in line.reason


async def test_a_failure_that_no_try_can_mend_is_quarantined_at_once_and_can_be_replayed(
    database: Database, make_bus: MakeBus
) -> None:
    event = published()
    async with (await make_bus()).running() as bus:

        def never(_event: ArticlePublished) -> None:
            raise Never("The article is not there.")

        bus.listener.fail = never
        await announce(database, event)
        [line] = await eventually(bus.quarantine.waiting)
        assert (line.deliveries, line.reason) == (1, "The article is not there.")

        bus.listener.fail = lambda _event: None
        assert await bus.quarantine.replay(line.quarantine_id, bus.js)
        await eventually(lambda: bus.listener.has_handled([event]))

        assert await bus.quarantine.waiting() == []
        assert not await bus.quarantine.replay(line.quarantine_id, bus.js)


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


async def test_a_quarantined_event_is_not_announced_again(database: Database, make_bus: MakeBus) -> None:
    event = published()
    async with (await make_bus(again_seconds=0.0)).running() as bus:

        def never(_event: ArticlePublished) -> None:
            raise Never("No.")

        bus.listener.fail = never
        await announce(database, event)
        await eventually(bus.quarantine.waiting)
        calls = len(bus.listener.calls)
        await bus.steward.sweep()

        assert await unsent(database) == 0
        assert len(bus.listener.calls) == calls


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


async def test_a_slow_handler_keeps_its_message_and_is_not_run_twice(
    database: Database, make_bus: MakeBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "ACK_WAIT_SECONDS", 1)
    monkeypatch.setattr(redelivery, "IN_PROGRESS_SECONDS", 0.2)
    event = published()
    bus = await make_bus()
    loop = asyncio.get_running_loop()

    async def slow(event: ArticlePublished) -> None:
        bus.listener.calls.append(event.event_id)
        until = loop.time() + 3.0  # three times the broker's patience

        async def over() -> bool:
            return loop.time() >= until

        await eventually(over)
        bus.listener.handled.append(event.event_id)

    bus.listener.on_article_published = slow  # type: ignore[method-assign]
    async with bus.running():
        await announce(database, event)
        await eventually(lambda: bus.listener.has_handled([event]))

    assert bus.listener.calls == [event.event_id]

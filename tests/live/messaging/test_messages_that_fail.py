"""A message that fails: tried again with waits, set aside with its reason, holding nobody up."""

from __future__ import annotations

import asyncio

import pytest

from shared.contracts import streams
from shared.contracts.events import ArticlePublished
from shared.contracts.streams import STREAM
from shared.kit.errors import Later, Never
from shared.messaging import redelivery
from shared.messaging.quarantine import Undigested
from shared.store.unit_of_work import Database
from shared.telemetry import metrics
from tests.live.messaging.bus import WAITS_SECONDS, MakeBus, announce, published, unsent
from tests.waiting import eventually

pytestmark = pytest.mark.live


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


async def test_the_metrics_tell_what_waits_in_outbox_and_quarantine(database: Database, make_bus: MakeBus) -> None:
    bus = await make_bus()
    await bus.steward.settle_in(asyncio.Event())
    await announce(database, published())
    await bus.quarantine.put(
        Undigested("classifier", "events.article.published.v1", None, {}, b"{", "cannot be decoded", 1, 1)
    )
    await bus.steward.sweep()

    assert metrics.QUARANTINE_WAITING.collect()[0].samples[0].value == 1
    assert metrics.OUTBOX_OLDEST_SECONDS.collect()[0].samples[0].value > 0


async def test_an_outage_does_not_use_up_the_tries_of_the_failures_after_it(
    database: Database, make_bus: MakeBus
) -> None:
    event = published()
    async with (await make_bus()).running() as bus:

        def away_and_then_failing(_event: ArticlePublished) -> None:
            calls = len(bus.listener.calls)
            if calls <= 3:
                raise Later("The database is away.")
            if calls <= 3 + len(WAITS_SECONDS):
                raise RuntimeError("not yet")

        bus.listener.fail = away_and_then_failing
        await announce(database, event)
        await eventually(lambda: bus.listener.has_handled([event]))

        assert await bus.quarantine.waiting() == []


async def test_a_long_outage_never_makes_a_message_look_like_a_killer(
    database: Database, make_bus: MakeBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redelivery, "MOST_DELIVERIES", 2)
    monkeypatch.setattr(redelivery, "LONGEST_OUTAGE_WAIT_SECONDS", 0.1)
    event = published()
    async with (await make_bus()).running() as bus:

        def away_for_long(_event: ArticlePublished) -> None:
            if len(bus.listener.calls) <= 6:
                raise Later("The database is away.")

        bus.listener.fail = away_for_long
        await announce(database, event)
        await eventually(lambda: bus.listener.has_handled([event]))

        assert await bus.quarantine.waiting() == []

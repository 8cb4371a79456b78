"""One process's services: up when its engines are, down when told, and never silent about a loop that failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.cli.engines.engine import EmbeddedEngine
from shared.catalogue.loader import load_catalogue
from shared.contracts.events import ArticlePublished
from shared.contracts.streams import CLASSIFIER
from shared.hosting import host as hosting
from shared.hosting.host import Host
from shared.hosting.service import Ground, Service
from shared.kit.clock import SystemClock
from shared.kit.errors import Later
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database, Work
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.waiting import eventually

pytestmark = pytest.mark.live

STOP_WITHIN_SECONDS = 8.0  # a consumer that waits for its next message ends its fetch first


@pytest.fixture
async def ground(database: Database) -> AsyncIterator[Ground]:
    web = make_client(allowed=AllowedHosts.parse(""), user_agent="Pactwatch/test")
    settings = Settings(sweep_seconds=0.1, handler_waits_seconds=(0.1,))
    yield Ground(settings, database, SystemClock(), load_catalogue(), web)
    await web.aclose()


@asynccontextmanager
async def running(host: Host) -> AsyncIterator[asyncio.Event]:
    """Run the host; yields its stop."""
    stop = asyncio.Event()
    run = asyncio.create_task(host.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(STOP_WITHIN_SECONDS):
            await run


class Loop:
    """A service's loop that tells when it began and when it ended."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self, stop: asyncio.Event) -> None:
        self.began.set()
        await stop.wait()
        self.ended.set()


def answers(check: Callable) -> Callable:
    """Return a look at whether a health check passes."""

    async def look() -> bool:
        with suppress(Later):
            await check()
            return True
        return False

    return look


async def test_a_host_waits_for_a_bus_that_is_not_there_yet(ground: Ground, nats_server: EmbeddedEngine):
    await nats_server.stop()
    loop = Loop()
    host = Host([Service("clerk", loops=(("work", loop),))], ground, nats_server.url)
    async with running(host):
        with pytest.raises(Later):
            await host.check_bus()
        assert not host.ready.is_set()
        await nats_server.start()
        await asyncio.wait_for(host.ready.wait(), 15)
        await asyncio.wait_for(loop.began.wait(), 5)
        await host.check_bus()
        await host.check_database()
    assert loop.ended.is_set()


async def test_a_host_that_waits_for_its_bus_stops_when_told(ground: Ground, nats_server: EmbeddedEngine):
    await nats_server.stop()
    host = Host([], ground, nats_server.url)
    async with running(host) as stop:
        await asyncio.sleep(0)
        stop.set()
    assert not host.ready.is_set()


async def test_health_tells_that_the_bus_is_away_and_that_it_is_back(ground: Ground, nats_server: EmbeddedEngine):
    host = Host([], ground, nats_server.url)
    bus = answers(host.check_bus)
    async with running(host):
        await eventually(bus)
        await nats_server.stop()

        async def is_away() -> bool:
            return not await bus()

        await eventually(is_away)
        await nats_server.start()
        await eventually(bus)


async def test_what_is_announced_reaches_the_handler_of_the_service(ground: Ground, nats_server: EmbeddedEngine):
    handled: asyncio.Queue[ArticlePublished] = asyncio.Queue()

    async def on_article_published(event: ArticlePublished) -> None:
        handled.put_nowait(event)

    event = ArticlePublished(
        event_id=uuid4(),
        occurred_at=datetime.now(UTC),
        correlation_id=uuid4(),
        article_id=uuid4(),
        story_id=uuid4(),
        source_name="Courier",
        url="https://example.org/a",
        title="A pact",
    )
    host = Host([Service("clerk", handlers=((CLASSIFIER, on_article_published),))], ground, nats_server.url)
    async with running(host):
        await asyncio.wait_for(host.ready.wait(), 15)
        async with ground.database.begin(Work) as work:
            await work.announce(event)
        assert await asyncio.wait_for(handled.get(), 10) == event


async def test_one_loop_that_fails_does_not_end_the_others(
    ground: Ground, nats_server: EmbeddedEngine, caplog: pytest.LogCaptureFixture
):
    loop = Loop()

    async def fails(_stop: asyncio.Event) -> None:
        raise ValueError("a bug in the clerk")

    host = Host([Service("clerk", loops=(("fails", fails), ("work", loop)))], ground, nats_server.url)
    async with running(host):
        await asyncio.wait_for(host.ready.wait(), 15)
        await asyncio.wait_for(loop.began.wait(), 5)

        async def is_told() -> bool:
            return any("clerk.fails failed and starts again" in each.getMessage() for each in caplog.records)

        await eventually(is_told)
        assert not loop.ended.is_set()
    assert loop.ended.is_set()


async def test_a_loop_that_fails_is_started_again_until_it_holds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(hosting, "RESTART_WAITS_SECONDS", (0.001, 0.002))
    stop, tries = asyncio.Event(), 0

    async def holds_at_the_fourth(stop: asyncio.Event) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise ValueError(f"try {tries}")
        stop.set()

    await asyncio.wait_for(hosting.keep_running("clerk.work", holds_at_the_fourth, stop), 5)
    assert tries == 4
    assert [each.exc_info is not None for each in caplog.records] == [True] * 3


async def test_a_loop_that_had_held_is_not_made_to_wait_for_failures_of_long_ago(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hosting, "RESTART_WAITS_SECONDS", (0.001, 600.0))
    monkeypatch.setattr(hosting, "HELD_SECONDS", 0.01)
    stop, tries = asyncio.Event(), 0

    async def holds_for_a_while(stop: asyncio.Event) -> None:
        nonlocal tries
        tries += 1
        if tries == 4:
            stop.set()
        await asyncio.wait({asyncio.create_task(stop.wait())}, timeout=0.03)
        raise ValueError("a bug")

    await asyncio.wait_for(hosting.keep_running("clerk.work", holds_for_a_while, stop), 5)
    assert tries == 4


async def test_a_loop_that_fails_while_it_waits_to_start_again_stops_when_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hosting, "RESTART_WAITS_SECONDS", (600.0,))
    stop, failed = asyncio.Event(), asyncio.Event()

    async def fails(_stop: asyncio.Event) -> None:
        failed.set()
        raise ValueError("a bug")

    kept = asyncio.create_task(hosting.keep_running("clerk.work", fails, stop))
    await failed.wait()
    stop.set()
    await asyncio.wait_for(kept, 5)


async def test_a_loop_that_ends_by_itself_is_told_and_started_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    stop, began = asyncio.Event(), 0

    async def ends(stop: asyncio.Event) -> None:
        nonlocal began
        began += 1
        if began == 2:
            stop.set()

    await asyncio.wait_for(hosting.keep_running("clerk.work", ends, stop), 5)
    assert began == 2
    assert "clerk.work ended by itself" in caplog.text


async def test_a_part_that_cannot_stop_does_not_keep_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(hosting, "STOP_SECONDS", 0.01)

    async def never() -> None:
        await asyncio.Event().wait()

    async def breaks() -> None:
        raise RuntimeError("broken")

    await hosting._guarded("the slow one", never)
    await hosting._guarded("the broken one", breaks)
    assert "the slow one did not stop cleanly" in caplog.text
    assert "broken" in caplog.text

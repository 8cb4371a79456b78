"""One process's worth of messaging on the real broker, and a listener that fails when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

from nats.js import JetStreamContext
from sqlalchemy import func, select

from shared.contracts.events import ArticlePublished, Event
from shared.contracts.streams import CLASSIFIER
from shared.messaging.broker import make_broker, subscribe
from shared.messaging.quarantine import Quarantine
from shared.messaging.redelivery import SpacedRedelivery
from shared.messaging.relay import Relay
from shared.messaging.steward import Steward
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work

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


async def unsent(database: Database) -> int:
    async with database.begin(Work) as work:
        found = await work.session.scalar(select(func.count()).where(OutboxRow.sent_at.is_(None)))
        return found or 0

"""What a scraper that asks, a desk's door for hubs and a database are together, moved one step at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from services.cli.web_server import bind, port_of, serve
from services.desk.pages.websub import websub_routes
from services.scraper.adapters.hub_queries import HubQueries
from services.scraper.use_cases.hubs import HubAsks
from services.scraper.use_cases.pushes import HubDoor, Wakes
from shared.contracts.events import FeedPushed
from shared.kit.clock import SystemClock
from shared.store.definitions import SourceRow
from shared.store.harvest import HubSubscriptionRow, SourceStateRow
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import WebClient
from tests.live.scraper.hub import Hub

TOPIC = "https://courier.example/feed.xml"


@dataclass
class House:
    """A scraper's asking half, a desk's door that hubs can call, and the rows between them."""

    database: Database
    web: WebClient
    base: str
    hub: Hub

    def __post_init__(self) -> None:
        self.asks = HubAsks(partial(self.database.begin, HubQueries), self.web, self.base)
        self.wakes = Wakes(partial(self.database.begin, HubQueries))

    async def add_source(self, *, hub: str | None = None, self_url: str | None = TOPIC, name: str = "Courier") -> UUID:
        """A source that was looked at just now and names a hub; it is due in an hour."""
        source_id, now = uuid4(), datetime.now(UTC)
        source = {"source_id": source_id, "name": name, "url": f"https://{name}.example/feed", "created_at": now}
        state = {"next_look_at": now + timedelta(hours=1), "last_look_at": now - timedelta(minutes=1)}
        async with self.database.begin(Work) as work:
            await work.session.execute(insert(SourceRow).values(**source))
            state |= {"source_id": source_id, "state": "fine", "hub": hub or self.hub.url, "self_url": self_url}
            await work.session.execute(insert(SourceStateRow).values(**state))
        return source_id

    async def round(self) -> int:
        """Make every request that is due; return how many those were."""
        claimed = await self.asks.claim(50)
        await asyncio.gather(*(self.asks.ask(each) for each in claimed))
        return len(claimed)

    async def round_later(self) -> int:
        await self.sql("UPDATE hub_subscriptions SET next_try_at = now() - interval '1 second'")
        return await self.round()

    async def name_hub(self, url: str) -> None:
        """Move the hub, for the source and for its subscription alike."""
        for table in ("source_states", "hub_subscriptions"):
            await self.sql(f"UPDATE {table} SET hub = :hub", hub=url)

    async def sql(self, statement: str, **values: Any) -> None:
        async with self.database.begin(Work) as work:
            await work.session.execute(text(statement), values)

    async def subscriptions(self) -> Sequence[HubSubscriptionRow]:
        async with self.database.begin(Work) as work:
            return (await work.session.scalars(select(HubSubscriptionRow))).all()

    async def subscription(self) -> HubSubscriptionRow:
        (only,) = await self.subscriptions()
        return only

    async def due_in(self, source_id: UUID) -> timedelta:
        async with self.database.begin(Work) as work:
            state = await work.session.get_one(SourceStateRow, source_id)
        return state.next_look_at - datetime.now(UTC)

    async def pushed(self) -> list[FeedPushed]:
        async with self.database.begin(Work) as work:
            rows = await work.session.scalars(select(OutboxRow.payload).order_by(OutboxRow.created_at))
        return [FeedPushed.model_validate(row) for row in rows]


@asynccontextmanager
async def a_door(database: Database) -> AsyncIterator[str]:
    """The desk's routes for hubs on a port of their own; yields the public address."""
    app = FastAPI()
    app.include_router(websub_routes(HubDoor(partial(database.begin, HubQueries), SystemClock())))
    listener, stop = bind("127.0.0.1", 0, setting="test"), asyncio.Event()
    serving = asyncio.create_task(serve(app, listener, stop))
    try:
        yield f"http://127.0.0.1:{port_of(listener)}"
    finally:
        stop.set()
        await serving
        listener.close()

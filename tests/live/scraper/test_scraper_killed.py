"""Two scrapers share the sources: none is asked twice in its interval, and a dead one's come back with its lease."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.dialects.postgresql import insert

from shared.store.definitions import SourceRow
from shared.store.unit_of_work import Database, Work
from tests.live.scraper import killable_scraper
from tests.live.scraper.newsstand import NOW, Item, rss_of
from tests.waiting import eventually

pytestmark = pytest.mark.live

ROOT = Path(killable_scraper.__file__).parents[3]
INTERVAL_SECONDS = 3
LEASE_SECONDS = 4
TICK_AND_A_BUSY_MACHINE_SECONDS = 4
HOSTS = 4
SOURCES_OF_A_HOST = 4


@dataclass
class Desk:
    """Serves feeds, notes who asked for which and when, and lets the first scraper wait for ever once told to."""

    asked: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    holding: asyncio.Event = field(default_factory=asyncio.Event)
    held: dict[str, float] = field(default_factory=dict)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            source = writer.get_extra_info("sockname")[1], head.split()[1]
            by = "first" if "Pactwatch/first" in head else "second"
            if source[1] == "/robots.txt":
                writer.write(b"HTTP/1.1 404 None\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                return
            name, now = "{}{}".format(*source), asyncio.get_running_loop().time()
            self.asked[name].append((now, by))
            if self.holding.is_set() and by == "first":
                self.held[name] = now
                await self.done.wait()
            feed = rss_of(Item("/a", "A pact").xml("http://127.0.0.1/a"))
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(feed) + feed)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def asked_by(self, who: str) -> set[str]:
        return {name for name, asked in self.asked.items() if any(by == who for _, by in asked)}


@asynccontextmanager
async def a_desk(database: Database) -> AsyncIterator[Desk]:
    desk = Desk()
    servers = [await asyncio.start_server(desk.serve, "127.0.0.1", 0) for _ in range(HOSTS)]
    urls = [
        f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{number}"
        for server in servers
        for number in range(SOURCES_OF_A_HOST)
    ]
    rows = [
        {"source_id": uuid4(), "name": url, "url": url, "every_seconds": INTERVAL_SECONDS, "created_at": NOW}
        for url in urls
    ]
    async with database.begin(Work) as work:
        await work.session.execute(insert(SourceRow).values(rows))
    try:
        yield desk
    finally:
        desk.done.set()
        for server in servers:
            server.close()


@asynccontextmanager
async def a_scraper(database_url: str, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", killable_scraper.__name__, database_url, name, str(LEASE_SECONDS)),
        cwd=ROOT,
        env=dict(os.environ),
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_two_scrapers_one_killed_and_no_source_is_asked_twice_or_left_behind(
    database: Database, database_url: str
):
    everything = HOSTS * SOURCES_OF_A_HOST
    async with (
        a_desk(database) as desk,
        a_scraper(database_url, "first") as first,
        a_scraper(database_url, "second"),
    ):

        async def both_at_work() -> bool:
            return len(desk.asked) == everything and min(len(desk.asked_by("first")), len(desk.asked_by("second"))) > 0

        async def in_the_middle_of_looks() -> bool:
            return len(desk.held) >= 3

        await eventually(both_at_work, within_seconds=40)
        desk.holding.set()
        await eventually(in_the_middle_of_looks)
        first.kill()
        await first.wait()
        held, killed_at = dict(desk.held), asyncio.get_running_loop().time()

        async def all_are_asked_again() -> bool:
            return all(sum(at > killed_at for at, _ in asked) >= 2 for asked in desk.asked.values())

        await eventually(all_are_asked_again, within_seconds=40)
        gaps = [later - at for asked in desk.asked.values() for (at, _), (later, _) in pairwise(asked)]
        assert min(gaps) >= INTERVAL_SECONDS
        left_behind = {
            name: next(at for at, _ in desk.asked[name] if at > since) - since for name, since in held.items()
        }
        assert max(left_behind.values()) < LEASE_SECONDS + TICK_AND_A_BUSY_MACHINE_SECONDS, left_behind
        assert all(by == "second" for asked in desk.asked.values() for at, by in asked if at > killed_at)

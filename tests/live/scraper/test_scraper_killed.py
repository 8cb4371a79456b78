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

from services.scraper.schedule import LOOKS_AT_ONCE
from shared.store.definitions import SourceRow
from shared.store.unit_of_work import Database, Work
from tests.live.scraper import killable_scraper
from tests.live.scraper.newsstand import NOW, Item, rss_of
from tests.waiting import eventually

pytestmark = pytest.mark.live

ROOT = Path(killable_scraper.__file__).parents[3]
INTERVAL_SECONDS = 3
LEASE_SECONDS = 8
TICK_AND_A_BUSY_MACHINE_SECONDS = 4
HOSTS = 20
SOURCES_OF_A_HOST = 4  # as many as are looked at together
EVERYTHING = HOSTS * SOURCES_OF_A_HOST  # more than one scraper has hands for


@dataclass
class Desk:
    """Serves feeds, notes who asked for which and when, and lets one scraper wait for ever once told which."""

    asked: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    holding: str = ""  # the scraper that is kept waiting
    held: set[str] = field(default_factory=set)
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
            if by == self.holding:
                self.held.add(name)
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
    async with a_desk(database) as desk, a_scraper(database_url, "first") as first:

        async def all_are_known() -> bool:
            return len(desk.asked) == EVERYTHING

        async def all_its_hands_wait() -> bool:
            return len(desk.held) == LOOKS_AT_ONCE

        await eventually(all_are_known, within_seconds=40)
        desk.holding = "first"
        await eventually(all_its_hands_wait)
        async with a_scraper(database_url, "second"):
            await both_work_until_the_first_dies(desk, first)


async def both_work_until_the_first_dies(desk: Desk, first: asyncio.subprocess.Process) -> None:
    others = set(desk.asked) - set(desk.held)

    async def a_lease_has_been_renewed() -> bool:
        return all(sum(by == "second" for _, by in desk.asked[name]) >= 2 for name in others)

    await eventually(a_lease_has_been_renewed, within_seconds=40)
    assert desk.asked_by("second") == others
    first.kill()
    await first.wait()
    killed_at = asyncio.get_running_loop().time()

    async def all_are_asked_again() -> bool:
        return all(sum(at > killed_at for at, _ in asked) >= 2 for asked in desk.asked.values())

    await eventually(all_are_asked_again, within_seconds=40)
    gaps = [later - at for asked in desk.asked.values() for (at, _), (later, _) in pairwise(asked)]
    assert min(gaps) >= INTERVAL_SECONDS
    back_after = {name: next(at for at, _ in desk.asked[name] if at > killed_at) - killed_at for name in desk.held}
    assert max(back_after.values()) < LEASE_SECONDS + TICK_AND_A_BUSY_MACHINE_SECONDS, back_after
    assert all(by == "second" for asked in desk.asked.values() for at, by in asked if at > killed_at)

"""The scraper as it is shipped, with a name server that lies and looks that end sooner; stops at SIGTERM."""

from __future__ import annotations

import asyncio
import json
import signal
from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address
from time import thread_time

from services.scraper.app import scraper
from shared.catalogue.loader import load_catalogue
from shared.hosting.host import keep_running
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.kit.waiting import pause
from shared.store.unit_of_work import Database
from shared.web.backend import UnknownHost
from shared.web.client import make_client
from shared.web.guard import AllowedHosts, IPAddress
from tests.live.scraper.nasty_site import DOMAIN

BETWEEN_SECONDS = 0.05
HERE, PRIVATE = ip_address("127.0.0.1"), ip_address("10.0.0.7")


class LyingNames:
    """A name server that some of the site's hosts have in their hand; the others are on this machine."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    async def __call__(self, host: str, port: int) -> Sequence[IPAddress]:
        self._asked[host] += 1
        match host.removesuffix(f".{DOMAIN}"):
            case "dns-rebinding":  # the first look-up is of robots.txt
                return [HERE] if self._asked[host] == 1 else [PRIVATE]
            case "dns-of-two-minds":
                return [HERE, PRIVATE]
            case "inner" | "167772167":  # the number that 10.0.0.7 is
                return [PRIVATE]
            case "no-such-host":
                raise UnknownHost(f"The name {host} could not be found.")
            case "dns-never-answers":
                await asyncio.Event().wait()
        return [HERE]


async def _measure_turns(stop: asyncio.Event, found: list[float]) -> None:
    """Write down how many CPU seconds this thread spent between two looks at it: nobody has a turn for as long."""
    while not stop.is_set():
        began, ends = thread_time(), asyncio.get_running_loop().time() + BETWEEN_SECONDS
        await pause(BETWEEN_SECONDS, stop)
        late = asyncio.get_running_loop().time() - ends
        found.append(min(thread_time() - began, max(late, 0.0)))


async def scrape_until_stopped(database_url: str, get_seconds: float) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    web = make_client(
        allowed=AllowedHosts.parse("127.0.0.0/8"),
        user_agent="Pactwatch/nasty",
        resolve=LyingNames(),
        most_get_seconds=get_seconds,
    )
    database = Database(database_url)
    ground = Ground(Settings(), database, SystemClock(), load_catalogue(), web)
    turns: list[float] = []
    async with asyncio.TaskGroup() as group:
        group.create_task(_measure_turns(stop, turns))
        for name, loop in scraper(ground).loops:
            group.create_task(keep_running(name, loop, stop), name=name)
    await web.aclose()
    await database.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    print(json.dumps({"tasks": [repr(task) for task in left], "longest_turns": sorted(turns)[-20:]}), flush=True)  # noqa: T201  (the test reads it)

"""A scraper's looks at sources, in a process that a test kills: `… DATABASE_URL NAME LEASE_SECONDS`."""

from __future__ import annotations

import asyncio
import sys

from services.scraper.app import scraper
from shared.catalogue.loader import load_catalogue
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database
from shared.web.client import make_client
from shared.web.guard import AllowedHosts


async def look_until_killed(database_url: str, name: str, lease_seconds: float) -> None:
    web = make_client(allowed=AllowedHosts.parse("127.0.0.1"), user_agent=f"Pactwatch/{name}")
    settings = Settings(lease_seconds=lease_seconds)
    ground = Ground(settings, Database(database_url), SystemClock(), load_catalogue(), web)
    loops = dict(scraper(ground).loops)
    await loops["poll"](asyncio.Event())


if __name__ == "__main__":
    asyncio.run(look_until_killed(sys.argv[1], sys.argv[2], float(sys.argv[3])))

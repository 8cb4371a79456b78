"""One walk of one alert through a notifier, in a process that a failpoint may kill: `… DATABASE_URL EVENT`."""

from __future__ import annotations

import asyncio
import sys

from services.notifier.app import build_notifier
from shared.contracts.events import ArticleClassified
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.live.notifier.notifier_rows import raised_events


async def walk(database_url: str, event: ArticleClassified) -> None:
    database = Database(database_url)
    web_client = make_client(allowed=AllowedHosts.parse("127.0.0.1"), user_agent="Pactwatch/test")
    notifier = build_notifier(Settings(), database, SystemClock(), web_client)
    await notifier.raise_alerts(event)
    for raised in await raised_events(database):
        await notifier.deliver_alert(raised)
    await notifier.gather_due()
    await notifier.dispatch_due()
    await notifier.finish(20)
    await web_client.aclose()
    await database.close()


if __name__ == "__main__":
    asyncio.run(walk(sys.argv[1], ArticleClassified.model_validate_json(sys.argv[2])))

"""Hears on the bus that there is news, and who of the house is not there. Keeps nothing and acknowledges nothing.

A core subscription: what passes while the bus or we are away is not heard, so whoever listens looks at the database
again when it is back. A service is there when its durable has a fetch waiting: each asks again every few seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from shared.contracts.events import ArticlePublished, FeedPushed
from shared.contracts.streams import CLASSIFIER, NOTIFIER_MATCH, SCRAPER_WAKE, STREAM, SUBJECTS
from shared.kit.waiting import pause
from shared.messaging.connection import connect

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
ASK_SECONDS = 2.0
MISSED_LOOKS = 2  # a durable between two of its fetches is no service that is away
BUS = "bus"
SERVICES: Mapping[str, str] = {
    "scraper": SCRAPER_WAKE.name,
    "classifier": CLASSIFIER.name,
    "notifier": NOTIFIER_MATCH.name,
}
_NOT_YET_NEWS = frozenset({ArticlePublished.subject(), FeedPushed.subject()})  # nothing to read before it is judged

Heard = Callable[[], None]
Known = Callable[[tuple[str, ...]], None]


async def listen(url: str, stop: asyncio.Event, *, heard: Heard, known: Known) -> None:
    """Call `heard` for each piece of news, and `known` with what is away, until `stop` is set."""

    async def on_message(message: Msg) -> None:
        if message.subject not in _NOT_YET_NEWS:
            heard()

    connecting = asyncio.create_task(connect(url, on_reconnect=heard, name="pactwatch-desk-ears"))
    stopping = asyncio.create_task(stop.wait())
    known((BUS,))
    try:
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not connecting.done():
            return
        client = connecting.result()
        try:
            for subject in SUBJECTS:
                await client.subscribe(subject, cb=on_message)
            heard()
            await _watch(client, stop, known)
        finally:
            await client.close()
    finally:
        for task in (connecting, stopping):
            task.cancel()
        await asyncio.gather(connecting, stopping, return_exceptions=True)


async def _watch(client: Client, stop: asyncio.Event, known: Known) -> None:
    missed = dict.fromkeys(SERVICES, 0)
    while not stop.is_set():
        if client.is_connected:
            for service, durable in SERVICES.items():
                missed[service] = 0 if await _is_there(client, durable) else missed[service] + 1
        if client.is_connected:
            known(tuple(service for service, times in missed.items() if times >= MISSED_LOOKS))
        else:
            known((BUS,))
        await pause(LOOK_SECONDS, stop)


async def _is_there(client: Client, durable: str) -> bool:
    try:
        info = await client.jetstream(timeout=ASK_SECONDS).consumer_info(STREAM, durable)
    except (NatsError, TimeoutError):
        return False
    return bool(info.num_waiting)

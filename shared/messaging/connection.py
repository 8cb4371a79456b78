"""Our own connection to NATS for publishing and looking after the bus; consumers have FastStream's beside it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoServersError

from shared.store.unit_of_work import is_outage

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5
ONCE_SECONDS = 3  # for each of two tries; a person waits for the answer


async def connect(url: str, *, on_reconnect: Callable[[], None], name: str) -> Client:
    """Connect, trying again for ever: the broker may start after us. The URL's token is never logged."""

    async def reconnected() -> None:
        logger.info("the bus is back")
        on_reconnect()

    async def disconnected() -> None:
        if not client.is_closed:
            logger.warning("the bus is away")

    told: list[str] = []

    async def troubled(error: Exception) -> None:
        """Tell each different trouble once in a row: a wrong token must not wait in silence."""
        said = f"{type(error).__name__}: {error}"
        if told[-1:] != [said]:
            logger.warning("the bus is in trouble: %s", said)
        told[:] = [said]

    client = Client()
    await client.connect(
        url,
        name=name,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        connect_timeout=CONNECT_SECONDS,
        reconnected_cb=reconnected,
        disconnected_cb=disconnected,
        error_cb=troubled,
    )
    return client


async def connect_once(url: str, *, name: str) -> Client:
    """Connect now or not at all, for commands that end. Raises what stood in the way (a NATS error or an OSError)."""
    troubles: list[Exception] = []

    async def troubled(error: Exception) -> None:
        troubles.append(error)

    client = Client()
    try:
        await client.connect(
            url,
            name=name,
            allow_reconnect=False,
            max_reconnect_attempts=1,  # 0 would mean for ever
            reconnect_time_wait=0,
            connect_timeout=ONCE_SECONDS,
            error_cb=troubled,
        )
    except NoServersError as none:
        raise (troubles[-1] if troubles else none) from none
    return client


def is_away(error: BaseException) -> bool:
    """Tell whether an error means that the broker or the database is away: wait and try again."""
    return isinstance(error, (NatsError, TimeoutError)) or is_outage(error)

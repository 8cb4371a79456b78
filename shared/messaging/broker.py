"""Connects to NATS and subscribes: the one place that spells an ack policy.

Handlers come as `(Durable, function)`. One message at a time is fetched and handed to one of several workers: a batch
would be held until it is full or its time is up.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub

from shared.contracts.streams import STREAM, Durable
from shared.messaging.redelivery import SpacedRedelivery

WORKERS = 8  # handlers at once for each durable; each holds at most one database connection
FETCH_SECONDS = 5.0
GRACE_SECONDS = 15.0  # a handler in flight at shutdown may finish

Handler = Callable[[Any], Awaitable[None]]


def make_broker(url: str, *, redelivery: SpacedRedelivery | None, on_reconnect: Callable[[], None]) -> NatsBroker:
    """Return a broker that never gives up reconnecting (a finite budget froze the event loop for ever)."""

    async def reconnected() -> None:
        on_reconnect()

    return NatsBroker(
        url,
        middlewares=(redelivery,) if redelivery is not None else (),
        ack_policy=AckPolicy.NACK_ON_ERROR,
        graceful_timeout=GRACE_SECONDS,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        reconnected_cb=reconnected,
        logger=logging.getLogger("pactwatch.bus"),
        log_level=logging.DEBUG,
    )


def subscribe(broker: NatsBroker, durable: Durable, handler: Handler, *, workers: int = WORKERS) -> None:
    """Let the handler take the durable's events; `bootstrap.ensure` has declared the durable."""
    broker.subscriber(
        durable.event.subject(),
        stream=JStream(STREAM, declare=False),
        durable=durable.name,
        pull_sub=PullSub(batch_size=1, timeout=FETCH_SECONDS),
        max_workers=workers,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        title=durable.name,
        description=(durable.event.__doc__ or "").strip(),
    )(handler)

"""Asking hubs to call us: a subscription for every live source that names one, renewed in time, given up when unwanted.

Polling goes on beside it at its usual pace, so a hub that is silent, slow or false loses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

from services.scraper.domain.hubs import (
    MOST_UNSUBSCRIBES,
    AfterAsk,
    HubAsk,
    addresses,
    after_ask,
    after_mistake,
    request_body,
    sent_on_to,
)
from services.scraper.domain.mistake import mistake_sentence
from shared.web.guard import AllowedHosts
from shared.web.looks import Answer, Answered, Unknown

logger = logging.getLogger(__name__)

ASK_LEASE = timedelta(minutes=3)  # longer than every address and hop of a slow hub together
MOST_HOPS = 3  # a hub that sends on may be sent on from once or twice
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class HubWork(Protocol):
    """One transaction about subscriptions."""

    async def tidy_hubs(self, *, most_new: int, most_unsubscribes: int) -> None:
        """Begin a subscription where a source names a hub, and end the one that no live source wants any more."""
        ...

    async def claim_hub_asks(self, *, limit: int, lease: timedelta) -> Sequence[HubAsk]:
        """Take the requests that are due, each for one scraper at a time, until the lease ends."""
        ...

    async def settle_hub_ask(self, ask: HubAsk, after: AfterAsk) -> None:
        """Write down what a request came to, unless the hub has called meanwhile."""
        ...

    async def give_back_hub_asks(self, asks: Sequence[HubAsk]) -> None:
        """Make requests due again that were claimed and not made."""
        ...


class Posting(Protocol):
    """Sends forms; outside trouble is a value, never an exception."""

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post to the address, without following redirects."""
        ...


BeginHubs = Callable[[], AbstractAsyncContextManager[HubWork]]


class HubAsks:
    """Asks hubs. `callback_base` is the public address that they are told to call; None asks nobody."""

    def __init__(self, begin: BeginHubs, web: Posting, callback_base: str | None) -> None:
        self._begin = begin
        self._web = web
        self._callback_base = callback_base

    async def claim(self, limit: int) -> Sequence[HubAsk]:
        """Take up to `limit` requests that are due."""
        if self._callback_base is None:
            return []
        async with self._begin() as work:
            await work.tidy_hubs(most_new=limit, most_unsubscribes=MOST_UNSUBSCRIBES)
            return await work.claim_hub_asks(limit=limit, lease=ASK_LEASE)

    @property
    def lease_seconds(self) -> float:
        """How long a claim holds."""
        return ASK_LEASE.total_seconds()

    async def renew(self, asks: Sequence[HubAsk]) -> None:
        """Do nothing: a request ends long before its lease does."""

    async def ask(self, ask: HubAsk) -> None:
        """Make one request. What it came to is overruled by the hub's own call, which may be there first."""
        after = after_ask(ask, await self._answer(ask, request_body(ask, self._callback_base or "")))
        async with self._begin() as work:
            await work.settle_hub_ask(ask, after)
        if after.error:
            logger.warning("source %s: to %s was not done: %s", ask.source_name, ask.mode, after.error)

    async def record_mistake(self, ask: HubAsk, trouble: Exception) -> None:
        """Give back a request that could not be made for a mistake of ours; it waits longer each time."""
        async with self._begin() as work:
            await work.settle_hub_ask(ask, after_mistake(ask, mistake_sentence(trouble)))

    async def give_back(self, asks: Sequence[HubAsk]) -> None:
        """End the claim on requests that were not made to the end."""
        async with self._begin() as work:
            await work.give_back_hub_asks(asks)

    async def _answer(self, ask: HubAsk, form: bytes) -> Answer:
        """Ask at each address of the hub until one has understood, or may have."""
        answer: Answer = Unknown("The hub was not asked.")
        for address in addresses(ask.hub):
            answer = await self._posted(address, form)
            if isinstance(answer, Unknown) or (isinstance(answer, Answered) and answer.accepted):
                break
        return answer

    async def _posted(self, hub: str, form: bytes) -> Answer:
        answer = await self._web.post(hub, content=form, headers=_FORM)
        for _ in range(MOST_HOPS):
            onward = sent_on_to(hub, answer)
            if onward is None:
                break
            hub = onward
            answer = await self._web.post(hub, content=form, headers=_FORM)
        return answer


def callback_base(base_url: str | None, allowed: AllowedHosts) -> str | None:
    """Return the public address where hubs may call; None where there is none.

    That is one with HTTPS, or a host that an administrator opened for a network of their own: a push over plain HTTP
    in public could be read and replayed by anyone on its way.
    """
    if not base_url:
        return None
    parts = urlsplit(base_url)
    if parts.scheme == "https":
        return base_url
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    return base_url if allowed.names_host(parts.hostname or "", port) else None

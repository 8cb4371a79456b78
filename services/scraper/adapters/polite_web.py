"""The scraper's way out: asks a host what it allows and keeps its pace before it goes through the one door to HTTP.

Every host is asked at a pace that all scrapers keep together; a short rest is waited for, a longer one is an outcome.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from services.scraper.adapters.host_manners import (
    WAITED_HERE_SECONDS,
    BeginHosts,
    Hindrance,
    HostManners,
    allows,
    rests,
)
from services.scraper.domain.manners import REST_SECONDS, Manners, pause_seconds
from shared.kit.errors import WrongInput
from shared.kit.urls import host_of
from shared.web.client import WebClient
from shared.web.looks import Failed, Look, NotYet, Throttled


class PoliteWeb:
    """Looks at addresses as the scraper's `Web` port says, and never faster or further than their host lets us.

    A host is what `host_of` returns: http and https at their own ports are one host, with one robots.txt. A redirect is
    followed where the robots.txt of its goal allows it; where it leads to another host, that one's pace is kept too.
    """

    def __init__(
        self, web: WebClient, begin: BeginHosts, *, rest_seconds: float = REST_SECONDS, of_pages: bool = False
    ) -> None:
        """Take the door, and where hosts are kept; `rest_seconds` is the rest of a host that asks for less.

        `of_pages`: what is asked for are articles; a server that has enough of that rests from them, and less from us.
        """
        self._web = web
        self._begin = begin
        self._of_pages = of_pages
        self._manners = HostManners(web, begin, rest_seconds=rest_seconds)

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Look:
        """Look at the address, or say why not: Failed("robots") where robots.txt forbids it, NotYet to a resting host.

        Raises what the database raises when it is away.
        """
        walk = _Walk(self._admit)
        hindrance = await walk.go(url)
        if hindrance is not None:
            return hindrance
        look = await self._web.get(url, headers=headers, before_hop=walk.hop)
        if walk.trouble is not None:
            raise walk.trouble
        if isinstance(look, Throttled) and not walk.hindered:
            seconds = pause_seconds(look.retry_after_seconds)
            async with self._begin() as hosts:
                await (hosts.pause_pages if self._of_pages else hosts.pause_host)(walk.host, seconds=seconds)
        return look

    async def _admit(self, host: str, url: str, *, paced: bool) -> Hindrance | None:
        """Return why the address may not be asked for now, or None as soon as it may."""
        manners = await self._manners.of(host, url)
        if not isinstance(manners, Manners):
            return manners
        if not await allows(manners, url):
            return Failed("robots", f"{url}: the robots.txt of {host} asks us to stay away from it.", permanent=True)
        return await self._wait_for_turn(host, manners) if paced else None

    async def _wait_for_turn(self, host: str, manners: Manners) -> NotYet | None:
        async with self._begin() as hosts:
            wait = await hosts.reserve(host, delay_seconds=manners.delay_seconds, patience_seconds=WAITED_HERE_SECONDS)
        if wait > WAITED_HERE_SECONDS:
            return rests(host, wait)
        if wait > 0:
            await asyncio.sleep(wait)
        return None


class _Admits(Protocol):
    async def __call__(self, host: str, url: str, *, paced: bool) -> Hindrance | None: ...


class _Walk:
    """One look's way from host to host.

    `host` is where it is; `hindered` tells that a hop was not admitted, `trouble` why one could not be judged.
    """

    def __init__(self, admit: _Admits) -> None:
        self._admit = admit
        self.host = ""
        self.hindered = False
        self.trouble: Exception | None = None

    async def go(self, url: str) -> Hindrance | None:
        """Ask whether the walk may go there; an address that is none goes on to the door, which says what is wrong."""
        try:
            host = host_of(url)
        except WrongInput:
            return None
        came_from, self.host = self.host, host
        hindrance = await self._admit(host, url, paced=host != came_from)
        self.hindered = hindrance is not None
        return hindrance

    async def hop(self, url: str) -> Hindrance | None:
        """Ask in the middle of a look, where an exception would be taken for the web's: ours is kept for later."""
        try:
            return await self.go(url)
        except Exception as trouble:  # noqa: BLE001
            self.trouble = trouble
            return Failed("connect", f"{url}: whether to go there could not be said.")

"""Learning how hosts want to be treated: from memory, from what the scrapers wrote down together, from robots.txt."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from services.scraper.adapters.hosts import HostQueries
from services.scraper.domain.manners import (
    MOST_ROBOTS_BYTES,
    REST_SECONDS,
    KnownHost,
    Manners,
    kept_seconds,
    manners_of,
    pause_seconds,
    retry_seconds,
    rules_for_us,
)
from shared.kit.urls import host_of
from shared.web.client import WebClient
from shared.web.looks import Failed, Fetched, Look, NotModified, NotYet, Throttled

BeginHosts = Callable[[], AbstractAsyncContextManager[HostQueries]]
Hindrance = Failed | Throttled | NotYet

WAITED_HERE_SECONDS = 5.0  # a longer rest would keep a hand from other hosts
ROBOTS_SECONDS = 10.0  # for robots.txt in all: a look must not outlast its lease because of it
_LEASE_SECONDS = 30.0  # for whoever asks for robots.txt
_BEING_READ_SECONDS = 3.0  # a robots.txt that another scraper asks for is there by then
_REMEMBERED_SECONDS = 300.0  # in this process, without asking the database
_MOST_REMEMBERED_CHARACTERS = 2_000_000  # of rules
_MOST_REMEMBERED_HOSTS = 5000
_HEAVY_CHARACTERS = 20_000  # rules beyond take long enough to be read or judged to be kept from the event loop
_UNTIL_THEN = (
    "Until it can be read nothing there is asked for (RFC 9309, section 2.3.1.4), but for an hour at the most."
)


M = TypeVar("M", Manners, Failed)


class HostManners:
    """Knows how to treat a host; asks for its robots.txt when that is due, by one look at a time over all scrapers."""

    def __init__(self, web: WebClient, begin: BeginHosts, *, rest_seconds: float = REST_SECONDS) -> None:
        """Take the door, and where hosts are kept; hosts that an administrator opened need no rest of their own."""
        self._web = web
        self._begin = begin
        self._rest_seconds = rest_seconds
        self._memory = _Memory()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def of(self, host: str, url: str) -> Manners | Hindrance:
        """Return how to treat the host of the address, or why nothing may be asked of it for now."""
        remembered = self._memory.get(host)
        if remembered is not None:
            return remembered
        turn = self._turns.get(host)
        if turn is None:
            turn = self._turns[host] = asyncio.Lock()
        async with turn:
            remembered = self._memory.get(host)
            return remembered if remembered is not None else await self._learnt(host, url)

    async def _learnt(self, host: str, url: str) -> Manners | Hindrance:
        async with self._begin() as hosts:
            known = await hosts.known(host)
            rests_seconds = known.rests_for.total_seconds()
            may_ask = known.due and rests_seconds <= WAITED_HERE_SECONDS
            leased = may_ask and await hosts.lease_robots(host, lease_seconds=_LEASE_SECONDS)
        if leased:
            return await self._asked(host, url, known)
        manners = await self._judged(url, known)
        if manners is not None:
            return self._memory.keep(host, manners)
        if rests_seconds > WAITED_HERE_SECONDS:
            return rests(host, rests_seconds)
        if known.failing_since is None:
            return NotYet(_BEING_READ_SECONDS, f"{_robots_of(url)} is being read.")
        answered = f"answers {known.failing_status}" if known.failing_status else "cannot be had"
        return Failed("robots", f"{_robots_of(url)} {answered}. {_UNTIL_THEN}", known.failing_status)

    async def _asked(self, host: str, url: str, known: KnownHost) -> Manners | Hindrance:
        """Ask for robots.txt, and write down what came of it."""
        look = await self._web.get(
            _robots_of(url), limit_bytes=MOST_ROBOTS_BYTES, cut=True, total_seconds=ROBOTS_SECONDS
        )
        found = await _found_in(look)
        if found is None:
            return await self._without_robots(host, url, known, look)
        manners = await asyncio.to_thread(Manners, found.rules, rest_seconds=self._rest(url))
        async with self._begin() as hosts:
            await hosts.keep_rules(
                host,
                found.rules,
                status=found.status,
                keep_seconds=found.keep_seconds,
                delay_seconds=manners.delay_seconds,
            )
        return self._memory.keep(host, manners)

    async def _without_robots(self, host: str, url: str, known: KnownHost, look: Look) -> Manners | Hindrance:
        """Go by an old copy, or leave the host alone; `manners_of` decides."""
        if isinstance(look, Failed) and look.kind == "blocked":  # our own guard's word, and no trouble of the host's
            return self._memory.keep(host, look)
        manners = await self._judged(url, known)
        retry = retry_seconds(known.failing_for)
        async with self._begin() as hosts:
            delay_seconds = manners.delay_seconds if manners else self._rest(url)
            await hosts.keep_trouble(
                host, status=getattr(look, "status", None), retry_seconds=retry, delay_seconds=delay_seconds
            )
            if isinstance(look, Throttled):
                await hosts.pause_host(host, seconds=pause_seconds(look.retry_after_seconds))
        if manners is not None:
            return self._memory.keep(host, manners)
        return self._hindered(host, look, retry)

    def _hindered(self, host: str, look: Look, retry: int) -> Hindrance:
        """Return the look at robots.txt as what the look at any page of its host comes to."""
        match look:
            case Failed(kind="http", sentence=sentence, status=status):
                return self._memory.keep(host, Failed("robots", f"{sentence} {_UNTIL_THEN}", status), seconds=retry)
            case Failed():
                return self._memory.keep(host, look, seconds=retry)
            case Throttled() | NotYet():
                return look
            case Fetched() | NotModified():
                raise AssertionError("unreachable: these say something")

    async def _judged(self, url: str, known: KnownHost) -> Manners | None:
        if known.rules is None or len(known.rules) <= _HEAVY_CHARACTERS:
            return manners_of(known, rest_seconds=self._rest(url))
        return await asyncio.to_thread(manners_of, known, rest_seconds=self._rest(url))

    def _rest(self, url: str) -> float:
        return 0.0 if self._web.opened(url) else self._rest_seconds


async def allows(manners: Manners, url: str) -> bool:
    """Tell whether the manners allow the address; many rules are judged beside the event loop."""
    if manners.weight <= _HEAVY_CHARACTERS:
        return manners.allows(url)
    return await asyncio.to_thread(manners.allows, url)


def rests(host: str, wait_seconds: float) -> NotYet:
    """Return the outcome for a host that rests for longer than is waited here."""
    come_back = max(wait_seconds - WAITED_HERE_SECONDS, 0.5)
    return NotYet(come_back, f"{host} rests for another {wait_seconds:.0f} seconds.")


@dataclass(frozen=True, slots=True)
class _Found:
    rules: str
    status: int
    keep_seconds: int


async def _found_in(look: Look) -> _Found | None:
    """Return what robots.txt says; None where it cannot be had, and nobody knows what it would say.

    No robots.txt (any 4xx, RFC 9309, section 2.3.1.3), one that is sent on for ever (2.3.1.2) and one that cannot be
    read allow everything. That we come too often (429) says nothing about it.
    """
    match look:
        case Fetched(body=body, status=status, headers=headers):
            rules = await asyncio.to_thread(rules_for_us, body)
            return _Found(rules, status, kept_seconds(headers.get("cache-control", "")))
        case Failed(kind="redirects"):
            return _Found("", 310, kept_seconds(""))
        case Failed(status=int(status)) if status < 500:
            return _Found("", status, kept_seconds(""))
        case NotModified():
            return _Found("", 304, kept_seconds(""))
        case _:
            return None


def _robots_of(url: str) -> str:
    return f"{urlsplit(url).scheme}://{host_of(url)}/robots.txt"


class _Memory:
    """What this process remembers of hosts, the least used forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Manners | Failed, float]] = OrderedDict()
        self._weight = 0

    def get(self, host: str) -> Manners | Failed | None:
        value, until = self._kept.get(host, (None, 0.0))
        if value is None or until <= asyncio.get_running_loop().time():
            return None
        self._kept.move_to_end(host)
        return value

    def keep(self, host: str, value: M, *, seconds: float = _REMEMBERED_SECONDS) -> M:
        """Remember the value, and return it."""
        self._forget(host)
        self._kept[host] = value, asyncio.get_running_loop().time() + min(seconds, _REMEMBERED_SECONDS)
        self._weight += _weight(value)
        while self._weight > _MOST_REMEMBERED_CHARACTERS or len(self._kept) > _MOST_REMEMBERED_HOSTS:
            self._forget(next(iter(self._kept)))
        return value

    def _forget(self, host: str) -> None:
        if host in self._kept:
            self._weight -= _weight(self._kept.pop(host)[0])


def _weight(value: Manners | Failed) -> int:
    return value.weight if isinstance(value, Manners) else 0

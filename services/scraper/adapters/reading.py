"""Reads hostile bytes in a child process: bounded in memory and time, killed when it takes too long."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import BrokenWorkerProcess, CapacityLimiter, to_process

from services.scraper.parsing.results import NotAFeed, ParsedFeed, ReadablePage, Unreadable
from shared.kit.errors import Later

logger = logging.getLogger(__name__)

READ_SECONDS = 20.0
MOST_MEMORY_BYTES = 1_500_000_000  # address space: the parsers themselves take about a third
CHILDREN = 2

T = TypeVar("T")


class ChildReading:
    """The reading port on child processes, which live as long as they behave."""

    def __init__(self, *, limit_seconds: float = READ_SECONDS) -> None:
        self._limit_seconds = limit_seconds
        self._turns = asyncio.Semaphore(CHILDREN)  # waited for outside the deadline: a page is not guilty of the queue
        self._children = CapacityLimiter(CHILDREN)

    async def feed(self, body: bytes, *, kind: str, content_type: str, base_url: str) -> ParsedFeed | NotAFeed:
        """Read a feed (rss, atom, json) or a listing page (page)."""
        read = partial(_read_feed, body, kind, content_type, base_url)
        return await self._in_child(read, NotAFeed("The source took too long or too much memory to read."))

    async def page(self, body: bytes, *, content_type: str, url: str) -> ReadablePage | Unreadable:
        """Read an article's page."""
        read = partial(_read_page, body, content_type, url)
        return await self._in_child(read, Unreadable("The page took too long or too much memory to read."))

    async def _in_child(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            async with self._turns, asyncio.timeout(self._limit_seconds):
                return await to_process.run_sync(_bounded, read, cancellable=True, limiter=self._children)
        except KeyboardInterrupt:  # Ctrl-C reached the child before it ignored it; its parent decides about stopping
            raise Later("The reading child was interrupted.") from None
        except (TimeoutError, MemoryError, BrokenWorkerProcess) as trouble:
            logger.warning("reading was given up: %s", type(trouble).__name__)
            return otherwise


def _bounded(read: Callable[[], T]) -> T:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal group; our parent stops us
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > MOST_MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, hard))
    return read()


def _read_feed(body: bytes, kind: str, content_type: str, base_url: str) -> ParsedFeed | NotAFeed:
    if kind == "page":
        from services.scraper.parsing.listing import parse_listing  # late: the parent never pays for the parsers

        return parse_listing(body, content_type=content_type, base_url=base_url)
    from services.scraper.parsing.feed import parse_feed

    return parse_feed(body, content_type=content_type, base_url=base_url)


def _read_page(body: bytes, content_type: str, url: str) -> ReadablePage | Unreadable:
    from services.scraper.parsing.page import readable_article

    return readable_article(body, content_type=content_type, url=url)

"""Reads hostile bytes in a child process: bounded in memory and time, killed when it takes too long."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import resource
import signal
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import BrokenWorkerProcess, CapacityLimiter, to_process

from services.scraper.parsing.results import (
    NO_SELECTORS,
    FeedKind,
    NotAFeed,
    OfferedFeed,
    ParsedFeed,
    ReadablePage,
    Selectors,
    Unreadable,
)
from shared.kit.errors import Later

logger = logging.getLogger(__name__)

READ_SECONDS = 20.0
LARGE_BYTES = 256_000  # nine in ten pages and feeds are smaller; what is larger may be made to take long
MOST_MEMORY_BYTES = 1_500_000_000  # address space: the parsers themselves take about a third
CHILDREN = 2

T = TypeVar("T")


class ChildReading:
    """The reading port on child processes, which live as long as they behave."""

    def __init__(self, *, limit_seconds: float = READ_SECONDS) -> None:
        self._limit_seconds = limit_seconds
        # Waited for outside the deadline: a page is not guilty of the queue. Large bodies have one child at most, so
        # that the other is there for the small ones whatever is sent.
        self._turns = asyncio.Semaphore(CHILDREN)
        self._large_turn = asyncio.Semaphore(CHILDREN - 1)
        self._children = CapacityLimiter(CHILDREN)

    async def feed(
        self,
        body: bytes,
        *,
        kind: FeedKind | None,
        content_type: str,
        base_url: str,
        selectors: Selectors = NO_SELECTORS,
        most_entries: int | None = None,
    ) -> ParsedFeed | NotAFeed:
        """Read what a source answered, as this kind; None finds out.

        `most_entries` is how many of a sitemap's addresses are kept, None for as many as news needs.
        """
        read = partial(_read_feed, body, kind, content_type, base_url, selectors, most_entries)
        return await self._in_child(
            read, len(body), NotAFeed("The source took too long or too much memory to read.", "broken")
        )

    async def page(
        self, body: bytes, *, content_type: str, url: str, text_selector: str = ""
    ) -> ReadablePage | Unreadable:
        """Read an article's page; `text_selector` (CSS) names the element that holds its words, where it is known."""
        read = partial(_read_page, body, content_type, url, text_selector)
        return await self._in_child(read, len(body), Unreadable("The page took too long or too much memory to read."))

    async def offers(self, body: bytes, *, content_type: str, base_url: str) -> tuple[OfferedFeed, ...]:
        """Read which feeds a page offers."""
        return await self._in_child(partial(_read_offers, body, content_type, base_url), len(body), ())

    async def _in_child(self, read: Callable[[], T], size_bytes: int, otherwise: T) -> T:
        if size_bytes <= LARGE_BYTES:
            return await self._when_a_child_is_free(read, otherwise)
        async with self._large_turn:
            try:
                return await self._when_a_child_is_free(partial(_then_tidied, read), otherwise)
            finally:
                _give_memory_back()

    async def _when_a_child_is_free(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            async with self._turns, asyncio.timeout(self._limit_seconds):
                return await to_process.run_sync(_bounded, read, cancellable=True, limiter=self._children)
        except KeyboardInterrupt:  # Ctrl-C reached the child before it ignored it; its parent decides about stopping
            raise Later("The reading child was interrupted.") from None
        except (TimeoutError, MemoryError, BrokenWorkerProcess) as trouble:
            logger.warning("reading was given up: %s", type(trouble).__name__)
            return otherwise


def _then_tidied(read: Callable[[], T]) -> T:
    """Read, and give the memory that a large body took back to the system: the child lives on."""
    try:
        return read()
    finally:
        _give_memory_back()


def _give_memory_back() -> None:
    """Collect what a large body left, and hand it to the system: glibc would else keep it."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _bounded(read: Callable[[], T]) -> T:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal group; our parent stops us
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > MOST_MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, hard))
    return read()


def _read_feed(
    body: bytes,
    kind: FeedKind | None,
    content_type: str,
    base_url: str,
    selectors: Selectors,
    most_entries: int | None,
) -> ParsedFeed | NotAFeed:
    from services.scraper.parsing.detection import read_source  # late: the parent never pays for the parsers

    most = {} if most_entries is None else {"most_entries": most_entries}
    return read_source(body, kind=kind, content_type=content_type, base_url=base_url, selectors=selectors, **most)


def _read_page(body: bytes, content_type: str, url: str, text_selector: str) -> ReadablePage | Unreadable:
    from services.scraper.parsing.page import readable_article

    return readable_article(body, content_type=content_type, url=url, text_selector=text_selector)


def _read_offers(body: bytes, content_type: str, base_url: str) -> tuple[OfferedFeed, ...]:
    from services.scraper.parsing.discovery import offered_feeds

    return offered_feeds(body, content_type=content_type, base_url=base_url)

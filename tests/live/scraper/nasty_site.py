"""A web site that misbehaves: a raw server, one host name for each behaviour, whatever bytes it likes."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from services.scraper.domain.source import SourceState
from shared.kit.waiting import pause
from tests.live.scraper.newsstand import page_of

DOMAIN = "nasty.example"  # RFC 2606: nobody's; the scraper's resolver sends all of it to this machine
ARTICLE = "India and Russia sign a logistics pact"
_LONGEST_VISIT_SECONDS = 90.0  # a visitor that does not hang up must not keep the site open
_CLIENT_HELLO = b"\x16\x03"


@dataclass(frozen=True)
class Behaviour:
    """What a host serves, and how its source must end.

    `states` are the states that its looks find, one after the other, repeats left out; the run lasts until there were
    `looks` of them. `says` stands in the last look's sentence. `entries` is how many of its entries are kept, `title`
    a title that is among them, `waits_seconds` the shortest wait that its last look may have chosen.
    `article` is what becomes of the article of a host whose page misbehaves: `page`, `feed` or `held`.
    """

    name: str
    feed: Serve
    states: tuple[SourceState, ...] = (SourceState.FINE,)
    looks: int = 1
    says: str = ""
    entries: int | None = None
    title: str = ""
    waits_seconds: int = 0
    kind: str | None = "rss"
    language: str | None = None
    scheme: str = "http"
    robots: Serve | None = None
    page: Serve | None = None
    article: str = ""
    article_has: str = ""


@dataclass
class Visit:
    """One request. `nth` counts those for its path from 1; `scratch` is the host's own notebook."""

    site: NastySite
    host: str
    path: str
    headers: dict[str, str]
    nth: int
    scratch: dict[str, int]
    writer: asyncio.StreamWriter

    def url(self, path: str, host: str = "") -> str:
        return self.site.url(host or self.host, path)

    async def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0)  # an unhindered drain gives nobody else a turn

    async def wait(self, seconds: float) -> None:
        """Let time pass, but not beyond the end of the site. Raises ConnectionError when the visitor has hung up."""
        await pause(seconds, self.site.closing)
        if self.site.closing.is_set() or self.writer.is_closing():
            raise ConnectionResetError

    def reset(self) -> None:
        """Break the connection off with a RST, as crashed servers and middle boxes do."""
        line = self.writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Serve = Callable[[Visit], Awaitable[None]]


@dataclass
class NastySite:
    """Serves each host by its name, and writes down who asked for what and when (seconds of the monotonic clock)."""

    behaviours: dict[str, Behaviour]
    port: int = 0
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    asked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _counts: Counter[str] = field(default_factory=Counter)
    _scratch: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def url(self, host: str, path: str, scheme: str = "http") -> str:
        return f"{scheme}://{host.replace('_', '-')}.{DOMAIN}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_LONGEST_VISIT_SECONDS):
                visit = await self._visit(reader, writer)
                await self._answer_of(visit)(visit)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Visit:
        start = await reader.readexactly(2)
        if start == _CLIENT_HELLO:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\nThis port speaks plain HTTP.")
            raise ConnectionResetError
        head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        path = head[0].split()[1]
        host = headers.get("host", "").partition(".")[0].replace("-", "_")
        asked = f"{host}{path}"
        self._counts[asked] += 1
        self.asked[asked].append(monotonic())
        return Visit(self, host, path, headers, self._counts[asked], self._scratch[host], writer)

    def _answer_of(self, visit: Visit) -> Serve:
        behaviour = self.behaviours.get(visit.host)
        if behaviour is None:
            return missing
        if visit.path == "/robots.txt":
            return behaviour.robots or (missing if behaviour.looks > 1 or behaviour.article else unhurried)
        if visit.path.startswith("/feed"):
            return behaviour.feed
        if visit.path.startswith("/article"):
            return behaviour.page or an_article
        return missing


@asynccontextmanager
async def a_nasty_site(behaviours: dict[str, Behaviour]) -> AsyncIterator[NastySite]:
    site = NastySite(behaviours)
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, limit=2**21, backlog=512)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        site.closing.set()
        server.close()
        await server.wait_closed()


def http(
    body: bytes = b"",
    *headers: str,
    status: str = "200 OK",
    content_type: str = "application/rss+xml; charset=utf-8",
    length: int | None = None,
) -> bytes:
    """Return an answer as it stands on the wire; `length` is what its Content-Length claims, rightly or not."""
    lines = [f"HTTP/1.1 {status}", "Connection: close", f"Content-Type: {content_type}", *headers]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answers(raw: bytes) -> Serve:
    """Return what says these bytes to everybody."""

    async def serve(visit: Visit) -> None:
        await visit.say(raw)

    return serve


def makes(make: Callable[[Visit], bytes]) -> Serve:
    """Return what says what is made for the visitor."""

    async def serve(visit: Visit) -> None:
        await visit.say(make(visit))

    return serve


def in_turn(*serves: Serve) -> Serve:
    """Return what behaves so at the first visit, otherwise at the second …; the last one stays."""

    async def serve(visit: Visit) -> None:
        await serves[min(visit.nth, len(serves)) - 1](visit)

    return serve


async def missing(visit: Visit) -> None:
    await visit.say(http(b"nothing here", status="404 Not Found", content_type="text/plain"))


async def unhurried(visit: Visit) -> None:
    """Let the articles of feeds wait: they are in order, and would only take hands and time."""
    await visit.say(http(b"User-agent: *\nCrawl-delay: 30\n", content_type="text/plain"))


async def an_article(visit: Visit) -> None:
    await visit.say(http(page_of(ARTICLE), content_type="text/html; charset=utf-8"))

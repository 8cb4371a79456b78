"""A real web server on this machine with feeds and pages, and a scraper that is moved one step at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from html import escape
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from services.scraper.adapters.reading import _read_feed, _read_offers, _read_page
from services.scraper.adapters.work import ScraperWork
from services.scraper.app import gatekeeper_of
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
from services.scraper.ports import Reading
from services.scraper.use_cases.looking import SourceLooks
from services.scraper.use_cases.publishing import Publisher
from services.scraper.use_cases.reading import PageReads
from shared.catalogue.loader import load_catalogue
from shared.kit.clock import SystemClock
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow, EntryRow, SourceStateRow
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import WebClient

NOW = datetime.now(UTC).replace(microsecond=0)
WORDS = tuple(
    """\
Officials of India and Russia met in the capital on Tuesday and agreed to bring the logistics agreement into force by
the end of the year. The text had been signed in the spring, and both parliaments have since approved it.

Under the agreement, ships and aircraft of each side may take on fuel, water and provisions in ports and airfields of
the other, and settle the bill later. The first call at a northern port is planned for the coming summer.

A joint committee will look at the accounts twice a year. Its first meeting, the officials said, would be held within
ninety days of the exchange of the last notes.""".replace("\n\n", "¶")
    .replace("\n", " ")
    .split("¶")
)


@dataclass(frozen=True)
class Answer:
    """What the server says to a path; with an `etag`, 304 to who has it already."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    etag: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Newsstand:
    """Serves what `answers` holds by path (404 else), and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.port = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def headers_at(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.asked if asked == path]

    def serve_article(self, path: str, title: str, *paragraphs: str) -> None:
        self.answers[path] = Answer(page_of(title, paragraphs or WORDS))

    def serve_feed(self, path: str, *items: Item, host: str = "127.0.0.1", **answer: Any) -> None:
        body = rss_of(*(item.xml(self.url(item.path, host)) for item in items))
        self.answers[path] = Answer(body, content_type="application/rss+xml; charset=utf-8", **answer)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:] if line)}
            path = head[0].split()[1]
            self.asked.append((path, headers))
            answer = self.answers.get(path, Answer(b"nothing here", 404, "text/plain"))
            known = bool(answer.etag) and headers.get("if-none-match") == answer.etag
            body = b"" if known else answer.body
            lines = [f"HTTP/1.1 {304 if known else answer.status} Said", "connection: close"]
            lines += [f"content-type: {answer.content_type}", *(f"{n}: {v}" for n, v in answer.headers)]
            lines += [f"etag: {answer.etag}"] if answer.etag else []
            lines += [f"content-length: {len(body)}"]
            writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def a_newsstand() -> AsyncIterator[Newsstand]:
    stand = Newsstand()
    server = await asyncio.start_server(stand.serve, "127.0.0.1", 0)
    stand.port = server.sockets[0].getsockname()[1]
    try:
        yield stand
    finally:
        server.close()
        await server.wait_closed()


@dataclass(frozen=True)
class Item:
    """One entry of a feed."""

    path: str
    title: str
    summary: str = "India and Russia said so."
    published: datetime | None = field(default=NOW - timedelta(hours=1))

    def xml(self, url: str) -> str:
        dated = f"<pubDate>{format_datetime(self.published)}</pubDate>" if self.published else ""
        return (
            f"<item><title>{escape(self.title)}</title><link>{escape(url)}</link>"
            f"<description>{escape(self.summary)}</description>{dated}</item>"
        )


def rss_of(*items: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>C</title>{''.join(items)}</channel></rss>".encode()


def page_of(title: str, paragraphs: Sequence[str] = WORDS) -> bytes:
    words = "".join(f"<p>{escape(each)}</p>" for each in paragraphs)
    return (
        f"<!doctype html><html lang='en'><head><title>{escape(title)}</title></head><body><nav><a href='/'>Home</a>"
        f"</nav><article><h1>{escape(title)}</h1>{words}</article></body></html>"
    ).encode()


class ReadingHere:
    """Reads in this process, as the child does: fast, for tests whose bytes do no harm."""

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
        return await asyncio.to_thread(_read_feed, body, kind, content_type, base_url, selectors, most_entries)

    async def offers(self, body: bytes, *, content_type: str, base_url: str) -> tuple[OfferedFeed, ...]:
        return await asyncio.to_thread(_read_offers, body, content_type, base_url)

    async def page(
        self, body: bytes, *, content_type: str, url: str, text_selector: str = ""
    ) -> ReadablePage | Unreadable:
        return await asyncio.to_thread(_read_page, body, content_type, url, text_selector)


class Scraper:
    """One scraper on a database, with the rows it leaves behind."""

    def __init__(self, database: Database, web: WebClient, *, reading: Reading | None = None) -> None:
        self.database = database
        begin = partial(database.begin, ScraperWork)
        reading, clock = reading or ReadingHere(), SystemClock()
        publisher = Publisher(begin, gatekeeper_of(load_catalogue()), clock)
        self.looks = SourceLooks(begin, web, reading, clock, lease_seconds=60)
        self.reads = PageReads(begin, web, reading, publisher, clock, lease_seconds=60)

    async def add_source(self, url: str, **fields: Any) -> UUID:
        values: dict[str, Any] = {"source_id": uuid4(), "name": url, "url": url, "created_at": NOW, **fields}
        async with self.database.begin(Work) as work:
            await work.session.execute(insert(SourceRow).values(**values))
        source_id: UUID = values["source_id"]
        return source_id

    async def look(self) -> int:
        """Look at every source that is due; return how many entries were new."""
        new = 0
        while sources := await self.looks.claim(50):  # a few of each host at a time
            new += sum([await self.looks.look_at(source) for source in sources])
        return new

    async def read(self) -> int:
        """Read every entry that is due; return how many there were."""
        count = 0
        while entries := await self.reads.claim(50):  # a few of each source at a time
            for entry in entries:
                await self.reads.read(entry)
            count += len(entries)
        return count

    async def read_out(self) -> int:
        """Read until nothing waits, as if the time of every next try had come; return how many tries it took."""
        tries = 0
        while any(entry.state == "waiting" for entry in await self.entries()):
            await self.sql("UPDATE entries SET next_try_at = now() - interval '1 second' WHERE state = 'waiting'")
            tries += await self.read()
        return tries

    async def look_again(self) -> int:
        """Look as if the time had come."""
        await self.sql("UPDATE source_states SET next_look_at = now() - interval '1 second'")
        return await self.look()

    async def sql(self, statement: str) -> None:
        async with self.database.begin(Work) as work:
            await work.session.execute(text(statement))

    async def state(self, source_id: UUID) -> SourceStateRow:
        async with self.database.begin(Work) as work:
            return (
                await work.session.scalars(select(SourceStateRow).where(SourceStateRow.source_id == source_id))
            ).one()

    async def entries(self) -> Sequence[EntryRow]:
        async with self.database.begin(Work) as work:
            return (await work.session.scalars(select(EntryRow).order_by(EntryRow.url))).all()

    async def articles(self) -> Sequence[ArticleRow]:
        async with self.database.begin(Work) as work:
            return (await work.session.scalars(select(ArticleRow).order_by(ArticleRow.url))).all()

    async def announced(self) -> Sequence[dict[str, Any]]:
        async with self.database.begin(Work) as work:
            return (await work.session.scalars(select(OutboxRow.payload).order_by(OutboxRow.created_at))).all()

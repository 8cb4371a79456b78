"""Wiring only: the ground in, the scraper out; and one look at an address for `pactwatch source test`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import get_args

from services.scraper.adapters.reading import ChildReading
from services.scraper.adapters.work import ScraperWork
from services.scraper.parsing.results import Entry, FeedKind, NotAFeed, ReadablePage
from services.scraper.schedule import poll_forever, read_forever
from services.scraper.use_cases.looking import SourceLooks, read_as
from services.scraper.use_cases.reading import PageReads
from shared.hosting.service import Ground, Service
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.text import clip, one_line
from shared.kit.urls import checked_url
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from shared.web.looks import Failed, Fetched, Look, Throttled

EXCERPT_CHARACTERS = 200


def scraper(ground: Ground) -> Service:
    """Return the scraper, standing on this ground."""
    begin = partial(ground.database.begin, ScraperWork)
    reading, lease_seconds = ChildReading(), ground.settings.lease_seconds
    looks = SourceLooks(begin, ground.web, reading, ground.clock, lease_seconds=lease_seconds)
    reads = PageReads(begin, ground.web, reading, ground.clock, lease_seconds=lease_seconds)
    new_entries = asyncio.Event()
    return Service(
        "scraper",
        loops=(
            ("poll", partial(poll_forever, looks, new_entries)),
            ("read", partial(read_forever, reads, new_entries)),
        ),
    )


async def look_soon(database: Database, name: str) -> None:
    """Make the live source of this name due now."""
    async with database.begin(ScraperWork) as work:
        await work.make_due(name)


async def give_back_what_the_dead_held(ground: Ground) -> None:
    """Make what an earlier process was looking at due again, for a start that knows the earlier one to be dead.

    Another scraper that is alive may then look at the same source once more, which changes nothing.
    """
    async with ground.database.begin(ScraperWork) as work:
        await work.forget_leases()


@dataclass(frozen=True, slots=True)
class TriedSource:
    """What one look at an address found."""

    kind: str
    title: str
    entries: tuple[Entry, ...]
    unusable: tuple[str, ...]
    first_article: str


async def try_source(web: WebClient, url: str, kind: str | None) -> TriedSource:
    """Look at an address once, keeping nothing, and read its first article. Raises PactwatchError when it fails."""
    if kind is not None and kind not in get_args(FeedKind):
        kinds = ", ".join(get_args(FeedKind))
        raise WrongInput("--kind", kind, "is no kind of source", mend=f"Give one of {kinds}, or leave it out.")
    look = await web.get(checked_url(url, field="URL"))
    match look:
        case Fetched() as fetched:
            reading = ChildReading()
            parsed = await read_as(reading, fetched, kind)
        case Throttled(status=status):
            raise PactwatchError(f"{url} asks us to come less often (HTTP {status}).", mend="Try again later.")
        case Failed(sentence=sentence):
            raise PactwatchError(sentence, mend="Check the address, and that this machine may reach it.")
        case _:
            raise PactwatchError(f"{url} answered that nothing changed, though nothing was known of it.")
    if isinstance(parsed, NotAFeed):
        raise PactwatchError(parsed.reason, mend="For a page that lists articles, give --kind page.")
    first = await _first_article(web, reading, parsed.entries)
    unusable = tuple(f"{each.title}: {each.reason}" for each in parsed.unusable)
    return TriedSource(parsed.kind, parsed.title, parsed.entries, unusable, first)


async def _first_article(web: WebClient, reading: ChildReading, entries: tuple[Entry, ...]) -> str:
    if not entries:
        return ""
    look = await web.get(entries[0].url)
    if not isinstance(look, Fetched):
        return f"(its page cannot be had: {_trouble(look)})"
    page = await reading.page(look.body, content_type=look.headers.get("content-type", ""), url=look.url_final)
    if isinstance(page, ReadablePage):
        return clip(one_line(page.text), EXCERPT_CHARACTERS)
    return f"(its page cannot be read: {page.reason})"


def _trouble(look: Look) -> str:
    match look:
        case Failed(sentence=sentence):
            return sentence
        case Throttled(status=status):
            return f"it asks us to come less often (HTTP {status})"
        case _:
            return "it answered that nothing changed"

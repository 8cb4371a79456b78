"""One run of `pactwatch backfill`: the walk and then the reading, until the end or a signal."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from services.cli.backfill_display import BackfillDisplay
from services.cli.engine_urls import open_database, settings_for
from services.cli.process import open_web, stop_on_signals
from services.desk.adapters.work import desk_transactions
from services.desk.domain.lookup import named
from services.desk.domain.sources import Source
from services.scraper.adapters.backfill_turn import the_only_walk
from services.scraper.adapters.hosts import HostQueries
from services.scraper.adapters.polite_web import PoliteWeb
from services.scraper.adapters.reading import ChildReading
from services.scraper.adapters.work import ScraperWork
from services.scraper.domain.backfill import MOST_LOOKS, Walk
from services.scraper.domain.backfill_order import Order
from services.scraper.use_cases.backfilling import Backfill, Opened
from shared.kit.clock import SystemClock
from shared.kit.errors import Later, PactwatchError, WrongInput
from shared.store.unit_of_work import Database
from shared.web.client import WebClient

T = TypeVar("T")

NO_SCRAPER = (
    "No scraper is running: what is found is kept, and read as soon as one runs (`pactwatch up`, or "
    "`pactwatch serve scraper`)."
)


@dataclass(frozen=True, slots=True)
class BackfillSummary:
    """How a run ended. `state` is done, interrupted (by a signal), or unfinished: addresses could not be had.

    `beginning` says how the run stood to earlier ones: begins, goes on, or is done (was, already). `entries` are those
    found by the whole walk, `read` those whose article is stored, `resting` those whose page keeps failing.
    """

    source: str
    state: Literal["done", "interrupted", "unfinished"]
    beginning: str
    since: datetime
    alert_since: datetime
    looks: int
    left: int
    entries: int
    read: int
    resting: int
    trouble: str | None
    sentence: str = ""


async def run_backfill(
    name: str | None, order: Order, display: BackfillDisplay, data_dir: Path | None, *, wait: bool
) -> BackfillSummary:
    """Walk a source's archive, then wait for what was found to be read.

    Raises WrongInput for an order that cannot be, PactwatchError while another command walks the same archive.
    """
    stop = stop_on_signals()
    async with open_database(data_dir) as database, open_web(settings_for(data_dir)) as web:
        source = await _source_named(database, name)
        backfill = _backfill_on(database, web)
        with display:
            async with the_only_walk(database, source.source_id) as is_ours:
                if not is_ours:
                    sentence = f"Another command walks the archive of {source.name} at this moment."
                    raise PactwatchError(sentence, mend="`pactwatch backfill --status` shows how far it is.")
                run = _Run(backfill, await backfill.open(source.source_id, order), display, stop)
                await run.walk()
            if wait:
                await run.wait_for_reading()
            return await run.summary()


async def _source_named(database: Database, name: str | None) -> Source:
    """Return the live source of this name. Raises WrongInput."""
    if name is None:
        mend = "Give a source's name (`pactwatch source list`), or --status to see what was walked."
        raise WrongInput("source", None, "does not say whose past to collect", mend=mend)
    async with desk_transactions(database)() as work:
        return named(name, await work.live_sources(), "source")


def _backfill_on(database: Database, web: WebClient) -> Backfill:
    polite = PoliteWeb(web, partial(database.begin, HostQueries))
    return Backfill(partial(database.begin, ScraperWork), polite, ChildReading(), SystemClock())


class _Run:
    """One run: what it does until a signal comes, and how it ended."""

    def __init__(self, backfill: Backfill, opened: Opened, display: BackfillDisplay, stop: asyncio.Event) -> None:
        self._backfill = backfill
        self._source = opened.source
        self._opened = opened
        self._display = display
        self._stop = stop
        self._scraper_runs = True

    async def walk(self) -> None:
        """Say what is done, and walk."""
        self._display.tell(_opening(self._opened))
        self._scraper_runs = await self._backfill.scraper_runs()
        if not self._scraper_runs:
            self._display.tell(NO_SCRAPER)
        if not self._opened.walk.done:
            walking = self._backfill.walk(self._source, self._opened.walk, self._display.walking)
            await _unless_stopped(walking, self._stop)

    async def wait_for_reading(self) -> None:
        """Wait until what was found is read; not where no scraper is there to read."""
        walk = await self._standing()
        if self._stop.is_set() or not self._scraper_runs or not walk.done:
            return
        reading = self._backfill.until_read(self._source.source_id, walk, self._display.reading)
        ended = await _unless_stopped(reading, self._stop)
        if ended is not None and not ended[1]:
            self._scraper_runs = False

    async def summary(self) -> BackfillSummary:
        """Return how the run ended."""
        walk = await self._standing()
        so_far = await self._backfill.read_so_far(self._source.source_id, walk)
        summary = BackfillSummary(
            source=self._source.name,
            state="interrupted" if self._stop.is_set() else "done" if walk.done else "unfinished",
            beginning=self._opened.beginning,
            since=walk.since,
            alert_since=walk.alert_since,
            looks=walk.looks,
            left=len(walk.frontier),
            entries=walk.entries,
            read=so_far.read,
            resting=so_far.resting,
            trouble=walk.last_error,
        )
        return replace(summary, sentence=_ending(summary, walk, scraper_runs=self._scraper_runs))

    async def _standing(self) -> Walk:
        return await self._backfill.standing(self._source.source_id) or self._opened.walk


async def _unless_stopped(work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T | None:
    """Do the work, and break it off when `stop` is set; None when it was broken off."""
    doing, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((doing, stopped), return_when=asyncio.FIRST_COMPLETED)
        if doing.done() and not stop.is_set():
            return doing.result()
        doing.cancel()
        try:
            return await doing
        except (asyncio.CancelledError, Later):  # Later: Ctrl-C reached a child that was reading, before us
            return None
    finally:
        stopped.cancel()


def _opening(opened: Opened) -> str:
    """Return what a run is about, in a sentence."""
    name, walk = opened.source.name, opened.walk
    stands = f"{walk.looks} looks made, {walk.entries} entries found"
    match opened.beginning:
        case "begins":
            return (
                f"Walking the archive of {name} back to {walk.since:%Y-%m-%d}; articles published before "
                f"{walk.alert_since:%Y-%m-%d %H:%M} UTC do not alert."
            )
        case "goes on":
            return f"Going on with {name} where its walk back to {walk.since:%Y-%m-%d} stopped: {stands}."
        case "is done":
            return f"{name} was walked back to {walk.since:%Y-%m-%d} before: {stands}. --again walks anew."


def _ending(summary: BackfillSummary, walk: Walk, *, scraper_runs: bool) -> str:
    """Return how a run ended, in sentences."""
    same = f"`pactwatch backfill {shlex.quote(summary.source)}`"
    found = f"{summary.entries} entries found in {summary.looks} looks, {summary.read} read"
    if not walk.done:
        why = f" {summary.trouble}" if summary.trouble and summary.state == "unfinished" else ""
        head = "Interrupted" if summary.state == "interrupted" else f"Not everything could be had.{why} So far"
        return f"{head}: {found}. {same} goes on where it stopped."
    if summary.looks >= MOST_LOOKS:
        found += f" (after {MOST_LOOKS} looks an archive is given up)"
    if summary.state == "interrupted":
        return f"Interrupted: {found}. The walk is done; the scrapers read on by themselves."
    resting = f" {summary.resting} pages keep failing; they are tried again now and then." if summary.resting else ""
    left = summary.entries - summary.read - summary.resting
    later = (
        "" if not left else " The rest is read by the scrapers." if scraper_runs else " The rest waits for a scraper."
    )
    return f"Done: {found}.{resting}{later}"

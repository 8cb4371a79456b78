"""Walking a source's past: each look is written down with what it found, so that a walk can be broken off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from services.scraper.domain.backfill import (
    UNSURE,
    Step,
    Walk,
    Way,
    begun_walk,
    part_walked,
    position_of,
    steps_after_nothing,
    steps_after_page,
    steps_after_robots,
    worth_keeping,
)
from services.scraper.domain.backfill_order import Beginning, Order, beginning_of
from services.scraper.domain.backfill_views import ReadSoFar, WalkListed
from services.scraper.domain.manners import pause_seconds
from services.scraper.parsing.results import Entry, ParsedFeed, known_kind
from services.scraper.ports import Reading, SourceInHand, Web
from shared.kit.clock import Clock
from shared.kit.errors import PactwatchError, WrongInput
from shared.web.looks import Failed, Fetched, Look, NotModified, NotYet, Throttled

WAITS_SECONDS = (2.0, 8.0, 30.0, 120.0)  # between five tries: a restart, a deployment, a short outage
HEAD_BYTES = 4096  # of a feed; its generator is named there
MOST_OF_A_SITEMAP = 50_000  # addresses: the protocol allows no more
READING_TICK_SECONDS = 1.0
_FOR_NOW = frozenset({"wall", "login"})  # pages that let the next one through


class ArchiveWork(Protocol):
    """One transaction about walks."""

    async def source_to_walk(self, source_id: UUID) -> SourceInHand | None:
        """Return the live source as it is defined."""
        ...

    async def walk_of(self, source_id: UUID) -> Walk | None:
        """Return the source's walk as it was left, None where there was none."""
        ...

    async def begin_walk(self, source_id: UUID, walk: Walk) -> None:
        """Write a new walk in the place of any earlier one."""
        ...

    async def save_walk(self, source_id: UUID, walk: Walk, *, before: Walk, now: datetime) -> bool:
        """Write how the walk stands; False when it does not stand as it did before, because another goes on with it."""
        ...

    async def add_archived(
        self, source: SourceInHand, entries: Sequence[Entry], *, alert_since: datetime, now: datetime
    ) -> int:
        """Keep entries that were never seen at any source, and touch no other; return how many those were."""
        ...

    async def read_so_far(self, source_id: UUID, walk: Walk) -> ReadSoFar:
        """Count the walk's entries, and those whose article is stored."""
        ...

    async def scraper_runs(self) -> bool:
        """Tell whether any scraper is connected, to read what is found."""
        ...

    async def walks(self) -> Sequence[WalkListed]:
        """Return every walk, the latest first."""
        ...


BeginArchive = Callable[[], AbstractAsyncContextManager[ArchiveWork]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A walk that may be gone on with, and how it stands to what was walked before."""

    source: SourceInHand
    walk: Walk
    beginning: Beginning


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a walk is: `part` of it is done (0 to 1).

    `reached` is the date of the last page of a list, None for sitemaps and undated lists. `note` says why it waits, or
    what could not be had; empty otherwise.
    """

    walk: Walk
    part: float
    reached: datetime | None = None
    note: str = ""


Told = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Page:
    feed: ParsedFeed
    head: bytes


@dataclass(frozen=True, slots=True)
class _Sitemaps:
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Nothing:
    """There is nothing, and there will be nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class _PutOff:
    """There may be something the next time the walk is gone on with; `now` tells that there may be any moment."""

    reason: str
    now: bool = True


_Finding = _Page | _Sitemaps | _Nothing | _PutOff


class Backfill:
    """Walks sources' archives. `waits_seconds` are the waits between tries of an address that fails."""

    def __init__(
        self,
        begin: BeginArchive,
        web: Web,
        reading: Reading,
        clock: Clock,
        *,
        waits_seconds: Sequence[float] = WAITS_SECONDS,
    ) -> None:
        self._begin = begin
        self._web = web
        self._reading = reading
        self._clock = clock
        self._waits_seconds = waits_seconds

    async def open(self, source_id: UUID, order: Order) -> Opened:
        """Begin a walk, or take up the one that was broken off. Raises WrongInput for an order that cannot be."""
        now = self._clock.now()
        async with self._begin() as work:
            source = await work.source_to_walk(source_id)
            if source is None:
                raise WrongInput("source", str(source_id), "is not known", mend="See `pactwatch source list`.")
            kind = source.kind or (None if source.found_kind == "page" else source.found_kind)
            if kind == "watch":
                mend = "Add the page that lists the site's news, or its feed, as a source."
                raise WrongInput("source", source.name, "is a watched page, which has no past", mend=mend)
            known = await work.walk_of(source_id)
            beginning, bounds = beginning_of(order, known, now)
            if beginning != "begins" and known is not None:
                return Opened(source, known, beginning)
            walk = begun_walk(
                source.moved_to or source.url, kind, since=bounds.since, alert_since=bounds.alert_since, now=now
            )
            await work.begin_walk(source_id, walk)
        return Opened(source, walk, beginning)

    async def walk(self, source: SourceInHand, walk: Walk, told: Told) -> Walk:
        """Go on until nothing is left, or only addresses that cannot be had now; return how the walk stands.

        Each look is kept in one transaction with what it found: broken off anywhere, the walk goes on where it stood.
        Raises PactwatchError when another goes on with the same walk.
        """
        put_off: set[str] = set()
        reached: datetime | None = None
        walk = replace(walk, last_error=None)  # of an earlier run
        here = self._progress(walk, reached)
        told(here)
        while (step := walk.next_step(put_off)) is not None:
            finding = await self._explore(source, step, partial(_tell_of_wait, told, here))
            walk = await self._keep(source, walk, step, finding)
            if isinstance(finding, _PutOff):
                put_off.add(step.url)
            if isinstance(finding, _Page) and step.is_list:
                reached = position_of(step, finding.feed, now=self._clock.now()) or reached
            here = self._progress(walk, reached)
            told(replace(here, note=_note(step, finding)))
        return walk

    def _progress(self, walk: Walk, reached: datetime | None) -> Progress:
        return Progress(walk, part_walked(walk, reached, now=self._clock.now()), reached)

    async def standing(self, source_id: UUID) -> Walk | None:
        """Return the source's walk as it stands, None where there is none."""
        async with self._begin() as work:
            return await work.walk_of(source_id)

    async def read_so_far(self, source_id: UUID, walk: Walk) -> ReadSoFar:
        """Count the walk's entries, and those whose article is stored."""
        async with self._begin() as work:
            return await work.read_so_far(source_id, walk)

    async def scraper_runs(self) -> bool:
        """Tell whether any scraper is there, to read what is found."""
        async with self._begin() as work:
            return await work.scraper_runs()

    async def until_read(
        self, source_id: UUID, walk: Walk, told: Callable[[ReadSoFar], None]
    ) -> tuple[ReadSoFar, bool]:
        """Wait until the walk's entries are read, or no scraper is there; return how far it is, and if one is there."""
        while True:
            async with self._begin() as work:
                so_far, runs = await work.read_so_far(source_id, walk), await work.scraper_runs()
            told(so_far)
            if not so_far.waiting or not runs:
                return so_far, runs
            await asyncio.sleep(READING_TICK_SECONDS)

    async def walks(self) -> Sequence[WalkListed]:
        """Return every walk, the latest first."""
        async with self._begin() as work:
            return await work.walks()

    async def _explore(self, source: SourceInHand, step: Step, waits: Callable[[str], None]) -> _Finding:
        """Look at the step's address until it is had, or cannot be."""
        failures = 0
        patience = self._waits_seconds[:1] if step.way in UNSURE else self._waits_seconds
        while True:
            look = await self._web.get(step.url)
            if isinstance(look, NotYet):
                waits(look.sentence)
                await asyncio.sleep(look.wait_seconds)
                continue
            finding = await self._read(source, step, look) if isinstance(look, Fetched) else _trouble(look, step)
            if not isinstance(finding, _PutOff):
                return finding
            if failures >= len(patience) or not finding.now:
                return _Nothing(finding.reason) if step.way in UNSURE else finding
            wait = patience[failures]
            if isinstance(look, Throttled):
                wait = pause_seconds(look.retry_after_seconds)
            waits(f"{finding.reason} Again in {wait:.0f} s.")
            await asyncio.sleep(wait)
            failures += 1

    async def _read(self, source: SourceInHand, step: Step, fetched: Fetched) -> _Finding:
        content_type = fetched.headers.get("content-type", "")
        if step.way is Way.ROBOTS:
            named = await self._reading.offers(fetched.body, content_type=content_type, base_url=fetched.url_final)
            return _Sitemaps(tuple(each.url for each in named if each.kind == "sitemap"))
        parsed = await self._reading.feed(
            fetched.body,
            kind=known_kind(step.kind),
            content_type=content_type,
            base_url=fetched.url_final,
            selectors=source.selectors,
            most_entries=MOST_OF_A_SITEMAP,
        )
        if isinstance(parsed, ParsedFeed):
            return _Page(parsed, fetched.body[:HEAD_BYTES])
        reason, is_for_now = f"{step.url}: {parsed.reason}", parsed.found in _FOR_NOW
        return _PutOff(reason, now=is_for_now) if is_for_now or step.way is Way.START else _Nothing(reason)

    async def _keep(self, source: SourceInHand, walk: Walk, step: Step, finding: _Finding) -> Walk:
        """Write down what a look found and where the walk stands now, in one transaction."""
        now = self._clock.now()
        async with self._begin() as work:
            match finding:
                case _Page(feed=page, head=head):
                    kept = worth_keeping(step, page, page.entries, since=walk.since, now=now)
                    new = await work.add_archived(source, kept, alert_since=walk.alert_since, now=now)
                    steps = steps_after_page(step, page, head=head, new=new, since=walk.since, now=now)
                    after = walk.after(step, steps, new=new)
                case _Sitemaps(urls=urls):
                    after = walk.after(step, steps_after_robots(step, urls))
                case _Nothing(reason=reason):
                    trouble = None if _is_a_guess(step) else reason
                    after = walk.after(step, steps_after_nothing(step), trouble=trouble)
                case _PutOff(reason=reason):
                    after = replace(walk, last_error=reason)
            if not await work.save_walk(source.source_id, after, before=walk, now=now):
                raise PactwatchError(f"Another command goes on with the walk of {source.name}; this one ends.")
        return after


def _tell_of_wait(told: Told, here: Progress, why: str) -> None:
    told(replace(here, note=why))


def _is_a_guess(step: Step) -> bool:
    """Tell whether nobody said that there is anything, so that nothing is no trouble."""
    return step.way in UNSURE or step.way is Way.PAGED


def _trouble(look: Look, step: Step) -> _Nothing | _PutOff:
    """Return what a look that brought nothing means for the walk; only its beginning is worth more than one walk."""
    match look:
        case Failed(sentence=sentence, permanent=True):
            return _PutOff(sentence, now=False) if step.way is Way.START else _Nothing(sentence)
        case Failed(sentence=sentence) | NotYet(sentence=sentence):
            return _PutOff(sentence)
        case Throttled(status=status):
            return _PutOff(f"{step.url} asks us to come less often (HTTP {status}).")
        case NotModified():
            return _PutOff(f"{step.url} answered that nothing changed, though nothing was known of it.")
        case Fetched():
            raise AssertionError("unreachable: this brought something")


def _note(step: Step, finding: _Finding) -> str:
    """Return what of a finding a person should know."""
    match finding:
        case _PutOff(reason=reason):
            return reason
        case _Nothing(reason=reason) if not _is_a_guess(step):
            return reason
        case _:
            return ""

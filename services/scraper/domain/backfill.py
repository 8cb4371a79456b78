"""A walk through a source's past: what is still to be looked at, what of a page is kept, and where its end is.

Lists are walked page by page from the newest on, sitemaps in any order. What comes of one look is decided here; who
looks, and where the walk is written down, are others' affairs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from services.scraper.domain.archive_addresses import (
    has_wordpress_pages,
    in_scope,
    is_of_month_before,
    mark_of_address,
    numbered_page,
    robots_of,
    scope_of,
    usual_sitemaps,
)
from services.scraper.domain.article import alertable, believable

MOST_LOOKS = 5000  # an archive that has no end by then is a machine's
OLD_PAGES = 2  # in a row: one page of old news may be a pinned post
STALE_PAGES = 2  # in a row: a list that grows while we walk shows one page twice
KNOWN_PAGES = 20  # in a row, without dates: the polled part of a list may be that long before the unknown begins
_LISTS = frozenset({"rss", "atom", "json", "page"})  # kinds whose site may have sitemaps that go back further


class Way(StrEnum):
    """How an address came on the frontier.

    START: the source's own. OLDER: a page named the next one. PAGED: WordPress would have it. ROBOTS: a robots.txt
    that may name sitemaps. GUESS: a sitemap that a site may have. MAP: a sitemap that an index named.
    """

    START = "start"
    OLDER = "older"
    PAGED = "paged"
    ROBOTS = "robots"
    GUESS = "guess"
    MAP = "map"


_MAPS = frozenset({Way.GUESS, Way.MAP})
UNSURE = frozenset({Way.GUESS, Way.ROBOTS})  # nobody said that there is anything


@dataclass(frozen=True, slots=True)
class Step:
    """An address to be looked at, with what the pages before it in its line have taught.

    `kind` is what to read it as, None to find out. `scope` is the part of the site that counts (a host and the
    beginning of a path) where sitemaps are looked for in a list's place. `number` is the page's in its line, `before`
    marks the entries of the page before, `reached` is how far back the line has come. `old`, `stale` and `known` count
    pages in a row: of old news, without anything fresh, without anything unknown.
    """

    url: str
    way: Way
    kind: str | None = None
    scope: str = ""
    number: int = 1
    before: tuple[str, ...] = ()
    reached: datetime | None = None
    old: int = 0
    stale: int = 0
    known: int = 0

    @property
    def is_list(self) -> bool:
        """Tell whether it is a page of a list, which goes from the newest back."""
        return self.way in (Way.START, Way.OLDER, Way.PAGED)


class EntryListed(Protocol):
    """An entry as a page lists it."""

    @property
    def url(self) -> str:
        """Its address."""
        ...

    @property
    def published(self) -> datetime | None:
        """When the page says it was published."""
        ...

    @property
    def updated(self) -> datetime | None:
        """When the page says it was last changed."""
        ...


class PartListed(Protocol):
    """A further document that an index lists."""

    @property
    def url(self) -> str:
        """Its address."""
        ...

    @property
    def changed(self) -> datetime | None:
        """When the index says it was last changed."""
        ...


class PageRead(Protocol):
    """A page of an archive as it was read."""

    @property
    def kind(self) -> str:
        """What it was read as."""
        ...

    @property
    def entries(self) -> Sequence[EntryListed]:
        """What it lists."""
        ...

    @property
    def parts(self) -> Sequence[PartListed]:
        """The sitemaps that it lists."""
        ...

    @property
    def older(self) -> str | None:
        """The address of the next page."""
        ...


E = TypeVar("E", bound=EntryListed)


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk as it stands: bounds, frontier (the next step first), every address that was ever on it, and counts.

    Entries found get `alert_since`: what was published before does not alert. `last_error` is what last went wrong.
    """

    since: datetime
    alert_since: datetime
    started_at: datetime
    frontier: tuple[Step, ...]
    seen: frozenset[str] = frozenset()
    looks: int = 0
    entries: int = 0
    last_error: str | None = None

    @property
    def done(self) -> bool:
        """Tell whether nothing is left to look at."""
        return not self.frontier

    def next_step(self, put_off: Collection[str] = ()) -> Step | None:
        """Return the next step whose address is not put off."""
        return next((step for step in self.frontier if step.url not in put_off), None)

    def after(self, step: Step, steps: Iterable[Step], *, new: int = 0, trouble: str | None = None) -> Walk:
        """Return the walk once a step is done: what it led to comes next, unless it was on the frontier before."""
        seen, ahead = set(self.seen), []
        for each in steps:
            mark = mark_of_address(each.url)
            if mark not in seen:
                seen.add(mark)
                ahead.append(each)
        looks = self.looks + 1
        left = (*ahead, *(each for each in self.frontier if each != step))
        return replace(
            self,
            frontier=left[: MOST_LOOKS - looks],
            seen=frozenset(seen),
            looks=looks,
            entries=self.entries + new,
            last_error=trouble or self.last_error,
        )


def begun_walk(url: str, kind: str | None, *, since: datetime, alert_since: datetime, now: datetime) -> Walk:
    """Return a walk that has not begun yet, at the source's own address."""
    start = (Step(url, Way.START, kind=kind),)
    return Walk(since, alert_since, now, start, seen=frozenset({mark_of_address(url)}))


def part_walked(walk: Walk, reached: datetime | None, *, now: datetime) -> float:
    """Return how much of a walk is done, from 0 to 1: by dates along a list, by addresses elsewhere."""
    if walk.done:
        return 1.0
    if walk.frontier[0].is_list:
        return 0.0 if reached is None else min(max((now - reached) / (now - walk.since), 0.0), 1.0)
    return walk.looks / (walk.looks + len(walk.frontier))


def worth_keeping(step: Step, page: PageRead, entries: Sequence[E], *, since: datetime, now: datetime) -> list[E]:
    """Return the entries that the walk is after: not older than `since`, as far as the page tells.

    A sitemap tells when a page was changed where it does not tell when it was published: nothing is published after it
    was changed. From sitemaps that were only guessed, entries without any date and those of other parts of the site
    are left out: they may be anything.
    """
    is_guessed = bool(step.scope) and step.way in _MAPS
    kept = []
    for entry in entries:
        date = believable(entry.published, now=now) or (entry.updated if page.kind == "sitemap" else None)
        if is_guessed and (date is None or not in_scope(entry.url, step.scope)):
            continue
        if alertable(date, since):
            kept.append(entry)
    return kept


def position_of(step: Step, page: PageRead, *, now: datetime) -> datetime | None:
    """Return how far back a page of a list has come: its newest date, without entries that the page before had.

    Those are pinned, or were pushed on by newer ones; None for a page without dates.
    """
    return max((date for each in _fresh(step, page) if (date := believable(each.published, now=now))), default=None)


def steps_after_page(
    step: Step, page: PageRead, *, head: bytes, new: int, since: datetime, now: datetime
) -> tuple[Step, ...]:
    """Return where a page leads; `head` is how its document begins, `new` how many of its entries nobody knew."""
    parts = tuple(
        Step(part.url, Way.MAP, kind="sitemap", scope=step.scope) for part in page.parts if not _is_past(part, since)
    )
    if not step.is_list or page.kind == "sitemap":
        return parts
    if step.way is Way.START and page.kind in _LISTS:
        step = replace(step, scope=scope_of((entry.url for entry in page.entries), step.url))
    older = _older_page(step, page, head)
    if (step.number == 1 and older is None) or (step.number == 2 and not _fresh(step, page)):
        return _guesses(step)
    if older is None:
        return ()
    line = _next_in_line(step, page, older, new=new, since=since, now=now)
    return () if _has_ended(line) else (line,)


def steps_after_nothing(step: Step) -> tuple[Step, ...]:
    """Return where a page leads that cannot be had or read: of a list's second page, to the site's sitemaps."""
    if step.way is Way.ROBOTS:
        return tuple(Step(url, Way.GUESS, kind="sitemap", scope=step.scope) for url in usual_sitemaps(step.url))
    return _guesses(step) if step.is_list and step.number == 2 else ()


def steps_after_robots(step: Step, sitemaps: Sequence[str]) -> tuple[Step, ...]:
    """Return the sitemaps that a robots.txt names; where it names none, those that many sites have."""
    named = tuple(Step(url, Way.GUESS, kind="sitemap", scope=step.scope) for url in sitemaps)
    return named or steps_after_nothing(step)


def _guesses(step: Step) -> tuple[Step, ...]:
    return (Step(robots_of(step.scope, step.url), Way.ROBOTS, scope=step.scope),) if step.scope else ()


def _fresh(step: Step, page: PageRead) -> list[EntryListed]:
    before = frozenset(step.before)
    return [entry for entry in page.entries if mark_of_address(entry.url) not in before]


def _older_page(step: Step, page: PageRead, head: bytes) -> Step | None:
    if page.older is not None and step.way is not Way.PAGED:
        return Step(page.older, Way.OLDER)
    is_paged = step.way is Way.START and page.kind in ("rss", "atom") and has_wordpress_pages(step.url, head)
    if step.way is Way.PAGED or is_paged:
        return Step(numbered_page(step.url, step.number + 1), Way.PAGED)
    return None


def _next_in_line(step: Step, page: PageRead, older: Step, *, new: int, since: datetime, now: datetime) -> Step:
    """Return the next page's step, with what this page has taught."""
    position, is_fresh = position_of(step, page, now=now), bool(_fresh(step, page))
    goes_back = position is not None and (step.reached is None or position < step.reached)
    is_stale = not is_fresh or (not new and position is not None and not goes_back)
    is_known = is_fresh and not new and position is None
    return replace(
        older,
        kind=page.kind,
        scope=step.scope,
        number=step.number + 1,
        before=tuple(mark_of_address(entry.url) for entry in page.entries),
        reached=position if goes_back else step.reached,
        old=step.old if position is None else 0 if alertable(position, since) else step.old + 1,
        stale=step.stale + 1 if is_stale else 0,
        known=step.known + 1 if is_known else 0 if new else step.known,
    )


def _has_ended(line: Step) -> bool:
    return line.old >= OLD_PAGES or line.stale >= STALE_PAGES or line.known >= KNOWN_PAGES


def _is_past(part: PartListed, since: datetime) -> bool:
    return (part.changed is not None and not alertable(part.changed, since)) or is_of_month_before(part.url, since)

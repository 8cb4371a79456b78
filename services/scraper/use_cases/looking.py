"""Looking at sources: claim one that is due, fetch it, keep entries never seen before, and say when to look again."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.scraper.domain.hubs import links_of_header
from services.scraper.domain.judgement import History, Judgement, state_of_look
from services.scraper.domain.mistake import mistake_sentence
from services.scraper.domain.source import SourceState, conditional_allowed, last_news_at, next_look_at
from services.scraper.domain.telling import Standing, Tidings, Trouble, follow, told_of_source
from services.scraper.domain.watching import news_of_page
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed, Part, known_kind
from services.scraper.ports import Begin, Reading, SourceAfter, SourceInHand, Web, Work
from shared.kit.clock import Clock
from shared.kit.failpoints import Step, passing
from shared.telemetry import metrics
from shared.web.looks import Fetched, Look, NotModified, NotYet, Throttled

logger = logging.getLogger(__name__)

LONGEST_VALIDATOR_CHARACTERS = 1000
LONGEST_REST_SECONDS = 60.0  # twice the longest Crawl-delay that is believed
MOST_PARTS = 3  # of a sitemap index at one look: news stands in the newest, an archive is for a backfill


class SourceLooks:
    """Looks at sources."""

    def __init__(self, begin: Begin, web: Web, reading: Reading, clock: Clock, *, lease_seconds: float) -> None:
        self._begin = begin
        self._web = web
        self._reading = reading
        self._clock = clock
        self._lease_seconds = lease_seconds

    @property
    def lease_seconds(self) -> float:
        """How long a claim holds when nobody renews it."""
        return self._lease_seconds

    async def claim(self, limit: int) -> list[SourceInHand]:
        """Take up to `limit` sources that are due."""
        async with self._begin() as work:
            sources = list(await work.claim_sources(limit=limit, lease_seconds=self.lease_seconds))
        if sources:
            passing(Step.SOURCE_CLAIMED)
        return sources

    async def look_at(self, source: SourceInHand) -> int:
        """Look at one claimed source and give it back; return how many new entries it had."""
        conditions = _conditions(source, self._clock.now())
        look = await self._web.get(source.moved_to or source.url, headers=conditions)
        passing(Step.FEED_FETCHED)
        if isinstance(look, NotYet):
            async with self._begin() as work:
                await work.look_later(source.source_id, timedelta(seconds=look.wait_seconds))
            return 0
        parsed = None
        if isinstance(look, Fetched):
            parsed = await self._read(source, look)
            # What was read need not be held in memory while its parts are fetched and all is saved.
            look = replace(look, body=b"")
        if isinstance(parsed, ParsedFeed) and parsed.parts:
            parsed = await self._with_parts(source, parsed)
        metrics.LOOKS.labels(type(parsed or look).__name__).inc()
        async with self._begin() as work:
            new = await self._keep(work, source, look, parsed, conditional=bool(conditions))
        passing(Step.ENTRIES_SAVED)
        return new

    async def record_mistake(self, source: SourceInHand, trouble: Exception) -> None:
        """Give back a source that could not be handled, as one that fails: it is seen, and waits longer each time."""
        now = self._clock.now()
        judged = Judgement(SourceState.FAILING, mistake_sentence(trouble))
        async with self._begin() as work:
            standing, tidings = follow(_standing(source, now), judged.state, now)
            after = replace(_unread(source, standing, judged), found_kind=source.found_kind)
            await self._reschedule(work, source, after, (), now)
            await _tell(work, source, tidings, judged, now)

    async def renew(self, sources: Sequence[SourceInHand]) -> None:
        """Hold the claim on these sources for as long again."""
        async with self._begin() as work:
            await work.renew_sources([source.source_id for source in sources], lease_seconds=self.lease_seconds)

    async def give_back(self, sources: Sequence[SourceInHand]) -> None:
        """End the claim on sources that were not looked at to the end."""
        async with self._begin() as work:
            await work.give_back_sources([source.source_id for source in sources])

    async def _read(self, source: SourceInHand, fetched: Fetched) -> ParsedFeed | NotAFeed:
        """Read what was fetched as what the source is; where that is open, find out.

        That a page was found before does not settle it: the first look may have met a wall where the feed is now.
        """
        found = None if source.found_kind == "page" else source.found_kind
        parsed = await self._read_as(source, fetched, source.kind or found)
        if isinstance(parsed, NotAFeed) and source.kind is None and found is not None:
            anew = await self._read_as(source, fetched, None)
            if isinstance(anew, ParsedFeed) and anew.kind != "page":  # a page is what a feed turns into when it ends
                parsed = anew
        return parsed

    async def _read_as(self, source: SourceInHand, fetched: Fetched, kind: str | None) -> ParsedFeed | NotAFeed:
        return await self._reading.feed(
            fetched.body,
            kind=known_kind(kind),
            content_type=fetched.headers.get("content-type", ""),
            base_url=fetched.url_final,
            selectors=source.selectors,
        )

    async def _with_parts(self, source: SourceInHand, index: ParsedFeed) -> ParsedFeed:
        """Read the newest sitemaps of an index too; one that cannot be had is left to the next look."""
        entries = list(index.entries)
        parts = newest_parts(index.parts, source.whole_at)
        for part in parts:
            parsed = await self._part(source, part)
            if isinstance(parsed, ParsedFeed):
                entries.extend(parsed.entries)
        # With nothing in its newest parts an index is empty; one whose parts are all old has merely no news.
        return replace(index, entries=tuple(entries), is_index=True, parts=index.parts if entries or not parts else ())

    async def _part(self, source: SourceInHand, part: Part) -> ParsedFeed | NotAFeed | None:
        """Read one part; where its host rests between two requests, after that rest."""
        look = await self._web.get(part.url)
        if isinstance(look, NotYet) and look.wait_seconds <= LONGEST_REST_SECONDS:
            await asyncio.sleep(look.wait_seconds)
            look = await self._web.get(part.url)
        if isinstance(look, Fetched):
            return await self._read_as(source, look, "sitemap")
        logger.info("source %s: %s could not be had: %s", source.name, part.url, type(look).__name__)
        return None

    async def _keep(
        self, work: Work, source: SourceInHand, look: Look, parsed: ParsedFeed | NotAFeed | None, *, conditional: bool
    ) -> int:
        """Write down what a look found; return how many entries are new."""
        now = self._clock.now()
        new = 0
        entries = _entries(source, parsed) if isinstance(parsed, ParsedFeed) else ()
        if entries:
            new = await work.add_entries(source, entries, now)
        if isinstance(look, Fetched) and isinstance(parsed, ParsedFeed):
            links = links_of_header(look.headers.get("link", ""), look.url_final)
            hub, topic = links.get("hub") or parsed.hub, links.get("self") or parsed.self_url
            if (hub, topic) != (source.hub, source.self_url):
                await work.note_hub(source.source_id, hub=hub, self_url=topic)
        times = await work.recent_times(source.source_id)
        dated = [entry.published for entry in entries]
        source = replace(source, last_new_at=last_news_at(source.last_new_at, dated, now, new_entries=new))
        judged = state_of_look(look, parsed, _history(source, times, conditional=conditional), now)
        if judged is None:
            return new
        standing, tidings = follow(_standing(source, now), judged.state, now)
        after = _after(source, look, parsed, standing, judged, now)
        retry_after = look.retry_after_seconds if isinstance(look, Throttled) else None
        await self._reschedule(work, source, after, times, now, retry_after)
        await _tell(work, source, tidings, judged, now)
        _say(source, judged, parsed)
        return new

    async def _reschedule(
        self,
        work: Work,
        source: SourceInHand,
        after: SourceAfter,
        times: Sequence[datetime],
        now: datetime,
        retry_after_seconds: int | None = None,
    ) -> None:
        next_at = next_look_at(
            now,
            SourceState(after.state),
            every_seconds=source.every_seconds,
            published_times=times,
            failures=after.failures,
            retry_after_seconds=retry_after_seconds,
            rng=random.random(),  # noqa: S311  (jitter, no secret)
        )
        await work.reschedule(source.source_id, after, now=now, wait=next_at - now)


def newest_parts(parts: Sequence[Part], whole_at: datetime | None) -> Sequence[Part]:
    """Return the parts of an index that may hold news: at most three, the newest, and not changed before the last look.

    Undated parts may hold news at any time.
    """
    dated = sorted(((part.changed, part) for part in parts if part.changed), key=lambda pair: pair[0], reverse=True)
    undated = [part for part in parts if part.changed is None]
    day_before = whole_at - timedelta(days=1) if whole_at else None  # a date without a time is a day's beginning
    news = [part for changed, part in dated if day_before is None or changed >= day_before]
    return (*news, *undated)[:MOST_PARTS]


def _entries(source: SourceInHand, parsed: ParsedFeed) -> Sequence[Entry]:
    """Return the entries; of a watched page only what it says that it did not say before."""
    if parsed.kind != "watch":
        return parsed.entries
    news = [(entry, news_of_page(source.watched_text, entry.content)) for entry in parsed.entries]
    return [replace(entry, content=words) for entry, words in news if words]


async def _tell(work: Work, source: SourceInHand, tidings: Tidings | None, judged: Judgement, now: datetime) -> None:
    if tidings is not None:
        await work.announce(told_of_source(_known_as(source), tidings, judged, now))


def _known_as(source: SourceInHand) -> str:
    """Return the name under which operators know of its trouble, if they do; it may have been renamed since."""
    return source.told_name or source.name


def _say(source: SourceInHand, judged: Judgement, parsed: ParsedFeed | NotAFeed | None) -> None:
    if judged.sentence:
        logger.warning("source %s: %s: %s", source.name, judged.state, judged.sentence)
    if isinstance(parsed, ParsedFeed) and parsed.unusable:
        dropped = parsed.unusable
        metrics.ENTRIES_LEFT_OUT.inc(len(dropped))
        logger.info(
            "source %s: %d entries left out, the first because %s", source.name, len(dropped), dropped[0].reason
        )


def _history(source: SourceInHand, times: Sequence[datetime], *, conditional: bool) -> History:
    return History(
        name=source.name,
        url=source.url,
        state=_state(source),
        conditional=conditional,
        moved_to=source.moved_to,
        languages=source.language,
        published_times=times,
        last_new_at=source.last_new_at,
    )


def _state(source: SourceInHand) -> SourceState:
    return SourceState(source.state) if source.state in set(SourceState) else SourceState.NEW


def _standing(source: SourceInHand, now: datetime) -> Standing:
    told = source.told_state is not None and source.told_since is not None and source.told_state in set(SourceState)
    trouble = Trouble(SourceState(source.told_state or ""), source.told_since or now) if told else None
    return Standing(_state(source), source.state_since or now, source.failures, trouble)


def _after(
    source: SourceInHand,
    look: Look,
    parsed: ParsedFeed | NotAFeed | None,
    standing: Standing,
    judged: Judgement,
    now: datetime,
) -> SourceAfter:
    """Return how the look leaves its source."""
    after = _unread(source, standing, judged)
    match look:
        case Fetched() as fetched if isinstance(parsed, ParsedFeed):
            watched = parsed.entries[0].content if parsed.kind == "watch" and parsed.entries else source.watched_text
            return replace(
                after,
                succeeded=True,
                etag=_validator(fetched, parsed, "etag"),
                last_modified=_validator(fetched, parsed, "last-modified"),
                found_kind=parsed.kind,
                moved_to=fetched.moved_permanently_to or source.moved_to,
                whole_at=now,
                watched_text=watched,
            )
        case Fetched():
            return replace(after, found_kind=None if source.found_kind == "page" else source.found_kind)
        case NotModified() if judged.state is not SourceState.FAILING:
            return replace(
                after,
                succeeded=True,
                etag=source.etag,
                last_modified=source.last_modified,
                found_kind=source.found_kind,
                moved_to=source.moved_to,
            )
        case _:
            return replace(after, found_kind=source.found_kind)


def _unread(source: SourceInHand, standing: Standing, judged: Judgement) -> SourceAfter:
    """Return how a look that read nothing leaves its source.

    Nothing of the conditional request is kept, so that the next good look sees everything there is; and an address that
    we were sent to and that fails is not asked again before the defined one.
    """
    return SourceAfter(
        state=standing.state,
        state_since=standing.since,
        failures=standing.failures,
        last_error=judged.sentence or None,
        succeeded=False,
        told_state=standing.told.state if standing.told else None,
        told_since=standing.told.since if standing.told else None,
        told_name=_known_as(source) if standing.told else None,
        etag=None,
        last_modified=None,
        found_kind=None,
        moved_to=None,
        whole_at=source.whole_at,
        last_new_at=source.last_new_at,
        watched_text=source.watched_text,
    )


def _validator(fetched: Fetched, parsed: ParsedFeed, name: str) -> str | None:
    """Return what the next request may say that we have.

    Nothing so long that servers would refuse it; and nothing of an index, which stays as it is while its parts change.
    """
    value = fetched.headers.get(name)
    return None if value is None or parsed.is_index or len(value) > LONGEST_VALIDATOR_CHARACTERS else value


def _conditions(source: SourceInHand, now: datetime) -> dict[str, str]:
    """Return the headers of a conditional request: what we have, so that an unchanged source answers 304."""
    if not conditional_allowed(source.whole_at, now):
        return {}
    conditions = {}
    if source.etag:
        conditions["If-None-Match"] = source.etag
    if source.last_modified:
        conditions["If-Modified-Since"] = source.last_modified
    return conditions

"""Looking at sources: claim one that is due, fetch it, keep entries never seen before, and say when to look again."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from dataclasses import replace

from services.scraper.domain.mistake import mistake_sentence
from services.scraper.domain.source import SourceState, next_look_at
from services.scraper.parsing.results import NotAFeed, ParsedFeed
from services.scraper.ports import Begin, Reading, SourceAfter, SourceInHand, Web
from shared.kit.clock import Clock
from shared.kit.failpoints import Step, passing
from shared.telemetry import metrics
from shared.web.looks import Failed, Fetched, Look, NotModified, Throttled

logger = logging.getLogger(__name__)


class SourceLooks:
    """Looks at sources."""

    def __init__(self, begin: Begin, web: Web, reading: Reading, clock: Clock, *, lease_seconds: float) -> None:
        self._begin = begin
        self._web = web
        self._reading = reading
        self._clock = clock
        self._lease_seconds = lease_seconds

    async def claim(self, limit: int) -> list[SourceInHand]:
        """Take up to `limit` sources that are due."""
        async with self._begin() as work:
            sources = list(await work.claim_sources(limit=limit, lease_seconds=self._lease_seconds))
        if sources:
            passing(Step.SOURCE_CLAIMED)
        return sources

    async def look_at(self, source: SourceInHand) -> int:
        """Look at one claimed source and give it back; return how many new entries it had."""
        look = await self._web.get(source.moved_to or source.url, headers=_conditions(source))
        passing(Step.FEED_FETCHED)
        parsed = await self._read(source, look) if isinstance(look, Fetched) else None
        metrics.LOOKS.labels(type(parsed or look).__name__).inc()
        now = self._clock.now()
        after = _after(source, look, parsed)
        new = 0
        async with self._begin() as work:
            if isinstance(parsed, ParsedFeed):
                new = await work.add_entries(source, parsed.entries, now)
            next_at = next_look_at(
                now,
                SourceState(after.state),
                every_seconds=source.every_seconds,
                published_times=await work.recent_times(source.source_id),
                failures=after.failures,
                retry_after_seconds=look.retry_after_seconds if isinstance(look, Throttled) else None,
                rng=random.random(),  # noqa: S311  (jitter, no secret)
            )
            await work.reschedule(source.source_id, after, now=now, wait=next_at - now)
        passing(Step.ENTRIES_SAVED)
        _say(source, after, parsed)
        return new

    async def record_mistake(self, source: SourceInHand, trouble: Exception) -> None:
        """Give back a source that could not be handled, as one that fails: it is seen, and waits longer each time."""
        now = self._clock.now()
        after = _failed(source, SourceState.FAILING, mistake_sentence(trouble))
        dice = random.random()  # noqa: S311  (jitter, no secret)
        next_at = next_look_at(
            now, SourceState.FAILING, every_seconds=source.every_seconds, failures=after.failures, rng=dice
        )
        async with self._begin() as work:
            await work.reschedule(source.source_id, after, now=now, wait=next_at - now)

    async def give_back(self, sources: Sequence[SourceInHand]) -> None:
        """End the claim on sources that were not looked at to the end."""
        async with self._begin() as work:
            await work.give_back_sources([source.source_id for source in sources])

    async def _read(self, source: SourceInHand, fetched: Fetched) -> ParsedFeed | NotAFeed:
        """Read what was fetched as what the source is; where that is open, as a feed first and a page after.

        That a page was found before does not settle it: the first look may have met a wall where the feed is now.
        """
        found = None if source.found_kind == "page" else source.found_kind
        return await read_as(self._reading, fetched, source.kind or found)


async def read_as(reading: Reading, fetched: Fetched, kind: str | None) -> ParsedFeed | NotAFeed:
    """Read what was fetched as this kind; None tries a feed first and a listing page after."""
    content_type = fetched.headers.get("content-type", "")
    parsed = await reading.feed(fetched.body, kind=kind or "rss", content_type=content_type, base_url=fetched.url_final)
    if kind is None and isinstance(parsed, NotAFeed):
        listing = await reading.feed(fetched.body, kind="page", content_type=content_type, base_url=fetched.url_final)
        return listing if isinstance(listing, ParsedFeed) and listing.entries else parsed
    return parsed


def _after(source: SourceInHand, look: Look, parsed: ParsedFeed | NotAFeed | None) -> SourceAfter:
    """Return what the look changes about its source."""
    match look:
        case Fetched() as fetched if isinstance(parsed, ParsedFeed):
            return _succeeded(source, fetched, parsed)
        case Fetched():
            reason = parsed.reason if isinstance(parsed, NotAFeed) else "could not be read"
            return replace(_failed(source, SourceState.NOT_A_FEED, reason), found_kind=None)  # the guess did not hold
        case NotModified() if not (source.etag or source.last_modified):
            return _failed(
                source, SourceState.FAILING, "The source says that nothing changed, and never gave anything."
            )
        case NotModified():
            return SourceAfter(
                state=SourceState.FINE,
                failures=0,
                last_error=None,
                succeeded=True,
                etag=source.etag,
                last_modified=source.last_modified,
                found_kind=source.found_kind,
                moved_to=source.moved_to,
            )
        case Throttled(status=status):
            return _failed(source, SourceState.THROTTLED, f"The source asks us to come less often (HTTP {status}).")
        case Failed(kind=kind, sentence=sentence):
            return _failed(source, SourceState.BLOCKED if kind == "blocked" else SourceState.FAILING, sentence)


def _say(source: SourceInHand, after: SourceAfter, parsed: ParsedFeed | NotAFeed | None) -> None:
    if after.last_error:
        logger.warning("source %s: %s", source.name, after.last_error)
    elif isinstance(parsed, ParsedFeed) and parsed.unusable:
        dropped = parsed.unusable
        logger.info(
            "source %s: %d entries left out, the first because %s", source.name, len(dropped), dropped[0].reason
        )


def _succeeded(source: SourceInHand, fetched: Fetched, feed: ParsedFeed) -> SourceAfter:
    unusable = feed.unusable[0].reason if feed.unusable and not feed.entries else None
    return SourceAfter(
        state=SourceState.FINE if feed.entries else SourceState.EMPTY,
        failures=0,
        last_error=unusable,
        succeeded=True,
        etag=fetched.headers.get("etag"),
        last_modified=fetched.headers.get("last-modified"),
        found_kind=feed.kind,
        moved_to=fetched.moved_permanently_to or source.moved_to,
    )


def _failed(source: SourceInHand, state: SourceState, sentence: str) -> SourceAfter:
    """Keep nothing of the conditional request, so that the next good look sees everything there is."""
    return SourceAfter(
        state=state,
        failures=source.failures + 1,
        last_error=sentence,
        succeeded=False,
        found_kind=source.found_kind,
        moved_to=None,  # an address that we were sent to and that fails is not asked again before the defined one
    )


def _conditions(source: SourceInHand) -> dict[str, str]:
    """Return the headers of a conditional request: what we have, so that an unchanged source answers 304."""
    conditions = {}
    if source.etag:
        conditions["If-None-Match"] = source.etag
    if source.last_modified:
        conditions["If-Modified-Since"] = source.last_modified
    return conditions

"""Reading pages: claim an entry, fetch its page, and publish the article, from the feed's own text if need be."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from datetime import timedelta

from services.scraper.domain.article import leads_to_the_front_page
from services.scraper.domain.entry import (
    PageTry,
    Retry,
    UseFeedText,
    next_page_try,
    next_try_after_mistake,
    wait_seconds,
)
from services.scraper.domain.mistake import mistake_sentence
from services.scraper.domain.revision import next_reread
from services.scraper.domain.whole_text import looks_whole, needs_no_page, says_no_more
from services.scraper.parsing.results import ReadablePage, Unreadable
from services.scraper.ports import Begin, Reading, WaitingEntry, Web
from services.scraper.use_cases.publishing import ArticleWords, Publisher
from services.scraper.use_cases.withdrawing import Withdrawals
from shared.kit.clock import Clock
from shared.kit.failpoints import Step, passing
from shared.kit.text import one_line, storable
from shared.web.looks import Failed, Fetched, Look, NotModified, NotYet, Throttled

logger = logging.getLogger(__name__)

LANGUAGES = ("en", "ru", "hi")
MOMENT_SECONDS = 15  # a page that is up so soon is worth waiting for: copies are known by its words, not by a teaser's


class PageReads:
    """Reads the pages of entries, and has their articles published."""

    def __init__(
        self,
        begin: Begin,
        web: Web,
        reading: Reading,
        publisher: Publisher,
        clock: Clock,
        *,
        lease_seconds: float,
    ) -> None:
        self._begin = begin
        self._web = web
        self._reading = reading
        self._publisher = publisher
        self._clock = clock
        self._withdrawals = Withdrawals(begin, clock)
        self._lease_seconds = lease_seconds

    @property
    def lease_seconds(self) -> float:
        """How long a claim holds when nobody renews it."""
        return self._lease_seconds

    async def claim(self, limit: int) -> list[WaitingEntry]:
        """Take up to `limit` entries whose page is to be read."""
        async with self._begin() as work:
            return list(await work.claim_entries(limit=limit, lease_seconds=self.lease_seconds))

    async def read(self, entry: WaitingEntry) -> None:
        """Read one claimed entry's page and publish its article, or say when to try again."""
        dice = random.random()  # noqa: S311  (which pages are checked, no secret)
        if entry.whole or needs_no_page(_of_feed(entry), pages_alike=entry.pages_alike, dice=dice):
            await self._publisher.issue(entry, _from_feed(entry))
            return
        if entry.host_rests:
            await self._follow(entry, UseFeedText("Its host lets nobody in for longer than news can wait."), "")
            return
        look = await self._web.get(entry.url)
        passing(Step.PAGE_FETCHED)
        if isinstance(look, NotYet):
            await self._when_the_host_has_time(entry, look)
            return
        if await self._withdrawals.note(entry, look):
            return
        page = await self._page(entry, look) if isinstance(look, Fetched) else None
        if isinstance(look, Fetched) and leads_to_the_front_page(entry.url, look.url_final):
            page = Unreadable("Its address leads to the site's front page now.")
        if isinstance(page, ReadablePage):
            told = _of_feed(entry)
            alike = says_no_more(page.text, told) if looks_whole(told) else None
            await self._publisher.issue(entry, _from_page(entry, page), alike=alike)
            return
        trouble = _trouble(look, page)
        await self._follow(
            entry, next_page_try(entry.failures, look, feed_has_text=looks_whole(_of_feed(entry))), trouble
        )

    async def record_mistake(self, entry: WaitingEntry, trouble: Exception) -> None:
        """Give back an entry that could not be handled, or publish it from its feed; else it rests, and is seen."""
        sentence = mistake_sentence(trouble)
        try:
            next_try = next_try_after_mistake(entry.failures, feed_has_text=looks_whole(_of_feed(entry)))
            await self._follow(entry, next_try, sentence)
        except Exception:
            logger.exception("page %s: nor could its feed's text be published", entry.url)
            await self._later(entry, wait_seconds(entry.failures), sentence)

    async def renew(self, entries: Sequence[WaitingEntry]) -> None:
        """Hold the claim on these entries for as long again."""
        async with self._begin() as work:
            await work.renew_entries([entry.entry_id for entry in entries], lease_seconds=self.lease_seconds)

    async def give_back(self, entries: Sequence[WaitingEntry]) -> None:
        """End the claim on entries that were not read to the end."""
        async with self._begin() as work:
            await work.give_back_entries([entry.entry_id for entry in entries])

    async def _follow(self, entry: WaitingEntry, next_try: PageTry, trouble: str) -> None:
        """Try again, or take the feed's words; a page that was read before keeps the words it had.

        Where the feed's words alone get through the gate they are told at once, and the page is a new version of them
        when it can be had: news does not wait for a page that fails.
        """
        owed = entry.state == "again" and entry.failures > 0 and isinstance(next_try, Retry)
        if entry.state == "again" and not owed:
            await self._leave_as_it_is(entry, trouble)
            return
        match next_try:
            case Retry(after_seconds) if not owed and await self._may_be_told(entry, after_seconds):
                logger.info("page %s: %s; its feed's words are told, and it is tried again", entry.url, trouble)
                wait = timedelta(seconds=after_seconds)
                await self._publisher.issue(entry, _from_feed(entry), page_owed_after=wait)
            case Retry(after_seconds):
                await self._later(entry, after_seconds, trouble)
            case UseFeedText(reason):
                logger.warning("page %s: %s Publishing the feed's own text. %s", entry.url, reason, trouble)
                await self._publisher.issue(entry, _from_feed(entry))

    async def _may_be_told(self, entry: WaitingEntry, after_seconds: int) -> bool:
        """Tell whether the feed's words should not wait: they say enough, and the page will take its time."""
        return after_seconds > MOMENT_SECONDS and await self._publisher.passes(entry, _from_feed(entry))

    async def _leave_as_it_is(self, entry: WaitingEntry, trouble: str) -> None:
        logger.info("page %s: was to be read again: %s", entry.url, trouble)
        wait = next_reread(entry.rereads + 1, entry.published_at, now=self._clock.now())
        async with self._begin() as work:
            await work.close_entry(entry.entry_id, mark=entry.mark, again_after=wait)

    async def _later(self, entry: WaitingEntry, after_seconds: float, trouble: str) -> None:
        logger.info("page %s: %s; again in %d s", entry.url, trouble, after_seconds)
        await self._give_back_for(entry, after_seconds, trouble, failures=entry.failures + 1)

    async def _when_the_host_has_time(self, entry: WaitingEntry, look: NotYet) -> None:
        await self._give_back_for(entry, look.wait_seconds, look.sentence, failures=entry.failures)

    async def _give_back_for(self, entry: WaitingEntry, seconds: float, why: str, *, failures: int) -> None:
        async with self._begin() as work:
            await work.try_entry_later(
                entry.entry_id, state=entry.state, failures=failures, wait=timedelta(seconds=seconds), error=why
            )

    async def _page(self, entry: WaitingEntry, fetched: Fetched) -> ReadablePage | Unreadable:
        content_type = fetched.headers.get("content-type", "")
        return await self._reading.page(
            fetched.body, content_type=content_type, url=fetched.url_final, text_selector=entry.text_selector
        )


def _of_feed(entry: WaitingEntry) -> str:
    """Return what the feed tells of the article; many put a whole text where the summary belongs."""
    return entry.content or entry.summary


def _from_page(entry: WaitingEntry, page: ReadablePage) -> ArticleWords:
    """Take the page's words, or the feed's where the feed carries more (a page may show only the beginning)."""
    of_feed = _of_feed(entry)
    whole_feed = len(of_feed) > len(page.text)
    return ArticleWords(
        title=storable(one_line(entry.title or page.title)),
        text=storable(of_feed if whole_feed else page.text),
        text_from="feed" if whole_feed else "page",
        published_at=entry.published_at or page.published,
        language=page.language if page.language in LANGUAGES else None,
        author=storable(one_line(page.author or entry.author)),
        agency=storable(page.agency),
        dateline=storable(one_line(page.dateline)),
        image_url=storable(page.image_url or entry.image_url),
    )


def _from_feed(entry: WaitingEntry) -> ArticleWords:
    return ArticleWords(
        title=one_line(entry.title),
        text=_of_feed(entry) or entry.title,
        text_from="feed",
        published_at=entry.published_at,
        language=None,
        author=entry.author,
        image_url=entry.image_url,
    )


def _trouble(look: Look, page: ReadablePage | Unreadable | None) -> str:
    match look:
        case Failed(sentence=sentence) | NotYet(sentence=sentence):
            return sentence
        case Throttled(status=status):
            return f"asked us to come less often (HTTP {status})"
        case NotModified():
            return "answered 304 to an unconditional request"
        case Fetched():
            return page.reason if isinstance(page, Unreadable) else "could not be read"

"""Reading pages: claim an entry, fetch its page, and publish the article, from the feed's own text if need be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.scraper.domain.article import alertable, believable, content_fingerprint
from services.scraper.domain.entry import (
    FULL_TEXT_CHARACTERS,
    PageTry,
    Retry,
    UseFeedText,
    next_page_try,
    next_try_after_mistake,
    wait_seconds,
)
from services.scraper.domain.mistake import mistake_sentence
from services.scraper.parsing.results import ReadablePage, Unreadable
from services.scraper.ports import Begin, NewArticle, Reading, WaitingEntry, Web
from shared.contracts.events import ArticlePublished
from shared.kit.clock import Clock
from shared.kit.failpoints import Step, passing
from shared.kit.ids import id_for
from shared.kit.text import one_line, storable
from shared.telemetry import metrics
from shared.web.looks import Failed, Fetched, Look, NotModified, Throttled

logger = logging.getLogger(__name__)

LANGUAGES = ("en", "ru", "hi")


@dataclass(frozen=True, slots=True)
class _Words:
    """An article's words, and where they are from."""

    title: str
    text: str
    text_from: str
    published_at: datetime | None
    language: str | None


class PageReads:
    """Reads the pages of entries, and publishes their articles."""

    def __init__(
        self,
        begin: Begin,
        web: Web,
        reading: Reading,
        clock: Clock,
        *,
        lease_seconds: float,
    ) -> None:
        self._begin = begin
        self._web = web
        self._reading = reading
        self._clock = clock
        self._lease_seconds = lease_seconds

    async def claim(self, limit: int) -> list[WaitingEntry]:
        """Take up to `limit` entries whose page is to be read."""
        async with self._begin() as work:
            return list(await work.claim_entries(limit=limit, lease_seconds=self._lease_seconds))

    async def read(self, entry: WaitingEntry) -> None:
        """Read one claimed entry's page and publish its article, or say when to try again."""
        look = await self._web.get(entry.url)
        passing(Step.PAGE_FETCHED)
        page = await self._page(look) if isinstance(look, Fetched) else None
        if isinstance(page, ReadablePage):
            await self._publish(entry, _from_page(entry, page))
            return
        trouble = _trouble(look, page)
        await self._follow(entry, next_page_try(entry.failures, look, feed_has_text=_feed_has_text(entry)), trouble)

    async def record_mistake(self, entry: WaitingEntry, trouble: Exception) -> None:
        """Give back an entry that could not be handled, or publish it from its feed; else it rests, and is seen."""
        sentence = mistake_sentence(trouble)
        try:
            next_try = next_try_after_mistake(entry.failures, feed_has_text=_feed_has_text(entry))
            await self._follow(entry, next_try, sentence)
        except Exception:
            logger.exception("page %s: nor could its feed's text be published", entry.url)
            await self._later(entry, wait_seconds(entry.failures), sentence)

    async def give_back(self, entries: Sequence[WaitingEntry]) -> None:
        """End the claim on entries that were not read to the end."""
        async with self._begin() as work:
            await work.give_back_entries([entry.entry_id for entry in entries])

    async def _follow(self, entry: WaitingEntry, next_try: PageTry, trouble: str) -> None:
        match next_try:
            case Retry(after_seconds):
                await self._later(entry, after_seconds, trouble)
            case UseFeedText(reason):
                logger.warning("page %s: %s Publishing the feed's own text. (%s)", entry.url, reason, trouble)
                await self._publish(entry, _from_feed(entry))

    async def _later(self, entry: WaitingEntry, after_seconds: int, trouble: str) -> None:
        logger.info("page %s: %s; again in %d s", entry.url, trouble, after_seconds)
        async with self._begin() as work:
            await work.try_entry_later(
                entry.entry_id, failures=entry.failures + 1, wait=timedelta(seconds=after_seconds), error=trouble
            )

    async def _page(self, fetched: Fetched) -> ReadablePage | Unreadable:
        content_type = fetched.headers.get("content-type", "")
        return await self._reading.page(fetched.body, content_type=content_type, url=fetched.url_final)

    async def _publish(self, entry: WaitingEntry, words: _Words) -> None:
        now = self._clock.now()
        published_at = believable(words.published_at, now=now)
        article = NewArticle(
            article_id=id_for("article", entry.canonical_url),
            source_id=entry.source_id,
            source_name=entry.source_name,
            url=entry.url,
            canonical_url=entry.canonical_url,
            title=words.title,
            text=words.text,
            text_from=words.text_from,
            language=words.language,
            published_at=published_at,
            fetched_at=now,
            fingerprint=content_fingerprint(words.text, words.title),
            alertable=alertable(published_at, entry.alert_since),
            correlation_id=entry.correlation_id,
        )
        async with self._begin() as work:
            story_id = await work.save_article(article)
            await work.close_entry(entry.entry_id)
            if story_id is not None:
                await work.announce(
                    ArticlePublished(
                        event_id=id_for("article.published", article.article_id),
                        occurred_at=now,
                        correlation_id=entry.correlation_id,
                        article_id=article.article_id,
                        story_id=story_id,
                        source_name=article.source_name,
                        url=article.url,
                        title=article.title,
                        published_at=article.published_at,
                        alertable=article.alertable,
                    )
                )
        passing(Step.ARTICLE_SAVED)
        if story_id is not None:
            metrics.ARTICLES.labels(words.text_from).inc()


def _from_page(entry: WaitingEntry, page: ReadablePage) -> _Words:
    """Take the page's words, or the feed's where the feed carries more (a page may show only the beginning)."""
    of_feed = entry.content or entry.summary
    whole_feed = len(of_feed) > len(page.text)
    return _Words(
        title=storable(one_line(entry.title or page.title)),
        text=storable(of_feed if whole_feed else page.text),
        text_from="feed" if whole_feed else "page",
        published_at=entry.published_at or page.published,
        language=page.language if page.language in LANGUAGES else None,
    )


def _feed_has_text(entry: WaitingEntry) -> bool:
    return len(entry.content) >= FULL_TEXT_CHARACTERS


def _from_feed(entry: WaitingEntry) -> _Words:
    return _Words(
        title=one_line(entry.title),
        text=entry.content or entry.summary or entry.title,
        text_from="feed",
        published_at=entry.published_at,
        language=None,
    )


def _trouble(look: Look, page: ReadablePage | Unreadable | None) -> str:
    match look:
        case Failed(sentence=sentence):
            return sentence
        case Throttled(status=status):
            return f"asked us to come less often (HTTP {status})"
        case NotModified():
            return "answered 304 to an unconditional request"
        case Fetched():
            return page.reason if isinstance(page, Unreadable) else "could not be read"

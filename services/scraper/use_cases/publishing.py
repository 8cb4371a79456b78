"""Publishing articles: through the gate, into the database, out on the bus, all in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.scraper.domain.article import alertable, believable, content_fingerprint
from services.scraper.domain.revision import REREAD_AT_THE_EARLIEST, next_reread
from services.scraper.domain.whole_text import is_trusted, looks_whole
from services.scraper.ports import Begin, HeldArticle, NewArticle, Saved, WaitingEntry, Work
from services.scraper.use_cases.gating import Gatekeeper
from shared.contracts.events import ArticlePublished
from shared.kit.clock import Clock
from shared.kit.failpoints import Step, passing
from shared.kit.ids import id_for
from shared.rules import Origin
from shared.telemetry import metrics


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """An article's words and facts, and where they are from (`page` or `feed`)."""

    title: str
    text: str
    text_from: str
    published_at: datetime | None
    language: str | None
    author: str = ""
    agency: str = ""
    dateline: str = ""
    image_url: str = ""


class Publisher:
    """Publishes what was read of entries."""

    def __init__(self, begin: Begin, gatekeeper: Gatekeeper, clock: Clock) -> None:
        self._begin = begin
        self._gatekeeper = gatekeeper
        self._clock = clock

    async def passes(self, entry: WaitingEntry, words: ArticleWords) -> bool:
        """Tell whether these words alone get through the gate."""
        article = _article(entry, words, self._clock.now())
        async with self._begin() as work:
            why = await self._reason_to_hold(work, entry, article)
        return why is None

    async def issue(
        self,
        entry: WaitingEntry,
        words: ArticleWords,
        *,
        alike: bool | None = None,
        page_owed_after: timedelta | None = None,
    ) -> None:
        """Store and announce the entry's article, or its new version, and close the entry until it is read again.

        `alike` tells whether its page had no more to say than its feed; None where the two were not compared.
        `page_owed_after`: its page could not be had yet, and is to be tried again after this.
        """
        now = self._clock.now()
        again = entry.state == "again"
        article = _article(entry, words, now)
        async with self._begin() as work:
            judged = not _is_teaser(entry, article)
            held = await self._reason_to_hold(work, entry, article) if judged else None
            article = replace(article, gate=held)
            saved = await (work.revise_article(article, judged=judged) if again else work.add_article(article))
            if saved is not None and saved.held is None:
                await announce_article(work, article, saved, now)
            settled = held is not None and looks_whole(article.text)  # a flash may be completed within the hour
            final = settled or entry.whole or (words.text_from == "feed" and is_trusted(entry.pages_alike))
            wait, failures = None if final else _wait(entry, article, now), 0
            if page_owed_after is not None and saved is None:
                return  # another reader has told it meanwhile, and knows better when to come back
            if page_owed_after is not None:
                wait, failures = page_owed_after, entry.failures + 1
            await work.close_entry(entry.entry_id, mark=entry.mark, again_after=wait, failures=failures)
            if alike is not None:  # the source's row last, as looks lock it: else the two would wait for each other
                await work.count_page_alike(entry.source_id, alike=alike)
        passing(Step.ARTICLE_SAVED)
        _count(saved, words)

    async def _reason_to_hold(self, work: Work, entry: WaitingEntry, article: NewArticle) -> str | None:
        words = f"{article.text}\n{entry.summary}"  # the feed may name what a page that was read wrongly does not
        origin = Origin(
            source=article.source_name,
            country=entry.source_country,
            url=article.url,
            published=article.published_at,
            language=article.language,
        )
        return await self._gatekeeper.reason_to_hold(work, article.title, words, origin)


async def announce_article(work: Work, article: NewArticle | HeldArticle, saved: Saved, now: datetime) -> None:
    """Let the article leave with this transaction; each of its versions is a fact of its own."""
    version = (*(() if saved.revision == 1 else (saved.revision,)), *(("alertable",) if saved.newly_alertable else ()))
    await work.announce(
        ArticlePublished(
            event_id=id_for("article.published", article.article_id, *version),
            occurred_at=now,
            correlation_id=article.correlation_id,
            article_id=article.article_id,
            story_id=saved.story_id,
            source_name=article.source_name,
            url=article.url,
            title=article.title,
            published_at=article.published_at,
            alertable=saved.alertable,
            revision=saved.revision,
        )
    )


def _is_teaser(entry: WaitingEntry, article: NewArticle) -> bool:
    """Tell whether only a teaser is there; the gate lets it pass, since its page may name what it does not."""
    return article.text_from == "feed" and not (entry.whole or looks_whole(article.text))


def _wait(entry: WaitingEntry, article: NewArticle, now: datetime) -> timedelta | None:
    """Return after how long the page is read again; of a host that rests as soon as it lets us in, however old it is.

    Entries of a host that rests are passed over until then.
    """
    if entry.host_rests:
        return REREAD_AT_THE_EARLIEST
    again = entry.state == "again"
    return next_reread(entry.rereads + again, article.published_at, now=now)


def _article(entry: WaitingEntry, words: ArticleWords, now: datetime) -> NewArticle:
    published_at = believable(words.published_at, now=now)
    return NewArticle(
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
        alertable=alertable(published_at, entry.alert_since, undated_is_news=not entry.from_archive),
        correlation_id=entry.correlation_id,
        author=words.author,
        agency=words.agency,
        dateline=words.dateline,
        image_url=words.image_url,
    )


def _count(saved: Saved | None, words: ArticleWords) -> None:
    if saved is None:
        return
    if saved.held is not None:
        metrics.ARTICLES_HELD.inc()
    elif saved.revision > 1:
        metrics.REVISIONS.inc()
    else:
        metrics.ARTICLES.labels(words.text_from).inc()

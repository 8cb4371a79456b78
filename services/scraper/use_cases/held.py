"""What the gate held back, a second time: judged again by a better gate, or for a new rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.scraper.ports import Begin, HeldArticle, Saved, Work
from services.scraper.use_cases.gating import Gatekeeper
from services.scraper.use_cases.publishing import announce_article
from services.scraper.use_cases.tidying import HELD_TEXTS_KEPT
from shared.kit.clock import Clock
from shared.rules import Origin

_BATCH = 200


@dataclass(frozen=True, slots=True)
class JudgedAgain:
    """How many held articles were judged again, and how many of them pass now."""

    judged: int = 0
    passed: int = 0


class HeldArticles:
    """Sees to the articles that the gate held back."""

    def __init__(self, begin: Begin, gatekeeper: Gatekeeper, clock: Clock) -> None:
        self._begin = begin
        self._gatekeeper = gatekeeper
        self._clock = clock

    async def judge_again(self, told: Callable[[JudgedAgain], None] = lambda _: None) -> JudgedAgain:
        """Ask the gate of today about every held article, and publish those that pass; `told` hears of each batch.

        It may be interrupted and begun anew: what passed is published, once.
        """
        since = self._clock.now() - HELD_TEXTS_KEPT
        done, after = JudgedAgain(), None
        while True:
            async with self._begin() as work:
                held = await work.held_articles(since=since, after=after, limit=_BATCH)
                passing = [article for article in held if await self._passes(work, article)]
            passed = [await self._let_through(article) for article in passing].count(True)
            done = JudgedAgain(done.judged + len(held), done.passed + passed)
            told(done)
            if len(held) < _BATCH:
                return done
            after = held[-1].article_id

    async def _passes(self, work: Work, article: HeldArticle) -> bool:
        origin = Origin(
            source=article.source_name,
            country=article.source_country,
            url=article.url,
            published=article.published_at,
        )
        reason = await self._gatekeeper.reason_to_hold(work, article.title, article.text, origin)
        return reason is None

    async def _let_through(self, article: HeldArticle) -> bool:
        """Publish one article in a transaction of its own: its copies may be waiting for it."""
        async with self._begin() as work:
            story_id = await work.let_through(article.article_id)
            if story_id is None:
                return False
            saved = Saved(story_id, article.revision, article.alertable, held=None)
            await announce_article(work, article, saved, self._clock.now())
        return True

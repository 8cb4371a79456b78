"""The archive judged again, after the rules of judging have changed: first looked at, then applied."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.classifier.domain.differences import ChangedArticle, Differences, changes_between
from services.classifier.ports import ArchivedArticle, Begin, Judging, Work
from services.classifier.use_cases.announcing import classified
from shared.contracts.verdict import Verdict
from shared.kit.clock import Clock

BATCH = 100  # articles in one transaction: a third of a second of judging

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """An archived article with its new verdict."""

    article: ArchivedArticle
    verdict: Verdict
    changed: ChangedArticle


class Reclassifier:
    """Judges what was judged by another version again. Broken off, it goes on where it was: what is done is newest."""

    def __init__(self, begin: Begin, judging: Judging, clock: Clock) -> None:
        self._begin = begin
        self._judging = judging
        self._clock = clock

    async def compare(self, since: datetime | None, *, examples: int, told: Told = lambda _: None) -> Differences:
        """Return what judging again would change, and change nothing; `told` hears how many articles are done."""
        found = Differences()
        async for batch in self._batches(since):
            for each in batch:
                found.count(each.changed, had_verdict=each.article.verdict is not None, most_examples=examples)
            told(found.judged)
        return found

    async def apply(
        self, since: datetime | None, *, alert_since: datetime | None, told: Told = lambda _: None
    ) -> tuple[int, int]:
        """Keep the new verdicts; return how many articles were judged, and how many were announced because of it.

        Announced, so that they may alert, are articles whose verdict changed and that were published since
        `alert_since`; without it none is. What has alerted already does not alert again.
        """
        judged = announced = 0
        async for batch in self._batches(since):
            async with self._begin() as work:
                announced += await self._keep(work, batch, alert_since)
            judged += len(batch)
            told(judged)
        return judged, announced

    async def _keep(self, work: Work, batch: Sequence[Judged], alert_since: datetime | None) -> int:
        now = self._clock.now()
        announced = 0
        for each in batch:
            article = each.article
            event = classified(article, each.verdict, now)
            await work.save_verdict(event.verdict_id, article.article_id, each.verdict, now)
            if event.alertable and each.changed.changes and _is_news(article, alert_since):
                await work.announce(event)
                announced += 1
        return announced

    async def _batches(self, since: datetime | None) -> AsyncIterator[Sequence[Judged]]:
        after: UUID | None = None
        while True:
            async with self._begin() as work:
                articles = await work.judged_by_others(self._judging.version, since=since, after=after, limit=BATCH)
            if articles:
                yield await asyncio.to_thread(self._all_judged, articles)
            if len(articles) < BATCH:
                return
            after = articles[-1].article_id

    def _all_judged(self, articles: Sequence[ArchivedArticle]) -> Sequence[Judged]:
        return [self._judged(article) for article in articles]

    def _judged(self, article: ArchivedArticle) -> Judged:
        verdict = self._judging.judge(article.words)
        changes = changes_between(article.verdict, verdict)
        return Judged(article, verdict, ChangedArticle(article.article_id, article.words.title, article.url, changes))


def _is_news(article: ArchivedArticle, alert_since: datetime | None) -> bool:
    moment = article.words.published or article.fetched_at
    return alert_since is not None and moment >= alert_since

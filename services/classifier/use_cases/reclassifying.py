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


@dataclass(frozen=True, slots=True)
class Applied:
    """What a second judgement changed, and how many articles it announced anew, so that they may alert."""

    differences: Differences
    announced: int


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
        self,
        since: datetime | None,
        *,
        alert_since: datetime | None,
        examples: int = 0,
        told: Told = lambda _: None,
    ) -> Applied:
        """Keep the new verdicts; return what they changed, and how many articles may alert because of it.

        Announced, so that they may alert, are articles whose verdict changed and that were published since
        `alert_since`; without it none is. What has alerted already does not alert again. An article that its source
        rewrites meanwhile is left to the classifier, which is about to hear of it.
        """
        run = self._clock.now().isoformat()
        found, announced = Differences(), 0
        async for batch in self._batches(since):
            async with self._begin() as work:
                as_read = await work.unrevised([each.article for each in batch])
                kept = [each for each in batch if each.article.article_id in as_read]
                announced += await self._keep(work, kept, alert_since, run)
            for each in kept:
                found.count(each.changed, had_verdict=each.article.verdict is not None, most_examples=examples)
            told(found.judged)
        return Applied(found, announced)

    async def _keep(self, work: Work, batch: Sequence[Judged], alert_since: datetime | None, run: str) -> int:
        now = self._clock.now()
        announced = 0
        for each in batch:
            event = classified(each.article, each.verdict, now, run=run)
            judged_at = await work.save_verdict(event.verdict_id, each.article.article_id, each.verdict)
            await work.file(each.article.article_id, each.verdict, judged_at)
            if event.alertable and each.changed.changes and _is_news(each.article, alert_since):
                await work.announce(event)
                announced += 1
        return announced

    async def _batches(self, since: datetime | None) -> AsyncIterator[Sequence[Judged]]:
        after: UUID | None = None
        while True:
            async with self._begin() as work:
                page = await work.judged_by_others(self._judging.version, since=since, after=after, limit=BATCH)
            if page.articles:
                yield await asyncio.to_thread(self._all_judged, page.articles)
            if page.next_after is None:
                return
            after = page.next_after

    def _all_judged(self, articles: Sequence[ArchivedArticle]) -> Sequence[Judged]:
        return [self._judged(article) for article in articles]

    def _judged(self, article: ArchivedArticle) -> Judged:
        verdict = self._judging.judge(article.words)
        changes = changes_between(article.verdict, verdict)
        return Judged(article, verdict, ChangedArticle(article.article_id, article.words.title, article.url, changes))


def _is_news(article: ArchivedArticle, alert_since: datetime | None) -> bool:
    moment = article.words.published or article.fetched_at
    return alert_since is not None and moment >= alert_since

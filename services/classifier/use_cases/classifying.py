"""What the classifier does: take up an article, judge it, keep and announce the verdict, all in one transaction."""

from __future__ import annotations

from services.classifier.ports import Begin, Judges
from services.classifier.use_cases.announcing import classified
from shared.contracts.events import ArticlePublished
from shared.contracts.streams import CLASSIFIER
from shared.kit.clock import Clock
from shared.kit.errors import Never
from shared.kit.failpoints import Step, passing
from shared.telemetry import metrics


class Classifier:
    """The classifier's use cases."""

    def __init__(self, begin: Begin, judges: Judges, clock: Clock) -> None:
        self._begin = begin
        self._judges = judges
        self._clock = clock

    async def classify_article(self, event: ArticlePublished) -> None:
        """Judge the published article once; a second delivery of the same event does nothing.

        Raises Never when the article is not in the database, which no later try can mend.
        """
        async with self._begin() as work:
            if not await work.take(event.event_id, CLASSIFIER.name):
                return
            passing(Step.ARTICLE_TAKEN)
            article = await work.article(event.article_id)
            if article is None:
                raise Never(f"Article {event.article_id} ({event.url}) was announced but is not in the database.")
            verdict = (await self._judges.current(work)).judge(article)
            now = self._clock.now()
            told = classified(event, verdict, now)
            judged_at = await work.save_verdict(told.verdict_id, event.article_id, verdict)
            await work.file(event.article_id, verdict, judged_at)
            await work.announce(told)
        passing(Step.VERDICT_SAVED)
        metrics.VERDICTS.labels(str(verdict.relevant).lower()).inc()

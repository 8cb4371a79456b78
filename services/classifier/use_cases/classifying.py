"""What the classifier does: take up an article, judge it, keep and announce the verdict, all in one transaction."""

from __future__ import annotations

from services.classifier.ports import Begin, Judging
from shared.contracts.events import ArticleClassified, ArticlePublished
from shared.contracts.streams import CLASSIFIER
from shared.kit.clock import Clock
from shared.kit.errors import Never
from shared.kit.failpoints import Step, passing
from shared.kit.ids import id_for
from shared.telemetry import metrics


class Classifier:
    """The classifier's use cases."""

    def __init__(self, begin: Begin, judging: Judging, clock: Clock) -> None:
        self._begin = begin
        self._judging = judging
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
            verdict = self._judging.judge(article)
            now = self._clock.now()
            version = () if event.revision == 1 else (event.revision,)
            verdict_id = id_for("verdict", event.article_id, verdict.classifier, *version)
            await work.save_verdict(verdict_id, event.article_id, verdict, now)
            await work.announce(
                ArticleClassified(
                    event_id=id_for("article.classified", verdict_id),
                    occurred_at=now,
                    correlation_id=event.correlation_id,
                    article_id=event.article_id,
                    story_id=event.story_id,
                    verdict_id=verdict_id,
                    relevant=verdict.relevant,
                    sectors=tuple(finding.id for finding in verdict.sectors),
                    agreements=tuple(finding.id for finding in verdict.agreements),
                    alertable=event.alertable,
                )
            )
        passing(Step.VERDICT_SAVED)
        metrics.VERDICTS.labels(str(verdict.relevant).lower()).inc()

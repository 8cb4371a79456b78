"""Doorways: an event comes in, a use case takes it."""

from __future__ import annotations

from services.classifier.use_cases.classifying import Classifier
from shared.contracts.events import ArticlePublished
from shared.contracts.streams import CLASSIFIER, Durable
from shared.messaging.broker import Handler


def handlers(classifier: Classifier) -> tuple[tuple[Durable, Handler], ...]:
    """Return the classifier's handlers, each with the durable that feeds it."""

    async def on_article_published(event: ArticlePublished) -> None:
        await classifier.classify_article(event)

    return ((CLASSIFIER, on_article_published),)

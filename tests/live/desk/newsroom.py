"""Articles as they come: stored, judged by the classifier as it is, and asked of the notifier's rules."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

from services.classifier.adapters.work import ClassifierWork
from services.classifier.app import judges_of
from services.classifier.use_cases.classifying import Classifier
from services.notifier.app import build_notifier
from services.notifier.use_cases import Notifier
from shared.catalogue.loader import load_catalogue
from shared.contracts.events import ArticleClassified, ArticlePublished
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import WebClient
from tests.live.notifier.notifier_rows import events_of


class Newsroom:
    """One source, the classifier and the notifier, on this database."""

    def __init__(self, database: Database, web_client: WebClient) -> None:
        self._database = database
        self._clock = SystemClock()
        self._classifier = Classifier(partial(database.begin, ClassifierWork), judges_of(load_catalogue()), self._clock)
        self._notifier: Notifier = build_notifier(Settings(), database, self._clock, web_client)
        self._source = SourceRow(
            source_id=uuid4(), name="The Courier", url="http://courier.example/feed", created_at=self._clock.now()
        )
        self._told = 0

    async def open(self) -> None:
        """Have the source stand in the database."""
        async with self._database.begin(Work) as work:
            work.session.add(self._source)

    async def publish(self, title: str, text: str, *, days_old: float = 0.0, language: str = "en") -> str:
        """Let an article come, be judged, and be asked of the rules; returns its address."""
        at = self._clock.now() - timedelta(days=days_old)
        article_id, correlation_id = uuid4(), uuid4()
        url = f"https://courier.example/{article_id}"
        row = ArticleRow(
            article_id=article_id,
            story_id=article_id,
            source_id=self._source.source_id,
            source_name=self._source.name,
            url=url,
            canonical_url=url,
            title=title,
            text=text,
            text_from="page",
            language=language,
            published_at=at,
            fetched_at=at,
            fingerprint="f",
            alertable=True,
            correlation_id=correlation_id,
        )
        async with self._database.begin(Work) as work:
            work.session.add(row)
        published = ArticlePublished(
            event_id=uuid4(),
            occurred_at=at,
            correlation_id=correlation_id,
            article_id=article_id,
            story_id=article_id,
            source_name=self._source.name,
            url=url,
            title=title,
            published_at=at,
            alertable=True,
        )
        await self._classifier.classify_article(published)
        for event in (await events_of(self._database, ArticleClassified))[self._told :]:
            self._told += 1
            await self._notifier.raise_alerts(event)
        return url

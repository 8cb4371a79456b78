"""One story, one article: its text, what was found in it, its copies and versions, its alerts, what people say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from services.desk.domain.article_views import ArticleDetails
from services.desk.domain.corrections import Correction
from services.desk.domain.feedback import labels_said
from services.desk.domain.shown import Copy, ShownArticle
from services.desk.domain.views import AlertView, VerdictView
from services.desk.use_cases.correcting import Corrections

MOST_ALERTS = 50
MOST_SAID = 20


class ReadingWork(Protocol):
    """One transaction that reads articles."""

    async def article_of(self, article_id: UUID) -> ArticleDetails | None:
        """Return the article of this id."""

    async def newest_verdict(self, article_id: UUID) -> VerdictView | None:
        """Return the newest verdict on an article; None while it waits for one."""

    async def copies_of(self, story_id: UUID) -> Sequence[Copy]:
        """Return the articles of a story that were published, the first one first."""

    async def alerts_on_story(self, story_id: UUID, limit: int) -> list[AlertView]:
        """Return the alerts on a story, newest first."""

    async def names_of_rules(self) -> Sequence[str]:
        """Return the names of the live rules."""


BeginReading = Callable[[], AbstractAsyncContextManager[ReadingWork]]


class Reading:
    """Shows stories and articles, and takes what is said of them."""

    def __init__(self, begin: BeginReading, corrections: Corrections) -> None:
        self._begin = begin
        self._corrections = corrections

    async def story(self, story_id: UUID) -> ShownArticle | None:
        """Return the story by the first of its copies that is about both countries; None for an unknown one."""
        async with self._begin() as work:
            copies = await work.copies_of(story_id)
            lead = None
            for copy in copies[:8]:
                verdict = await work.newest_verdict(copy.article_id)
                if verdict is not None and verdict.relevant:
                    lead = copy.article_id
                    break
        if not copies:
            return None
        return await self.article(lead or copies[0].article_id)

    async def article(self, article_id: UUID) -> ShownArticle | None:
        """Return the article; None for an unknown one."""
        async with self._begin() as work:
            details = await work.article_of(article_id)
            if details is None:
                return None
            verdict = await work.newest_verdict(article_id)
            copies = await work.copies_of(details.story_id)
            alerts = await work.alerts_on_story(details.story_id, MOST_ALERTS)
            rules = await work.names_of_rules()
        said = await self._corrections.of(article_id, limit=MOST_SAID)
        return ShownArticle(details, verdict, tuple(copies), tuple(alerts), tuple(said), tuple(rules))

    async def say(self, article_id: UUID, form: Mapping[str, str], *, by: str, revision: int) -> Correction | None:
        """Keep what somebody says of the version that they read; None for an unknown article. Raises WrongInput."""
        async with self._begin() as work:
            verdict = await work.newest_verdict(article_id)
        labels = labels_said(form, verdict)
        return await self._corrections.correct(article_id, labels, by=by, note=form.get("note", ""), revision=revision)

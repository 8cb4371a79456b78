"""People say what an article is about, where the classifier said something else; nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from services.desk.domain.corrections import (
    CatalogueIds,
    CorrectedArticle,
    Correction,
    GivenLabels,
    JudgedArticle,
    checked_author,
    checked_labels,
    checked_note,
    checked_revision,
)
from shared.kit.clock import Clock
from shared.kit.ids import id_for

BATCH = 200  # articles of an export in one transaction


class CorrectionWork(Protocol):
    """One transaction that keeps corrections."""

    async def judged_article(self, article_id: UUID) -> JudgedArticle | None:
        """Return what is known of the article; None for one that nobody knows."""

    async def save_correction(self, correction: Correction) -> None:
        """Keep the correction beside the earlier ones."""

    async def corrections(self, *, article_id: UUID | None, limit: int) -> Sequence[Correction]:
        """Return corrections, newest first, of one article or of all."""

    async def corrected_articles(self, *, after: UUID | None, limit: int) -> Sequence[CorrectedArticle]:
        """Return so many articles that somebody corrected, by id, each version with the labels that hold for it."""


BeginCorrections = Callable[[], AbstractAsyncContextManager[CorrectionWork]]


class Corrections:
    """Takes corrections, shows them, and gives them out as labelled articles."""

    def __init__(self, begin: BeginCorrections, clock: Clock, known: CatalogueIds) -> None:
        self._begin = begin
        self._clock = clock
        self._known = known

    async def correct(
        self, article_id: UUID, given: GivenLabels, *, by: str, note: str = "", revision: int | None = None
    ) -> Correction | None:
        """Keep what somebody says of an article; None for an article that is not known. Raises WrongInput.

        `revision` is the version of the text that they read; the newest where it is None.
        """
        labels, author, words = checked_labels(given, self._known), checked_author(by), checked_note(note)
        async with self._begin() as work:
            article = await work.judged_article(article_id)
            if article is None:
                return None
            now, read = self._clock.now(), checked_revision(revision, article)
            correction = Correction(
                correction_id=id_for("correction", article_id, read, author, now.isoformat(), repr(labels), words),
                article_id=article_id,
                author=author,
                created_at=now,
                relevant=labels.relevant,
                sectors=None if labels.sectors is None else tuple(labels.sectors),
                agreements=None if labels.agreements is None else tuple(labels.agreements),
                stages=labels.stages,
                note=words,
                classifier=article.classifier,
                revision=read,
            )
            await work.save_correction(correction)
        return correction

    async def of(self, article_id: UUID | None = None, *, limit: int = 100) -> Sequence[Correction]:
        """Return corrections, newest first, of one article or of all."""
        async with self._begin() as work:
            return await work.corrections(article_id=article_id, limit=limit)

    async def labelled(self) -> AsyncIterator[CorrectedArticle]:
        """Yield every version of an article that somebody corrected, with the labels that hold."""
        after: UUID | None = None
        while True:
            async with self._begin() as work:
                batch = await work.corrected_articles(after=after, limit=BATCH)
            for article in batch:
                yield article
            if not batch:
                return
            after = batch[-1].article_id

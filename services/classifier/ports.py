"""What the classifier needs of the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.contracts.catalogue_edits import Edit
from shared.contracts.events import Event
from shared.contracts.verdict import ArticleText, Verdict


@dataclass(frozen=True, slots=True)
class ArchivedArticle:
    """A published article as it stands, with its newest verdict (None: it was never judged, or nobody can read it)."""

    article_id: UUID
    story_id: UUID
    correlation_id: UUID
    revision: int
    alertable: bool
    url: str
    fetched_at: datetime
    words: ArticleText
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Some articles of the archive, and where the next page begins; None after the last."""

    articles: Sequence[ArchivedArticle]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class Filed:
    """What one step of filing did: articles filed, and those that could not be; None after the last step.

    What could not be filed has a verdict that cannot be read, or does not go into the archive.
    """

    filed: int
    unreadable: int
    next_after: tuple[datetime, UUID] | None


class ArchiveWork(Protocol):
    """One transaction that fills the searchable archive."""

    async def unfiled_count(self) -> int:
        """Return how many judged articles are not in the archive, or in an earlier form of it."""
        ...

    async def file_next(self, after: tuple[datetime, UUID] | None, limit: int) -> Filed:
        """File the next articles that are not in the archive, the last fetched first."""
        ...


class Work(Protocol):
    """One transaction of the classifier."""

    async def take(self, event_id: UUID, taker: str) -> bool:
        """Record that the taker handles the event; False when it already did."""
        ...

    async def announce(self, event: Event) -> None:
        """Let the event leave with this transaction."""
        ...

    async def catalogue_revision(self) -> int | None:
        """Return the number of the newest edit of the catalogue; 0 for none."""
        ...

    async def catalogue_edits(self) -> Sequence[Edit]:
        """Return what people changed of the catalogue."""
        ...

    async def article(self, article_id: UUID) -> ArticleText | None:
        """Return the article's words; None when there is no such article."""
        ...

    async def save_verdict(self, verdict_id: UUID, article_id: UUID, verdict: Verdict) -> datetime:
        """Keep the verdict as the article's newest, and return since when; the same one kept again is newest again."""
        ...

    async def file(self, article_id: UUID, verdict: Verdict, judged_at: datetime) -> None:
        """Put the article, as it stands, into the searchable archive with this verdict; not what is held back.

        Where it cannot be filed now, nothing is raised: it is left to be filed later.
        """
        ...

    async def judged_by_others(
        self, version: str, *, since: datetime | None, after: UUID | None, limit: int
    ) -> ArchivePage:
        """Return, of the next `limit` published articles by id, those whose newest verdict is not this version's."""
        ...

    async def unrevised(self, articles: Sequence[ArchivedArticle]) -> frozenset[UUID]:
        """Return which of these articles are still as they were read, and keep them so until the end."""
        ...


class Judging(Protocol):
    """Reads an article and says what it is about; pure. `version` names the rules and the catalogue it judges by."""

    @property
    def version(self) -> str:
        """Return the version that its verdicts carry."""
        ...

    def judge(self, article: ArticleText) -> Verdict:
        """Return the verdict."""
        ...


class Judges(Protocol):
    """Knows who judges now."""

    async def current(self, work: Work) -> Judging:
        """Return who judges an article of this transaction: by the newest edits that it sees."""
        ...


Begin = Callable[[], AbstractAsyncContextManager[Work]]
BeginFiling = Callable[[], AbstractAsyncContextManager[ArchiveWork]]

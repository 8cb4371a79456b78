"""A story and an article as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.desk.domain.article_views import ArticleDetails, ArticleVersion
from services.desk.domain.corrections import Correction
from services.desk.domain.extracts import Extract, extract_of
from services.desk.domain.views import AlertView, VerdictView
from shared.language.changes import Change


@dataclass(frozen=True, slots=True)
class Copy:
    """One article of a story."""

    article_id: UUID
    source: str
    title: str
    url: str
    language: str | None
    fetched_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article with what was found in it, who else tells it, and what it raised; `rules` can be asked about."""

    details: ArticleDetails
    verdict: VerdictView | None
    copies: tuple[Copy, ...]
    alerts: tuple[AlertView, ...]
    said: tuple[Correction, ...]
    rules: tuple[str, ...]

    @property
    def language(self) -> str | None:
        """Return the language of its words."""
        return self.details.language

    @property
    def outlets(self) -> int:
        """Return how many sources tell it."""
        return len({copy.source for copy in self.copies}) or 1

    @property
    def withdrawn_at(self) -> datetime | None:
        """Return when its source took it down, None while it stands."""
        mine = (copy.withdrawn_at for copy in self.copies if copy.article_id == self.details.article_id)
        return next(mine, None)

    def extract(self) -> Extract:
        """Return what is shown of its text."""
        verdict = self.verdict
        found = [alert.evidence for alert in self.alerts]
        if verdict is not None:
            found += [verdict.relevance_evidence, *(each.evidence for each in (*verdict.agreements, *verdict.sectors))]
        return extract_of(self.details.now.text, found)

    def rewrites(self) -> tuple[tuple[ArticleVersion, tuple[Change, ...]], ...]:
        """Return each later version with what it changed, the newest first."""
        return tuple(reversed(self.details.rewrites()))

"""What the desk shows of one article: where it came from, what became of it, its versions and its copies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.language.changes import Change, changes_between


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One version of an article; `seen_at` is when we read it."""

    revision: int
    title: str
    text: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class CopyView:
    """Another article of the same story."""

    source_name: str
    title: str
    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class SharedAddress:
    """One of the articles that lead to one address: notices on one page, versions of a watched page."""

    article_id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class ArticleDetails:
    """An article with its versions (the oldest first, the present one last) and its copies (the lead first).

    `held` is why the gate kept it back, None for one that was published. `relevance` is the newest verdict's, None
    before there is one; `alerts` are the names of the rules that alerted on its story.
    """

    article_id: UUID
    story_id: UUID
    source_name: str
    url: str
    author: str
    agency: str
    dateline: str
    language: str | None
    text_from: str
    published_at: datetime | None
    fetched_at: datetime
    alertable: bool
    held: str | None
    versions: tuple[ArticleVersion, ...]
    copies: tuple[CopyView, ...]
    relevance: float | None
    relevant: bool | None
    alerts: tuple[str, ...]

    @property
    def now(self) -> ArticleVersion:
        """Return the article as it stands."""
        return self.versions[-1]

    def rewrites(self) -> tuple[tuple[ArticleVersion, tuple[Change, ...]], ...]:
        """Return each later version with what it changed of the one before."""
        pairs = zip(self.versions, self.versions[1:], strict=False)
        return tuple((later, changes_between(earlier.text, later.text)) for earlier, later in pairs)


@dataclass(frozen=True, slots=True)
class WaitingEntryView:
    """An entry whose page is still to be read, and what is in its way."""

    source_name: str
    title: str
    url: str
    found_at: datetime
    next_try_at: datetime
    failures: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class HeldView:
    """An article that the gate holds back, and why."""

    article_id: UUID
    source_name: str
    title: str
    url: str
    held: str
    fetched_at: datetime
    text_kept: bool

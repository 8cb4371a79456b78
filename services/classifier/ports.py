"""What the classifier needs of the world."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.contracts.events import Event
from shared.contracts.verdict import ArticleText, Verdict


class Work(Protocol):
    """One transaction of the classifier."""

    async def take(self, event_id: UUID, taker: str) -> bool:
        """Record that the taker handles the event; False when it already did."""
        ...

    async def announce(self, event: Event) -> None:
        """Let the event leave with this transaction."""
        ...

    async def article(self, article_id: UUID) -> ArticleText | None:
        """Return the article's words; None when there is no such article."""
        ...

    async def save_verdict(self, verdict_id: UUID, article_id: UUID, verdict: Verdict, judged_at: datetime) -> None:
        """Keep the verdict; the same one kept again changes nothing."""
        ...


class Judging(Protocol):
    """Reads an article and says what it is about; pure."""

    def judge(self, article: ArticleText) -> Verdict:
        """Return the verdict."""
        ...


Begin = Callable[[], AbstractAsyncContextManager[Work]]

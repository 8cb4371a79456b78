"""Looking through the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from services.desk.domain.trail import Deed

DEEDS_ON_A_PAGE = 50


class TrailWork(Protocol):
    """The query of the audit trail."""

    async def deeds(self, actor: str, subject: str, before: int | None, limit: int) -> list[tuple[int, Deed]]:
        """Return entries with their numbers, newest first: of whoever's name holds this, about what holds that."""
        ...


BeginTrail = Callable[[], AbstractAsyncContextManager[TrailWork]]


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of the trail, newest first; `before` is where the page after it begins, None for the last one."""

    deeds: Sequence[Deed]
    before: int | None


class Trail:
    """Shows who did what."""

    def __init__(self, begin: BeginTrail) -> None:
        self._begin = begin

    async def page(self, actor: str = "", subject: str = "", before: int | None = None) -> TrailPage:
        """Return a page of what somebody whose name holds `actor` did, where subject or action hold `subject`."""
        async with self._begin() as work:
            found = await work.deeds(actor, subject, before, DEEDS_ON_A_PAGE + 1)
        shown = found[:DEEDS_ON_A_PAGE]
        more = len(found) > DEEDS_ON_A_PAGE
        return TrailPage([deed for _, deed in shown], shown[-1][0] if more else None)

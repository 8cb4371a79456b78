"""How walks through archives look from outside: how far they are, and how far the reading of what they found is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

WalkState = Literal["walking", "interrupted", "done"]


@dataclass(frozen=True, slots=True)
class ReadSoFar:
    """How far the reading of a walk's entries is; `resting` are those whose page keeps failing, to be tried later."""

    found: int
    read: int
    resting: int = 0

    @property
    def waiting(self) -> int:
        """Return how many are to be read soon."""
        return self.found - self.read - self.resting


@dataclass(frozen=True, slots=True)
class WalkListed:
    """A walk for a list: what it has found and read, what is left to look at, and the oldest date of its source."""

    source: str
    state: WalkState
    since: datetime
    alert_since: datetime
    looks: int
    left: int
    entries: int
    read: int
    oldest: datetime | None
    started_at: datetime
    changed_at: datetime
    last_error: str | None

"""How somebody reads: the views that they saved, and what is new since they looked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.desk.domain.stories import Asked
from shared.kit.errors import WrongInput
from shared.kit.text import one_line, storable

MOST_VIEWS = 30  # of one account: more is a list that nobody reads
LONGEST_NAME_CHARACTERS = 60
VISIT_ENDS = timedelta(minutes=10)  # without a look: then what came meanwhile is new
NOTED_EVERY = timedelta(seconds=30)  # looks closer together are written down once


@dataclass(frozen=True, slots=True)
class SavedView:
    """A question to the stories under a name."""

    view_id: UUID
    account_id: UUID
    name: str
    asked: Asked
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """When somebody looked last; `before_at` is when their visit before this one ended, None in the first."""

    looked_at: datetime
    before_at: datetime | None = None

    def again(self, now: datetime) -> Look:
        """Return the look of this moment: within the same visit, or the first of the next; itself when just now."""
        if now - self.looked_at >= VISIT_ENDS:
            return Look(now, self.looked_at)
        return replace(self, looked_at=now) if now - self.looked_at >= NOTED_EVERY else self


def checked_name(name: str) -> str:
    """Return the name of a view. Raises WrongInput."""
    clean = one_line(storable(name))
    if not clean or len(clean) > LONGEST_NAME_CHARACTERS:
        mend = f"Give it a name of at most {LONGEST_NAME_CHARACTERS} characters."
        raise WrongInput("name", name, "is empty or too long", mend=mend)
    return clean

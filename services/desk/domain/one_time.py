"""Links that work once: to set the house up, to take up an invitation, to choose a new password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What a link is for; its address begins with it."""

    SETUP = "setup"
    INVITE = "invite"
    RESET = "reset"
    CODE = "code"  # no link: who gave the right password, and still owes the code of an authenticator app


LASTS = {
    Purpose.SETUP: timedelta(hours=24),
    Purpose.INVITE: timedelta(days=3),  # over a weekend
    Purpose.RESET: timedelta(hours=1),
    Purpose.CODE: timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link. Of its token only the hash is known; `account_id` is None for setting up: there is no account yet."""

    link_id: UUID
    token_hash: str
    purpose: Purpose
    account_id: UUID | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def works(self, purpose: Purpose, now: datetime) -> bool:
        """Tell whether it may still be used, for this."""
        return self.purpose is purpose and self.used_at is None and now < self.expires_at


def lasts_words(purpose: Purpose) -> str:
    """Return how long a fresh link works, in words."""
    hours = LASTS[purpose] // timedelta(hours=1)
    if hours >= 48:
        return f"{hours // 24} days"
    return "1 hour" if hours == 1 else f"{hours} hours"

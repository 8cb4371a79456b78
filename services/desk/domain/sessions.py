"""How long somebody stays signed in, and how a session looks in a list."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.kit.text import clip, one_line, storable

MOST_SESSIONS = 20  # of one account at once; one more ends the one that was not seen for longest
_NOTED_EVERY = timedelta(minutes=1)  # that somebody is there is written down no more often
_AGENT_CHARACTERS = 300
# The first that is found counts: most browsers also name those that they descend from.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody signs in from: what the browser calls itself, and the address that we see."""

    user_agent: str
    address: str

    @classmethod
    def told(cls, user_agent: str, address: str) -> Device:
        """Return the device by what a request says of itself, cut to fit."""
        return cls(clip(one_line(storable(user_agent)), _AGENT_CHARACTERS), one_line(storable(address)))

    @property
    def words(self) -> str:
        """Return browser and system in words, as far as they can be told."""
        browser = next((name for mark, name in _BROWSERS if mark in self.user_agent), "")
        system = next((name for mark, name in _SYSTEMS if mark in self.user_agent), "")
        system = system or ("Linux" if re.search(r"Linux|X11", self.user_agent) else "")
        return " on ".join(part for part in (browser or "Another program", system) if part)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """A session ends when nobody was seen for `idle`, and `most` after it began in any case."""

    idle: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody signed in. Of its token only the hash is known."""

    session_id: UUID
    account_id: UUID
    token_hash: str
    created_at: datetime
    seen_at: datetime
    device: Device

    def is_live(self, now: datetime, limits: SessionLimits) -> bool:
        """Tell whether it still lets its account in."""
        return now < self.ends_at(limits)

    def ends_at(self, limits: SessionLimits) -> datetime:
        """Return when it ends if nobody is seen any more."""
        return min(self.seen_at + limits.idle, self.created_at + limits.most)

    def seen(self, now: datetime, limits: SessionLimits) -> Session:
        """Return it as it stands after somebody was seen now; the same one where that need not be written down."""
        noted_every = min(_NOTED_EVERY, limits.idle / 2)
        return replace(self, seen_at=now) if now - self.seen_at >= noted_every else self

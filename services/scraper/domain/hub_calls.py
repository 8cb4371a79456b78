"""What a WebSub hub's calls mean (W3C Recommendation, sections 5.2, 5.3 and 7): confirmed, ended, denied, or news.

An answer is given only to what we asked for ourselves, and a push counts only under a signature that holds. Nothing of
a push's body is kept: it is a wake-up call, and the feed itself is fetched as always.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.scraper.domain.hubs import believed_lease, shown_words

LONGEST_CHALLENGE_CHARACTERS = 1000  # section 8.2: limited, and never binary
# Weakest first; names and digest lengths are those of section 7.1. Most hubs sign with SHA-1, which an HMAC outlives.
_METHODS = {"sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128}
_SIGNATURE_HEADERS = ("x-hub-signature", "x-hub-signature-256", "x-hub-signature-384", "x-hub-signature-512")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_SIGNATURE = re.compile(r"\s*(sha1|sha256|sha384|sha512)=([0-9a-f]{40,128})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeldSubscription:
    """What we know of the subscription that a hub calls about; `expected` where a confirmation may come now."""

    source_id: UUID
    source_name: str
    topic: str
    secret: str
    state: str
    expected: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The hub takes us on for the lease."""

    challenge: str
    lease: timedelta


@dataclass(frozen=True, slots=True)
class LetGo:
    """The hub lets us go, as we asked."""

    challenge: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The hub does not want us, or no longer."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotOurs:
    """Nothing that we asked for: somebody tries to subscribe or unsubscribe us."""


def could_be_a_token(text: str) -> bool:
    """Tell whether a subscription of ours may have this token; anything else is not worth asking the database."""
    return _TOKEN.fullmatch(text) is not None


def meaning_of(said: Mapping[str, str], held: HeldSubscription) -> Confirmed | LetGo | Denied | NotOurs:
    """Return what a call with these query parameters says about our subscription."""
    mode, challenge = said.get("hub.mode"), said.get("hub.challenge", "")
    if said.get("hub.topic") != held.topic:
        return NotOurs()
    if mode == "denied":
        return Denied(shown_words(said.get("hub.reason", "")))
    if not 0 < len(challenge) <= LONGEST_CHALLENGE_CHARACTERS or not challenge.isprintable():
        return NotOurs()
    if mode == "subscribe" and held.state in ("asked", "active") and held.expected:
        return Confirmed(challenge, believed_lease(said.get("hub.lease_seconds")))
    if mode == "unsubscribe" and held.state == "ended" and held.expected:
        return LetGo(challenge)
    return NotOurs()


class SignedBody:
    """A push's body as it comes in, piece by piece: signed again on the way, and not kept.

    Where several signatures are given, the strongest must hold: whoever can forge a weak one gains nothing by it.
    """

    def __init__(self, secret: str, headers: Mapping[str, str]) -> None:
        method, self._stated = _strongest(headers)
        self._ours = hmac.new(secret.encode(), digestmod=method) if method else None

    def feed(self, chunk: bytes) -> None:
        """Take the next piece."""
        if self._ours is not None:
            self._ours.update(chunk)

    def holds(self) -> bool:
        """Tell whether the body that came is the one that the hub signed with our secret."""
        return self._ours is not None and hmac.compare_digest(self._ours.hexdigest(), self._stated)


def _strongest(headers: Mapping[str, str]) -> tuple[str, str]:
    """Return method and digest; both empty where no signature can be read."""
    stated = dict.fromkeys(_METHODS, "")
    for name in _SIGNATURE_HEADERS:
        found = _SIGNATURE.fullmatch(headers.get(name, "")[:200])
        if found and len(found[2]) == _METHODS[found[1].lower()]:
            stated[found[1].lower()] = found[2].lower()
    given = [method for method in _METHODS if stated[method]]
    return (given[-1], stated[given[-1]]) if given else ("", "")

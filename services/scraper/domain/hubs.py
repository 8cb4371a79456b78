"""WebSub from the subscriber's side (W3C Recommendation of 23 January 2018): what to ask of a hub, and when again.

A hub is an address that a feed names, so it is as untrusted as the feed: whatever it answers moves a date, no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import UUID

from shared.kit.text import clip, one_line, storable
from shared.web.looks import Answer, Answered, NotSent, Unknown

LEASE = timedelta(days=10)  # what section 8.2 calls a good default
LONGEST_BELIEVED_LEASE = timedelta(days=30)  # longer, and a hub that forgot us would stay silent for too long
RENEWED_AT = 0.8  # of the lease: leaves two days of ten for a hub that is down
SHORTEST_RENEWAL = timedelta(minutes=5)  # whatever lease a hub grants, it is not asked more often
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=1)
MOST_UNSUBSCRIBES = 3  # the lease ends by itself, and pushes to a forgotten address are answered 404
SAID_CHARACTERS = 200  # of a hub's own words
_LONGEST_LINK_HEADER = 10_000
_DOUBLINGS = 20  # more would only overflow: the longest wait is reached long before
_GONE_ON = frozenset({307, 308})  # section 5.1: the hub sends its subscribers on to another
_UNCONFIRMED = "The hub takes our request and does not call back: can it reach the public address of the desk?"


_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_REL = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))""", re.IGNORECASE)


def links_of_header(header: str, base_url: str) -> dict[str, str]:
    """Return the addresses of an HTTP `Link` header by their relation, the first of each (RFC 8288).

    Section 4 of the recommendation has a hub and a topic stand there before they are looked for in the feed.
    """
    found: dict[str, str] = {}
    for address, parameters in _LINK.findall(header[:_LONGEST_LINK_HEADER]):
        named = _REL.search(parameters)
        try:
            whole = urljoin(base_url, address.strip())
        except ValueError:  # no address at all ("//[")
            continue
        for relation in (named[1] or named[2] or "").lower().split() if named else ():
            found.setdefault(relation, whole)
    return found


@dataclass(frozen=True, slots=True)
class HubAsk:
    """One request that is due at a hub, claimed by this scraper until `ticket`.

    `state` is `asked`, `active`, or `ended` where the subscription is to be given up. `failures` counts the requests
    before this one that the hub did not confirm. An answer counts only while the subscription still holds the ticket:
    a hub may confirm before it has answered.
    """

    source_id: UUID
    source_name: str
    hub: str
    topic: str
    token: str
    secret: str
    state: str
    failures: int
    ticket: datetime

    @property
    def mode(self) -> str:
        """Return what is asked for, in the hub's words."""
        return "unsubscribe" if self.state == "ended" else "subscribe"


@dataclass(frozen=True, slots=True)
class AfterAsk:
    """What a request changes: when to ask again unless the hub calls first, and what to show until then.

    `refused` says that asking again soon would not help.
    """

    failures: int
    wait: timedelta
    error: str | None
    refused: bool = False


def request_body(ask: HubAsk, callback_base: str) -> bytes:
    """Return the form that asks the hub (section 5.1)."""
    form = {
        "hub.mode": ask.mode,
        "hub.topic": ask.topic,
        "hub.callback": f"{callback_base}/websub/{ask.token}",
        "hub.secret": ask.secret,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    return urlencode(form).encode("ascii")


def addresses(hub: str) -> tuple[str, ...]:
    """Return where to ask: by HTTPS first, also where the feed says HTTP (section 8.2), because a secret goes along."""
    parts = urlsplit(hub)
    if parts.scheme == "http" and ":" not in parts.netloc:
        return parts._replace(scheme="https").geturl(), hub
    return (hub,)


def sent_on_to(hub: str, answer: Answer) -> str | None:
    """Return the hub that this one names instead of itself, never one that would show the secret on the way."""
    if not isinstance(answer, Answered) or answer.status not in _GONE_ON:
        return None
    try:
        there = urljoin(hub, answer.headers.get("location", "").strip())
        downgraded = urlsplit(hub).scheme == "https" != urlsplit(there).scheme
    except ValueError:
        return None
    return None if downgraded or there == hub else there


def after_ask(ask: HubAsk, answer: Answer) -> AfterAsk:
    """Return what the hub's answer changes. Even a yes is only a receipt: the hub confirms by a call of its own."""
    failures = ask.failures + 1
    wait = _back_off(failures)
    match answer:
        case Answered() as said if said.accepted:
            return AfterAsk(failures, wait, _UNCONFIRMED if ask.failures else None)
        case Answered(status=status, body_start=body, retry_after_seconds=retry_after):
            asked_to_wait = timedelta(seconds=min(retry_after or 0, LONGEST_WAIT.total_seconds()))
            return AfterAsk(failures, max(wait, asked_to_wait), f"The hub answered {status}{_words(body)}.")
        case NotSent(sentence=sentence, permanent=True):
            return AfterAsk(failures, LONGEST_WAIT, sentence, refused=True)
        case NotSent(sentence=sentence) | Unknown(sentence=sentence):
            return AfterAsk(failures, wait, sentence)


def after_mistake(ask: HubAsk, sentence: str) -> AfterAsk:
    """Return what a request changes that a mistake of our own kept from being made."""
    return AfterAsk(ask.failures + 1, _back_off(ask.failures + 1), sentence)


def believed_lease(lease_seconds: str | None) -> timedelta:
    """Return for how long the hub keeps us, of what it says; what it does not say is what we asked for."""
    said = (lease_seconds or "").strip()
    if not (said.isascii() and said.isdigit()) or not int(said[:12]):
        return LEASE
    return min(timedelta(seconds=int(said[:9])), LONGEST_BELIEVED_LEASE)


def renewal(lease: timedelta) -> timedelta:
    """Return how long after a confirmation to ask for the next."""
    return max(lease * RENEWED_AT, SHORTEST_RENEWAL)


def shown_words(text: str) -> str:
    """Return a stranger's words as they may be kept and shown: one line, not long."""
    return clip(one_line(storable(text)), SAID_CHARACTERS)


def _words(body: bytes) -> str:
    said = shown_words(body.decode("utf-8", "replace"))
    return f": {said.rstrip('.')}" if said and not said.startswith("<") else ""  # a whole error page says less


def _back_off(failures: int) -> timedelta:
    return min(FIRST_WAIT * 2.0 ** min(max(failures - 1, 0), _DOUBLINGS), LONGEST_WAIT)

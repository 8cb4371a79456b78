"""What people are shown of deliveries and channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from services.notifier.domain.standing import EVERY_ADDRESS, Lane, Standing
from shared.kit.ids import id_for

_SHOWN_ID_CHARACTERS = 8
_SHOWN_CHAT_CHARACTERS = 4


@dataclass(frozen=True)
class AttemptRecord:
    """One attempt: when, how it ended, how long the send took, and how the receiver's answer began."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str | None
    latency_milliseconds: int | None
    answer: str | None


@dataclass(frozen=True)
class DeliveryGlance:
    """One delivery on one line. `about` is the alert's rule, or what operators were told of.

    It tells so many `more` alerts. `kind` is what sort of message it is: `alert`, `digest`, `correction`.
    """

    delivery_id: UUID
    channel: str
    address: str
    about: str
    title: str
    state: str
    attempts: int
    raised_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    last_error: str | None
    more: int = 0
    kind: str = "alert"


@dataclass(frozen=True)
class ToldRecord:
    """One alert that a message tells: which, by which rule, and the headline."""

    alert_id: UUID
    rule: str
    title: str


@dataclass(frozen=True)
class DeliveryRecord:
    """One delivery with all of its attempts, and the alerts that it tells."""

    glance: DeliveryGlance
    unknowns: int
    attempts: tuple[AttemptRecord, ...]
    tells: tuple[ToldRecord, ...] = ()


@dataclass(frozen=True)
class WaitingForOne:
    """What waits to be told to one reader: how much, for what, since when, and when the first of it is due.

    `due_at` None: its reader does not want it any more.
    """

    lane: Lane
    alerts: int
    waits_for: tuple[str, ...]
    since: datetime
    due_at: datetime | None


@dataclass(frozen=True)
class ChannelGlance:
    """One address: how it stands, for how many live subscriptions, what waits and what is held for it."""

    lane: Lane
    standing: Standing
    subscriptions: int
    waiting: int
    held: int


def channel_id(lane: Lane) -> UUID:
    """Return the id of an address; the same address has the same id."""
    return id_for("channel", lane.channel, lane.address)


def shown_lane(lane: Lane) -> str:
    """Return the address as it may be shown: a webhook's path may hold a token, and a mailbox is a person.

    Its end is the beginning of `channel_id`, by which two addresses of one host are told apart.
    """
    if lane.address == EVERY_ADDRESS:
        return f"{lane.channel} (all of it)"
    return f"{lane.channel}:{_masked(lane)} #{channel_id(lane).hex[:_SHOWN_ID_CHARACTERS]}"


def _masked(lane: Lane) -> str:
    if lane.channel == "mailto":
        local, _, host = lane.address.rpartition("@")
        return f"{local[:1]}…@{host}"
    if lane.channel == "telegram":
        bot, _, chat = lane.address.partition("/")
        return f"{bot}/…{chat[-_SHOWN_CHAT_CHARACTERS:]}" if chat else "…"
    if lane.channel == "slack":  # its host, and what tells one hook from another: a fingerprint, no secret
        return f"{lane.address.partition('/')[0]}/…{lane.address[-_SHOWN_CHAT_CHARACTERS:]}"
    if lane.channel == "apprise":  # the service's scheme and a fingerprint
        return f"{lane.address.partition('/')[0]}/…{lane.address[-_SHOWN_CHAT_CHARACTERS:]}"
    host = urlsplit(lane.address).netloc.rpartition("@")[2] if "://" in lane.address else ""
    return f"{host}/…" if host else "…"

"""What operators see beside sources: messages set aside, deliveries given up, channels, stop switches, queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.desk.domain.figures import Drawing
from services.desk.domain.source_views import SourceView

DAYS_OF_A_LINE = 30


class Stops(StrEnum):
    """How much a stop switch stops that is thrown on a page."""

    ALL = "all"
    RULE = "rule"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class SourceList:
    """The sources that were asked for, of `known`; how many are in each state, and each one's articles a day."""

    views: tuple[SourceView, ...]
    known: int
    in_trouble: int
    states: Mapping[str, int]
    lines: Mapping[UUID, Drawing]


@dataclass(frozen=True, slots=True)
class SetAsideMessage:
    """A message that its taker could not digest; `excerpt` is how its `size` bytes begin."""

    quarantine_id: UUID
    taker: str
    subject: str
    reason: str
    deliveries: int
    set_aside_at: datetime
    excerpt: str
    size: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A delivery that was given up; `receiver` is masked."""

    delivery_id: UUID
    receiver: str
    about: str
    title: str
    attempts: int
    raised_at: datetime
    last_try_at: datetime
    last_error: str
    may_have_arrived: bool
    more: int


@dataclass(frozen=True, slots=True)
class SetAsidePage:
    """Everything that is set aside, as far as it fits a page, and how much there is of it."""

    messages: tuple[SetAsideMessage, ...]
    messages_in_all: int
    given_up: tuple[GivenUp, ...]
    given_up_in_all: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """How far a replay of everything up to a moment is."""

    done: int
    left: int


@dataclass(frozen=True, slots=True)
class ChannelState:
    """An address that messages go to, masked: how it stands, why, and what waits for it.

    `state` is `well`, `failing` or `disabled`; `by` is empty where the house disabled it; `kind` is the channel.
    """

    channel_id: str
    kind: str
    shown: str
    state: str
    since: datetime | None
    by: str
    why: str
    last_error: str
    failures: int
    probe_at: datetime | None
    last_sent_at: datetime | None
    subscriptions: int
    waiting: int
    held: int


@dataclass(frozen=True, slots=True)
class StopSwitch:
    """A stop switch that is thrown, and how many messages it holds."""

    stop_id: UUID
    label: str
    reason: str
    by: str
    since: datetime
    held: int

"""Subscriptions as their people look after them: what is wrong with one, and who may change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from services.desk.domain.people import Person
from services.desk.domain.receivers import For
from services.desk.domain.views import SubscriptionView

State: TypeAlias = Literal["well", "failing", "muted", "away", "held", "disabled", "opted_out"]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who looks after subscriptions: their own, or (`of_all`) everybody's and the teams'."""

    person_id: UUID
    name: str
    of_all: bool = False

    @property
    def themselves(self) -> For:
        """Return whom they subscribe where they name nobody else."""
        return For(person=self.name)


@dataclass(frozen=True, slots=True)
class WayStanding:
    """How the way to a reader stands that is not well; `disabled_by` is empty where the house did it by itself.

    `whole`: it is the whole channel (the mail server), and not this address.
    """

    failing_since: datetime | None
    last_error: str
    disabled_at: datetime | None
    disabled_by: str
    disabled_why: str
    probe_at: datetime | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop switch that holds what is for a subscription back."""

    reason: str
    placed_by: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A live subscription, and everything that keeps its messages from coming.

    `zone` is that of its hours. `changeable`: whoever looks may change it. `to_each`: it goes to each member of a team;
    `opted_out`: not to the member who looks.
    """

    view: SubscriptionView
    zone: str
    changeable: bool
    person: Person | None = None
    to_each: bool = False
    opted_out: bool = False
    stopped: Stopped | None = None
    standing: WayStanding | None = None

    def state(self, now: datetime) -> State:
        """Return the one thing to say of it: what keeps back the most comes first."""
        if self.opted_out:
            return "opted_out"
        if self.standing is not None and self.standing.disabled_at is not None:
            return "disabled"
        if self.stopped is not None:
            return "held"
        if self.muted_until(now) is not None:
            return "muted"
        if self.away_until(now) is not None:
            return "away"
        return "failing" if self.standing is not None else "well"

    def muted_until(self, now: datetime) -> datetime | None:
        """Return until when it, or its person, is muted."""
        mutes = (self.view.wishes.muted_until, self.person.muted_until if self.person else None)
        return max((each for each in mutes if each is not None and each > now), default=None)

    def away_until(self, now: datetime) -> datetime | None:
        """Return until when its person is on vacation."""
        return away_until(self.person, now) if self.person else None


def away_until(person: Person, now: datetime) -> datetime | None:
    """Return until when a person is on vacation now."""
    begun = person.away_from is None or person.away_from <= now
    return person.away_until if begun and person.away_until is not None and person.away_until > now else None

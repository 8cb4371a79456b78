"""People who hear of alerts, and the teams that share subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, TypedDict
from uuid import UUID

from services.desk.domain.channels import checked_mail
from services.desk.domain.local_times import checked_quiet, checked_zone
from services.desk.domain.names import checked_name, in_shell
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.text import storable


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who hears of alerts: where they are reached, and when they want to be left alone.

    `email` is empty where none is known. Quiet hours run over midnight where they end earlier than they begin. Until
    `muted_until`, and from `away_from` (None: at once) to `away_until`, what comes is kept for them.
    """

    person_id: UUID
    name: str
    email: str
    time_zone: str
    quiet_from: time | None
    quiet_until: time | None
    created_at: datetime
    muted_until: datetime | None = None
    away_from: datetime | None = None
    away_until: datetime | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A team; `time_zone` is that of its digests to a shared address."""

    team_id: UUID
    name: str
    time_zone: str
    created_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """That a person is in a team, and since when."""

    team_id: UUID
    person_id: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class OptOut:
    """A member who wants no mails of a subscription of their team, and since when."""

    name: str
    email: str
    since: datetime


class PersonFields(TypedDict, total=False):
    """What is said of a person; a field that is left out stays as it is, an empty e-mail is none."""

    new_name: str
    email: str
    time_zone: str
    quiet: str


def new_person(name: str, given: PersonFields, now: datetime) -> Person:
    """Return a person who was not there before. Raises WrongInput."""
    plain = Person(id_for("person", name, now), "", "", "UTC", None, None, now)
    return changed_person(plain, {**given, "new_name": name})


def changed_person(person: Person, given: PersonFields) -> Person:
    """Return the person with what is given. Raises WrongInput, naming the field as the command line spells it."""
    clean: dict[str, Any] = {}
    for field, value in given.items():
        clean.update(_CHECKS[field](str(value)))
    return replace(person, **clean)


def new_team(name: str, time_zone: str, now: datetime) -> Team:
    """Return a team that was not there before. Raises WrongInput."""
    clean = checked_name(storable(name), field="name")
    return Team(id_for("team", clean, now), clean, checked_zone(time_zone), now)


def refuse_known_person(person: Person, others: Iterable[Person]) -> None:
    """Raise WrongInput, saying who it is, when somebody else has this name or e-mail."""
    for other in others:
        if other.person_id == person.person_id:
            continue
        if other.name.casefold() == person.name.casefold():
            mend = f"Choose another name, or change that person: pactwatch person show {in_shell(other.name)}"
            raise WrongInput("name", person.name, "is already the name of a person", mend=mend)
        if person.email and other.email.casefold() == person.email.casefold():
            mend = f"Change that person instead: pactwatch person show {in_shell(other.name)}"
            raise WrongInput("--email", person.email, f"is already the e-mail of {other.name}", mend=mend)


def refuse_known_team(name: str, others: Iterable[Team]) -> None:
    """Raise WrongInput when another team has this name."""
    for other in others:
        if other.name.casefold() == name.casefold():
            mend = f"Choose another name, or see that team: pactwatch team show {in_shell(other.name)}"
            raise WrongInput("name", name, "is already the name of a team", mend=mend)


def _name(value: str) -> dict[str, Any]:
    return {"name": checked_name(storable(value), field="name")}


def _email(value: str) -> dict[str, Any]:
    return {"email": checked_mail(value.strip(), field="--email") if value.strip() else ""}


def _zone(value: str) -> dict[str, Any]:
    return {"time_zone": checked_zone(value)}


def _quiet(value: str) -> dict[str, Any]:
    begins, ends = checked_quiet(value) or (None, None)
    return {"quiet_from": begins, "quiet_until": ends}


_CHECKS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "new_name": _name,
    "email": _email,
    "time_zone": _zone,
    "quiet": _quiet,
}

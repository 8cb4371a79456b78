"""What a good source is: a feed or listing page to poll, checked field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from services.desk.domain.names import checked_name
from shared.kit.errors import WrongInput
from shared.kit.urls import checked_url

KINDS = ("rss", "atom", "json", "page")
LANGUAGES = {"en": "English", "ru": "Russian", "hi": "Hindi"}
SHORTEST_EVERY_SECONDS = 1  # for demonstrations against an own server; real sites deserve minutes
LONGEST_EVERY_SECONDS = 31 * 86_400  # a source that is looked at less often than monthly is better removed
ALERT_SINCE_DEFAULT = timedelta(days=7)  # older news of a new source is stored, and alerts nobody
ISO_COUNTRY_LETTERS = 2

AlertSince = str | date | datetime


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source as a person gives it.

    `alert_since`: "default" (articles of the last seven days may alert), "all", an ISO date or moment.
    `kind` None lets the scraper find out; `every_seconds` None leaves the pace to the feed.
    """

    name: str
    url: str
    kind: str | None = None
    every_seconds: int | None = None
    country: str | None = None
    language: str | None = None
    alert_since: AlertSince = "default"


class SourceChanges(TypedDict, total=False):
    """What may be changed of a source; a field that is left out stays as it is."""

    new_name: str
    url: str
    kind: str | None
    every_seconds: int | None
    country: str | None
    language: str | None
    alert_since: AlertSince


@dataclass(frozen=True, slots=True)
class Source:
    """A source as defined. `alert_since` None means that all of its articles may alert."""

    source_id: UUID
    name: str
    url: str
    kind: str | None
    every_seconds: int | None
    country: str | None
    language: str | None
    alert_since: datetime | None
    paused: bool
    created_at: datetime
    removed_at: datetime | None = None


def checked_fields(given: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the given fields of a source, each checked and in its stored form; `new_name` comes back as `name`.

    Raises WrongInput, which names the field as the command line spells it (`--every`).
    """
    clean: dict[str, Any] = {}
    for field, value in given.items():
        if field == "alert_since":
            clean[field] = alert_since_moment(value, now)
        elif field == "new_name":
            clean["name"] = checked_name(value, field="name")
        else:
            clean[field] = _CHECKS[field](value)
    return clean


def alert_since_moment(value: AlertSince, now: datetime) -> datetime | None:
    """Return the moment from which articles may alert; None for "all". A date means its midnight in UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    word = value.strip().lower()
    if word == "default":
        return now - ALERT_SINCE_DEFAULT
    if word == "all":
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError as wrong:
        mend = "Give a date such as 2026-11-01, or all, or leave it out for the last seven days."
        raise WrongInput("--alert-since", value, "is not a date", mend=mend) from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _name(value: str) -> str:
    return checked_name(value, field="name")


def _url(value: str) -> str:
    return checked_url(value.strip(), field="url")


def _kind(value: str | None) -> str | None:
    if value is None or value.lower() in KINDS:
        return value.lower() if value else None
    raise WrongInput(
        "--kind", value, "is no kind of source", mend=f"Give one of {', '.join(KINDS)}, or leave it out: it is found."
    )


def _every(value: int | None) -> int | None:
    if value is None or SHORTEST_EVERY_SECONDS <= value <= LONGEST_EVERY_SECONDS:
        return value
    why = "is less than one second" if value < SHORTEST_EVERY_SECONDS else "is more than 31 days"
    raise WrongInput("--every", value, why, mend="Give seconds, for example 300 for every five minutes.")


def _country(value: str | None) -> str | None:
    if value is None or (len(value) == ISO_COUNTRY_LETTERS and value.isascii() and value.isalpha()):
        return value.upper() if value else None
    raise WrongInput(
        "--country", value, "is not a country code", mend="Give the two letters of ISO 3166, for example IN or RU."
    )


def _language(value: str | None) -> str | None:
    if value is None or value.lower() in LANGUAGES:
        return value.lower() if value else None
    spelled = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
    raise WrongInput("--language", value, "is no language we read", mend=f"Give one of {spelled}, or leave it out.")


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "url": _url,
    "kind": _kind,
    "every_seconds": _every,
    "country": _country,
    "language": _language,
}

"""What a good source is: an address to poll, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from services.desk.domain.names import checked_name
from services.desk.domain.selectors import checked_selectors
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.text import one_line
from shared.kit.urls import checked_url

KINDS = ("rss", "atom", "json", "page", "sitemap", "telegram", "watch")
LANGUAGES = {"en": "English", "ru": "Russian", "hi": "Hindi"}
CONFIDENCES = ("high", "medium", "low")
BLOCS = frozenset({"EAEU"})  # who publishes is not always a country
SHORTEST_EVERY_SECONDS = 1  # for demonstrations against an own server; real sites deserve minutes
LONGEST_EVERY_SECONDS = 31 * 86_400  # a source that is looked at less often than monthly is better removed
ALERT_SINCE_DEFAULT = timedelta(days=7)  # older news of a new source is stored, and alerts nobody
LONGEST_OWNER_CHARACTERS = 120
LONGEST_QUIRKS_CHARACTERS = 2000  # a paragraph of notes; more belongs into a page of its own
ISO_COUNTRY_LETTERS = 2
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")

AlertSince = str | date | datetime


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source as a person gives it.

    `alert_since`: "default" (articles of the last seven days may alert), "all", an ISO date or moment.
    `kind` None lets the scraper find out; `every_seconds` None leaves the pace to the feed. `language` may name
    several, separated by commas. `owner`, `confidence` (in the address: high, medium, low) and `quirks` are notes.
    """

    name: str
    url: str
    kind: str | None = None
    every_seconds: int | None = None
    country: str | None = None
    language: str | None = None
    alert_since: AlertSince = "default"
    selectors: Mapping[str, str] | None = None
    owner: str | None = None
    confidence: str | None = None
    quirks: str | None = None
    paused: bool = False


class SourceChanges(TypedDict, total=False):
    """What may be changed of a source; a field that is left out stays as it is, an empty text empties its field.

    `selectors` are changed one by one: those left out stay, an empty one goes.
    """

    new_name: str
    url: str
    kind: str | None
    every_seconds: int | None
    country: str | None
    language: str | None
    alert_since: AlertSince
    selectors: Mapping[str, str] | None
    owner: str | None
    confidence: str | None
    quirks: str | None


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
    selectors: dict[str, str] | None = None
    owner: str | None = None
    confidence: str | None = None
    quirks: str | None = None


def new_source(fields: Mapping[str, Any], now: datetime) -> Source:
    """Return the source that these checked fields define."""
    return Source(source_id=id_for("source", fields["url"], now), created_at=now, **fields)


def edited_source(old: Source, changes: Mapping[str, Any], now: datetime) -> Source:
    """Return the source as changed. Raises WrongInput.

    Another address is another source under the same name: what the scraper knows of the old address (its tag, where
    it moved, its failures) must not speak for the new one.
    """
    edited = replace(old, **checked_fields(changes, now))
    if edited.url == old.url:
        return edited
    return replace(edited, source_id=id_for("source", edited.url, now), created_at=now)


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
    kind = (value or "").strip().lower()
    if not kind or kind in KINDS:
        return kind or None
    raise WrongInput(
        "--kind", value, "is no kind of source", mend=f"Give one of {', '.join(KINDS)}, or leave it out: it is found."
    )


def _every(value: int | None) -> int | None:
    if value is None or SHORTEST_EVERY_SECONDS <= value <= LONGEST_EVERY_SECONDS:
        return value
    why = "is less than one second" if value < SHORTEST_EVERY_SECONDS else "is more than 31 days"
    raise WrongInput("--every", value, why, mend="Give seconds, for example 300 for every five minutes.")


def _country(value: str | None) -> str | None:
    country = (value or "").strip().upper()
    is_code = len(country) == ISO_COUNTRY_LETTERS and country.isascii() and country.isalpha()
    if not country or is_code or country in BLOCS:
        return country or None
    mend = f"Give the two letters of ISO 3166, for example IN or RU, or {' or '.join(sorted(BLOCS))}."
    raise WrongInput("--country", value, "is not a country code", mend=mend)


def _language(value: str | None) -> str | None:
    """Return the codes, comma-separated: at least one that we read; a site may also write in others."""
    codes = list(dict.fromkeys(filter(None, (code.strip().lower() for code in (value or "").split(",")))))
    if not codes:
        return None
    spelled = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
    mend = f"Give one or more of {spelled}, separated by commas, or leave it out."
    wrong = next((code for code in codes if not _LANGUAGE_CODE.fullmatch(code)), None)
    if wrong is not None:
        raise WrongInput("--language", value, f"names {wrong!r}, which is no code of a language", mend=mend)
    if not LANGUAGES.keys() & set(codes):
        raise WrongInput("--language", value, "is no language we read", mend=mend)
    return ",".join(codes)


def _confidence(value: str | None) -> str | None:
    word = (value or "").strip().lower()
    if not word or word in CONFIDENCES:
        return word or None
    raise WrongInput("--confidence", value, "is not known", mend=f"Give one of {', '.join(CONFIDENCES)}.")


def _note(field: str, longest: int) -> Callable[[str | None], str | None]:
    def checked(value: str | None) -> str | None:
        line = one_line(value or "")
        if len(line) > longest:
            raise WrongInput(field, value, f"has {len(line)} characters", mend=f"Give at most {longest}.")
        return line or None

    return checked


def _paused(value: bool) -> bool:  # noqa: FBT001  (a table of checks, each of one value)
    return value


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "url": _url,
    "kind": _kind,
    "every_seconds": _every,
    "country": _country,
    "language": _language,
    "selectors": checked_selectors,
    "owner": _note("--owner", LONGEST_OWNER_CHARACTERS),
    "confidence": _confidence,
    "quirks": _note("--quirks", LONGEST_QUIRKS_CHARACTERS),
    "paused": _paused,
}

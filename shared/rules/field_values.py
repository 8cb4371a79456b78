"""Reads the value of a field: what may stand behind source:, date: and the others, and the clause it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import get_args

import regex

from shared.contracts.verdict import Language
from shared.rules.complaints import WrongQuery
from shared.rules.query import Fact, Field, Published, Relevance, Stage

LANGUAGES: tuple[str, ...] = get_args(Language)
EXAMPLES: Mapping[str, str] = {
    "title": "title:summit",
    "agreement": "agreement:relos",
    "stage": "stage:signed",
    "sector": "sector:energy",
    "source": 'source:"The Hindu"',
    "country": "country:RU",
    "lang": "lang:ru",
    "outlet": "outlet:example.org",
    "relevance": "relevance:>0.7",
    "date": "date:2026-11-01..2026-11-30",
}
_MAX_NAME_CHARS = 200  # of a source; a host has at most 253 by its own rules
_SHOWN_CHARS = 40

_SIZE = regex.compile(r"(>=|<=|>|<)(0(?:\.\d{1,4})?|1(?:\.0{1,4})?|\.\d{1,4})$")
_DAY = r"(\d{4}-\d{2}-\d{2})"
_ONE_DAY = regex.compile(rf"(>=|<=|>|<)?{_DAY}$")
_DAYS = regex.compile(rf"{_DAY}?\.\.{_DAY}?$")
_HOST = regex.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")


def fact(text: str, name: str, value: str, at: int) -> Fact:
    """The clause of a field other than title:. Raises WrongQuery that points at the value."""
    if not value:
        raise WrongQuery(text, at, f"has no value after {name}:", mend=f"Write it like {EXAMPLES[name]}.")
    return _READERS[name](text, value, at)


def host_of(written: str) -> str | None:
    """A host in the one form in which hosts are compared: lower case, ASCII, without www.; None where it is none."""
    lowered = written.strip().rstrip(".").lower()
    if not lowered.isascii():
        try:
            lowered = lowered.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    lowered = lowered.removeprefix("www.")
    return lowered if _HOST.match(lowered) else None


def same_name(name: str) -> str:
    """A name of a source in the form in which names are compared: case and the number of spaces do not count."""
    return " ".join(name.casefold().split())


def _id(name: str) -> Callable[[str, str, int], Fact]:
    return lambda _text, value, at: Field(name, value, at=at)


def _stage(_text: str, value: str, at: int) -> Fact:
    return Stage(value, at=at)


def _source(text: str, value: str, at: int) -> Fact:
    if len(value) > _MAX_NAME_CHARS:
        raise _wrong(text, at, "source", value, f"Write its name, at most {_MAX_NAME_CHARS} characters.")
    return Field("source", value, at=at)


def _country(text: str, value: str, at: int) -> Fact:
    if len(value) == 2 and value.isascii() and value.isalpha():
        return Field("country", value.upper(), at=at)
    raise _wrong(text, at, "country", value, "Write the two letters of the source's country: country:RU")


def _language(text: str, value: str, at: int) -> Fact:
    if value.casefold() in LANGUAGES:
        return Field("lang", value.casefold(), at=at)
    raise _wrong(text, at, "language", value, f"The languages are {', '.join(LANGUAGES)}.")


def _outlet(text: str, value: str, at: int) -> Fact:
    host = host_of(value)
    if host is None:
        raise _wrong(text, at, "outlet", value, "Write the host of its pages alone: outlet:news.example.org")
    return Field("outlet", host, at=at)


def _relevance(text: str, value: str, at: int) -> Fact:
    size = _SIZE.match(value)
    if size is None:
        raise _wrong(text, at, "relevance", value, "Compare it with a number from 0 to 1: relevance:>0.7")
    return Relevance(size[1], float(size[2]), at=at)


def _published(text: str, value: str, at: int) -> Fact:
    if (between := _DAYS.match(value)) is not None and value != "..":
        first = _day(text, between[1], value, at) if between[1] else None
        last = _day(text, between[2], value, at) if between[2] else None
        if first is not None and last is not None and first > last:
            raise WrongQuery(text, at, "has a date: that ends before it begins", mend=f"Write date:{last}..{first}")
        return Published(first, last, at=at)
    one = _ONE_DAY.match(value)
    if one is None:
        mend = "Write days as year-month-day: date:2026-11-01, date:>2026-11-01 or date:2026-11-01..2026-11-30"
        raise _wrong(text, at, "date", value, mend)
    first, last = _side_of(_day(text, one[2], value, at), one[1] or "")
    if first is None and last is None:
        raise _wrong(text, at, "date", value, "There is no day beyond it; leave the clause out.")
    return Published(first, last, at=at)


def _side_of(day: date, sign: str) -> tuple[date | None, date | None]:
    try:
        match sign:
            case ">":
                return day + timedelta(days=1), None
            case ">=":
                return day, None
            case "<":
                return None, day - timedelta(days=1)
            case "<=":
                return None, day
            case _:
                return day, day
    except OverflowError:
        return None, None


def _day(text: str, written: str, value: str, at: int) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        why = f"has the day {written}, which is in no calendar,"
        raise WrongQuery(text, at + value.index(written), why, mend="Write it as year-month-day: 2026-11-01") from None


def _wrong(text: str, at: int, what: str, value: str, mend: str) -> WrongQuery:
    return WrongQuery(text, at, f"has {value[:_SHOWN_CHARS]!r}, which is no {what},", mend=mend)


_READERS: Mapping[str, Callable[[str, str, int], Fact]] = {
    "agreement": _id("agreement"),
    "sector": _id("sector"),
    "stage": _stage,
    "source": _source,
    "country": _country,
    "lang": _language,
    "outlet": _outlet,
    "relevance": _relevance,
    "date": _published,
}

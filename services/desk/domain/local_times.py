"""Times as people say them: a time zone, an hour of their day, quiet hours, a weekday, until when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from services.desk.domain.choices import advice
from shared.kit.errors import WrongInput

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_AHEAD = timedelta(days=366)  # later than that is a slip of the pen, and alerts that nobody would miss in time
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_QUIET = re.compile(r"\s*(\S+?)\s*(?:-|–|to)\s*(\S+?)\s*")
_SPAN = re.compile(r"([0-9]{1,4})\s*(m|min|h|d|w)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_NO_HOURS = frozenset({"", "none", "off", "no"})
_LEAST_TYPED = 3  # characters of a day's name that tell it from the others


@cache
def _zones() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def known_zones() -> tuple[str, ...]:
    """Return the time zones that are called by a place, and UTC."""
    return (*sorted(name for name in _zones().values() if "/" in name and not name.startswith("Etc/")), "UTC")


def checked_zone(value: str, *, field: str = "--time-zone") -> str:
    """Return the IANA name of a time zone, in its own spelling. Raises WrongInput naming the nearest."""
    wanted = value.strip().replace(" ", "_")
    known = _zones().get(wanted.casefold())
    if known is None:
        otherwise = "Give an IANA name, for example Asia/Kolkata, Europe/Moscow or UTC."
        mend = advice(wanted, _zones().values(), otherwise=otherwise)
        raise WrongInput(field, value, "is no time zone", mend=mend)
    return known


def checked_clock(value: str, *, field: str) -> time:
    """Return an hour of the day. Raises WrongInput."""
    read = _CLOCK.fullmatch(value.strip())
    if read is None:
        raise WrongInput(field, value, "is no time of day", mend="Give hours and minutes, for example 08:00 or 22:30.")
    return time(int(read[1]), int(read[2]))


def checked_quiet(value: str) -> tuple[time, time] | None:
    """Return from when until when it is quiet, None for never. Raises WrongInput."""
    if value.strip().lower() in _NO_HOURS:
        return None
    read = _QUIET.fullmatch(value)
    mend = "Give two times of day, for example 22:00-07:00, or none."
    if read is None:
        raise WrongInput("--quiet", value, "are no quiet hours", mend=mend)
    begins, ends = (checked_clock(each, field="--quiet") for each in read.groups())
    if begins == ends:
        raise WrongInput("--quiet", value, "begin and end at one time", mend=f"{mend} To hear nothing, mute.")
    return begins, ends


def checked_weekday(value: str) -> int:
    """Return the number of a weekday, 1 for Monday. Raises WrongInput."""
    wanted = value.strip().lower()
    found = [number for number, day in enumerate(WEEKDAYS, 1) if len(wanted) >= _LEAST_TYPED and day.startswith(wanted)]
    if len(found) != 1:
        raise WrongInput("--on", value, "is no day of the week", mend=f"Give one of {', '.join(WEEKDAYS)}.")
    return found[0]


def moment_after(span: str, now: datetime) -> datetime:
    """Return the moment after a span such as 30m, 3h, 2d or 1w. Raises WrongInput."""
    read = _SPAN.fullmatch(span.strip().lower())
    if read is None or not int(read[1]):
        raise WrongInput("--for", span, "is no span of time", mend="Give for example 30m, 3h, 2d or 1w.")
    return _ahead(now + timedelta(**{_UNITS[read[2]]: int(read[1])}), span, now, field="--for")


def moment_of(value: str, zone: str, now: datetime, *, field: str = "--until") -> datetime:
    """Return a moment that is ahead, in UTC: 2026-12-01 (its midnight), 2026-12-01 08:00, or 08:00 (the next one).

    What names no offset is meant in `zone`. Raises WrongInput.
    """
    given, here = value.strip(), ZoneInfo(zone)
    if _CLOCK.fullmatch(given):
        local = now.astimezone(here)
        clock = checked_clock(given, field=field)
        day = local.date() + timedelta(days=local.time().replace(tzinfo=None) >= clock)
        return datetime.combine(day, clock, here).astimezone(UTC)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as wrong:
        mend = 'Give a day or a time, for example 2026-12-01, "2026-12-01 08:00" or 08:00.'
        raise WrongInput(field, value, "is no day or time", mend=mend) from wrong
    try:
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=here)).astimezone(UTC)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC)
    return _ahead(moment, value, now, field=field)


def _ahead(moment: datetime, value: str, now: datetime, *, field: str) -> datetime:
    if moment <= now:
        raise WrongInput(field, value, "is past", mend="Give a time that is still to come.")
    if moment - now > MOST_AHEAD:
        raise WrongInput(field, value, "is more than a year ahead", mend="Give an earlier one; it can be moved later.")
    return moment

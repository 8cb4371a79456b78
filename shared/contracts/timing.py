"""When a reader wants to be told: at once, at a digest's hour, after quiet hours, a mute or a vacation.

Local times are those of a zone's clocks that day. Where the clocks skip an hour (daylight saving begins) a local time
that does not exist is as long after midnight as on other days, so 02:30 is 03:30; where an hour comes twice, the first
of the two counts (RFC 5545, section 3.3.5). So a day has one digest at its hour, whatever the clocks do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

Schedule: TypeAlias = Literal["immediate", "hourly", "daily", "weekly"]

_HOUR = timedelta(hours=1)
_DAYS_OF_A_WEEK = 7
_MOST_TURNS = 60  # of one hold ending in another: two months of nights that all end in the next thing
_EIGHT = time(8)


class Why(StrEnum):
    """What an alert waits for; the words of the table's column."""

    DIGEST = "digest"
    QUIET = "quiet"
    MUTED = "muted"
    AWAY = "away"
    BURST = "burst"


@dataclass(frozen=True)
class Timing:
    """What a subscription and its person say of when. `zone` is an IANA name; one that nobody knows counts as UTC.

    `at` and `weekday` (1 Monday to 7 Sunday) are of digests; of an hourly one only the minute counts. `quiet` are hours
    of each local day, over midnight where the end is the earlier. `urgent`: what is loud waits for no digest and no
    quiet hours. Away without a beginning has begun.
    """

    schedule: Schedule = "immediate"
    at: time = _EIGHT
    weekday: int = 1
    zone: str = "UTC"
    urgent: bool = False
    quiet: tuple[time, time] | None = None
    muted_until: datetime | None = None
    away_from: datetime | None = None
    away_until: datetime | None = None


AT_ONCE = Timing()


@dataclass(frozen=True)
class Appointment:
    """When an alert is due, and what it waits for until then; None: for nothing."""

    at: datetime
    why: Why | None = None


def appointment(
    timing: Timing, since: datetime, now: datetime, *, loud: bool, bundled_until: datetime | None = None
) -> Appointment:
    """Return when an alert that waits `since` then is to be told, as its reader wants it `now`.

    `loud`: its severity is high. `bundled_until`: it belongs to a burst, which is told together then. What is due, or
    overdue, waits for the end of what holds now: nobody is woken because no notifier was there when it was time.
    """
    hurried = timing.urgent and loud
    first = Appointment(since)
    if timing.schedule != "immediate" and not hurried:
        first = Appointment(next_digest(timing, since), Why.DIGEST)
    elif bundled_until is not None and not loud:
        first = Appointment(max(since, bundled_until), Why.BURST)
    free = _freed(timing, first.at, quiet_counts=not hurried)
    if free.at < now:
        later = _freed(timing, now, quiet_counts=not hurried)
        free = free if later.why is None else later
    return Appointment(free.at, first.why or free.why)


def for_retold(timing: Timing) -> Timing:
    """Return when what only tells again is told: where news comes at once, in a digest each day."""
    return replace(timing, schedule="daily") if timing.schedule == "immediate" else timing


def at_once(timing: Timing) -> Timing:
    """Return when the same reader would be told without digests."""
    return replace(timing, schedule="immediate")


def next_digest(timing: Timing, since: datetime) -> datetime:
    """Return when the next digest after a moment is told. Raises ValueError where each alert is told at once."""
    match timing.schedule:
        case "hourly":
            return _next_hour(timing, since)
        case "daily" | "weekly":
            return _next_day(timing, since)
        case _:
            raise ValueError("there are no digests of what is told at once")


def at_local(day: date, clock: time, zone: str) -> datetime:
    """Return the moment when the clocks of a zone show this time on this day."""
    return datetime.combine(day, clock.replace(fold=0, tzinfo=None), zone_of(zone)).astimezone(UTC)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Return the zone of this name; UTC for one that this machine does not know: late is better than never."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # KeyError: ZoneInfoNotFoundError
        return ZoneInfo("UTC")


def is_known_zone(name: str) -> bool:
    """Tell whether this machine knows the zone."""
    return zone_of(name).key == name


def _next_hour(timing: Timing, since: datetime) -> datetime:
    local = since.astimezone(zone_of(timing.zone))
    passed = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    wait = timedelta(minutes=timing.at.minute) - passed
    return since.astimezone(UTC) + (wait if wait > timedelta(0) else wait + _HOUR)


def _next_day(timing: Timing, since: datetime) -> datetime:
    first = since.astimezone(zone_of(timing.zone)).date() - timedelta(days=1)
    for days in range(2 * _DAYS_OF_A_WEEK):
        day = first + timedelta(days=days)
        if timing.schedule == "weekly" and day.isoweekday() != timing.weekday:
            continue
        moment = at_local(day, timing.at, timing.zone)
        if moment > since:
            return moment
    raise ValueError(f"no week has a day {timing.weekday}")


def _freed(timing: Timing, moment: datetime, *, quiet_counts: bool) -> Appointment:
    """Return the first moment from this one on at which nothing holds, and what held first."""
    why: Why | None = None
    for _ in range(_MOST_TURNS):
        held = _held(timing, moment, quiet_counts=quiet_counts)
        if held is None:
            break
        why, moment = why or held.why, held.at
    return Appointment(moment, why)


def _held(timing: Timing, moment: datetime, *, quiet_counts: bool) -> Appointment | None:
    if timing.muted_until is not None and moment < timing.muted_until:
        return Appointment(timing.muted_until, Why.MUTED)
    if timing.away_until is not None and moment < timing.away_until and moment >= (timing.away_from or moment):
        return Appointment(timing.away_until, Why.AWAY)
    end = _quiet_end(timing, moment) if quiet_counts else None
    return None if end is None else Appointment(end, Why.QUIET)


def _quiet_end(timing: Timing, moment: datetime) -> datetime | None:
    """Return when the quiet hours end that this moment is in, None where it is in none."""
    if timing.quiet is None:
        return None
    start, end = timing.quiet
    over_midnight = timedelta(days=int(end <= start))
    today = moment.astimezone(zone_of(timing.zone)).date()
    for days in (-2, -1, 0, 1):
        day = today + timedelta(days=days)
        begun, ended = at_local(day, start, timing.zone), at_local(day + over_midnight, end, timing.zone)
        if begun <= moment < ended:
            return ended
    return None

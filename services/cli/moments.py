"""Moments as people say them: how long ago, and in how long."""

from __future__ import annotations

from datetime import datetime

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_DATED_AFTER_DAYS = 60  # beyond that a date says more than a number of days


def span_words(seconds: float) -> str:
    """Return a span of time in its largest whole unit: "40 s", "12 min", "3 h", "9 d"."""
    whole = int(abs(seconds))
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if whole >= size:
            return f"{whole // size} {unit}"
    return f"{whole} s"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago it was, or its date when that is long; a dash for never."""
    if moment is None:
        return "–"
    seconds = (now - moment).total_seconds()
    if seconds > _DATED_AFTER_DAYS * _DAY:
        return f"{moment.astimezone():%Y-%m-%d}"
    return span_words(max(seconds, 0))


def since_words(moment: datetime | None, now: datetime) -> str:
    """Return when it was in a sentence: "3 min ago", "on 2026-01-31", "never"."""
    if moment is None:
        return "never"
    told = ago(moment, now)
    return f"on {told}" if "-" in told else f"{told} ago"


def ahead(moment: datetime | None, now: datetime) -> str:
    """Return in how long it is; "due" when it is past, a dash for never."""
    if moment is None:
        return "–"
    seconds = (moment - now).total_seconds()
    return "due" if seconds <= 0 else span_words(seconds)


def day_and_time(moment: datetime | None) -> str:
    """Return the moment in this machine's time zone, with the zone; "no date" for none."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M %Z}" if moment else "no date"

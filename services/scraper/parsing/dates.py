"""When something was published, from the many ways of writing it; all results are aware, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, tzinfo
from email.utils import parsedate_to_datetime

# Zone names that RFC 822 does not know; Python and feedparser both read them as UTC, hours off.
_ZONES = {
    "IST": "+0530", "MSK": "+0300", "МСК": "+0300", "MSD": "+0400", "SAMT": "+0400", "YEKT": "+0500", "OMST": "+0600",
    "KRAT": "+0700", "IRKT": "+0800", "YAKT": "+0900", "VLAT": "+1000", "MAGT": "+1100", "PETT": "+1200",
    "CET": "+0100", "CEST": "+0200", "BST": "+0100", "EET": "+0200", "EEST": "+0300", "SGT": "+0800", "JST": "+0900",
}  # fmt: skip
_TRAILING_ZONE = re.compile(r"\s\(?([A-ZА-Я]{3,4})\)?\s*$")
_TRAILING_OFFSET = re.compile(r"\s*(?:GMT|UTC)\s*([+-]\d{1,2}):?(\d{2})?\s*$")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d{1,9})?\s*(Z|UTC|GMT|[+-]\d{1,2}:?\d{2}|[+-]\d{2})?)?\s*",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan января январь янв जनवरी",
            "february feb февраля февраль фев февр फरवरी फ़रवरी",
            "march mar марта март मार्च",
            "april apr апреля апрель апр अप्रैल",
            "may мая май मई",
            "june jun июня июнь июн जून",
            "july jul июля июль июл जुलाई",
            "august aug августа август авг अगस्त",
            "september sep sept сентября сентябрь сен сент सितंबर सितम्बर",
            "october oct октября октябрь окт अक्टूबर अक्तूबर",
            "november nov ноября ноябрь ноя нояб नवंबर नवम्बर",
            "december dec декабря декабрь дек दिसंबर दिसम्बर",
        ),
        start=1,
    )
    for name in names.split()
}
_WORD_DAY_FIRST = re.compile(r"(?:^|\D)(\d{1,2})(?:st|nd|rd|th)?\s+([^\W\d]\S*?)\.?,?\s+(\d{4})(?!\d)")
_WORD_MONTH_FIRST = re.compile(r"([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?")
_HALF_DAY = re.compile(r"\d\s*[AaPp][Mm]\b")  # the RFC 822 reader skips it and is half a day off
_LONGEST_DATE_CHARACTERS = 100


def parse_date(text: str | None, *, zone: tzinfo = UTC) -> datetime | None:
    """Return the moment a date string means, None where it means none that we can read.

    RFC 822, ISO 8601 (with a blank for the T as well), `05.12.2025 14:30`, `December 5, 2025 2:30 PM IST` and
    `5 декабря 2025` are read. A time without a zone is taken to be in `zone`; a day without a time is its midnight in
    UTC, which `domain.article.alertable` knows to treat as "some time that day".
    """
    stated = " ".join((text or "").split())[:_LONGEST_DATE_CHARACTERS]
    if not stated:
        return None
    stated = _zone_as_offset(stated)
    for read in (_iso, _rfc822, _day_first, _in_words):
        try:
            moment = read(stated)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if moment is not None:
            return _in_utc(moment, zone)
    return None


def _in_utc(moment: datetime, zone: tzinfo) -> datetime | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if moment.time() == time(0) else zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def _zone_as_offset(stated: str) -> str:
    offset = _TRAILING_OFFSET.search(stated)
    if offset:
        hours = int(offset.group(1))
        return f"{stated[: offset.start()]} {hours:+03d}{offset.group(2) or '00'}"
    named = _TRAILING_ZONE.search(stated)
    if named and named.group(1) in _ZONES:
        return f"{stated[: named.start()]} {_ZONES[named.group(1)]}"
    return stated


def _iso(stated: str) -> datetime | None:
    found = _ISO.fullmatch(stated)
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    written = f"{year}-{int(month):02d}-{int(day):02d}T{int(hour or 0):02d}:{minute or '00'}:{second or '00'}"
    return datetime.fromisoformat(written + _iso_offset(zone))


def _iso_offset(zone: str | None) -> str:
    if zone is None:
        return ""
    if zone.upper() in ("Z", "UTC", "GMT"):
        return "+00:00"
    digits = zone[1:].replace(":", "")
    hours, minutes = (digits, "00") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    return f"{zone[0]}{int(hours):02d}:{minutes}"


def _rfc822(stated: str) -> datetime | None:
    return None if _HALF_DAY.search(stated) else parsedate_to_datetime(stated)


def _day_first(stated: str) -> datetime | None:
    found = _DAY_FIRST.fullmatch(stated)
    if found is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  (the zone is given by the caller)


def _in_words(stated: str) -> datetime | None:
    day_first, month_first = _WORD_DAY_FIRST.search(stated), _WORD_MONTH_FIRST.search(stated)
    if day_first and day_first.group(2).casefold() in _MONTHS:
        day, name, year = day_first.groups()
    elif month_first and month_first.group(1).casefold() in _MONTHS:
        name, day, year = month_first.groups()
    else:
        return None
    clock = _CLOCK.search(stated)
    offset = re.search(r"\s([+-]\d{4})$", stated)
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3]) if clock else (0, 0, 0)
    half = (clock.group(4) or "").lower() if clock else ""
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    moment = datetime(int(year), _MONTHS[name.casefold()], int(day), hour, minute, second)  # noqa: DTZ001
    return (
        datetime.strptime(f"{moment:%Y-%m-%d %H:%M:%S} {offset.group(1)}", "%Y-%m-%d %H:%M:%S %z") if offset else moment
    )

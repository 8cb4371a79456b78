"""Dates as news writes them, in English, Russian and Hindi, as ISO 8601 text of the precision given.

"5 December 2025", "Dec 5", "December 2025", "5 декабря", "18 फरवरी", "in 2026", "on Tuesday", "today". A year left out
is taken from the publication: the nearest past day for what happened, the nearest coming one for what is awaited.
A lost dash is mended: "December 45" is 4-5 December.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import regex

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "january jan января январе январь янв जनवरी",
        "february feb февраля феврале февраль фев फरवरी फ़रवरी",
        "march mar марта марте март मार्च",
        "april apr апреля апреле апрель апр अप्रैल",
        "may мая мае май मई",
        "june jun июня июне июнь июн जून",
        "july jul июля июле июль июл जुलाई",
        "august aug августа августе август авг अगस्त",
        "september sept sep сентября сентябре сентябрь сен सितंबर सितम्बर",
        "october oct октября октябре октябрь окт अक्टूबर अक्तूबर",
        "november nov ноября ноябре ноябрь ноя नवंबर नवम्बर",
        "december dec декабря декабре декабрь дек दिसंबर दिसम्बर",
    ),
    start=1,
):
    _MONTHS |= dict.fromkeys(_names.split(), _number)
_WEEKDAYS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "monday понедельник सोमवार",
        "tuesday вторник मंगलवार",
        "wednesday среду बुधवार",
        "thursday четверг गुरुवार",
        "friday пятницу शुक्रवार",
        "saturday субботу शनिवार",
        "sunday воскресенье रविवार",
    )
):
    _WEEKDAYS |= dict.fromkeys(_names.split(), _number)
_RELATIVE = {"today": 0, "сегодня": 0, "आज": 0, "yesterday": -1, "вчера": -1, "tomorrow": 1, "завтра": 1}

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_B, _E = r"(?<![\p{L}\p{M}\p{N}])", r"(?![\p{L}\p{M}\p{N}])"
_DAYS = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s*(?:[-–—]|and|и|to)\s*\d{1,2}(?:st|nd|rd|th)?)?"
_YEAR = r"(?:\s*,?\s*(?P<year>(?:19|20)\d\d))?"
_PATTERNS = (
    regex.compile(rf"{_B}{_DAYS}(?:\s+of)?\s+(?P<month>{_MONTH})\.?{_YEAR}{_E}", regex.I),
    regex.compile(rf"{_B}(?P<month>{_MONTH})\.?\s+{_DAYS}{_YEAR}{_E}", regex.I),
    regex.compile(rf"{_B}(?P<month>{_MONTH})\.?\s+(?P<year>(?:19|20)\d\d){_E}", regex.I),
    regex.compile(rf"{_B}(?P<year>(?:19|20)\d\d)(?![-–/]\d){_E}"),
    regex.compile(
        rf"{_B}(?:in|в|by|к|until)\s+(?P<month>{_MONTH}){_E}|{_B}(?P<month>[\p{{Devanagari}}]+)\s+में{_E}", regex.I
    ),
)
_DIGIT = regex.compile(r"\d")
_DAY_NAME = regex.compile(rf"{_B}(?:{'|'.join([*_WEEKDAYS, *_RELATIVE])}){_E}", regex.I)


@dataclass(frozen=True, slots=True)
class Found:
    """A date in the text: offsets, day if known, ISO text of its precision, and whether its year was written out."""

    start: int
    end: int
    iso: str
    year: int | None
    day: date | None


def dates_in(text: str, start: int, end: int, published: date | None, *, coming: bool = False) -> list[Found]:
    """The dates between two offsets; `coming` resolves a missing year towards the future."""
    found: list[Found] = []
    has_digit = _DIGIT.search(text, start, end) is not None
    for pattern in _PATTERNS if has_digit else _PATTERNS[-1:]:
        for match in pattern.finditer(text, start, end):
            if any(seen.start < match.end() and match.start() < seen.end for seen in found):
                continue
            made = _made(match, published, coming=coming)
            if made is not None:
                found.append(made)
    if published is not None:
        found.extend(_named_days(text, start, end, published, coming=coming))
    return sorted(found, key=lambda item: item.start)


def _made(match: regex.Match[str], published: date | None, *, coming: bool) -> Found | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    month = _MONTHS.get((parts.get("month") or "").casefold())
    if parts.get("month") and month is None:
        return None
    if month is None:
        return Found(match.start(), match.end(), str(year), year, None) if year else None
    day = _day_number(parts.get("day"))
    if year is None:
        year = _year_of(month, day or 1, published, coming=coming)
    if year is None:
        return None
    if day is None:
        return Found(match.start(), match.end(), f"{year}-{month:02}", year, None)
    try:
        whole = date(year, month, day)
    except ValueError:
        return None
    return Found(match.start(), match.end(), whole.isoformat(), year, whole)


def _day_number(written: str | None) -> int | None:
    """The day; "45" lost its dash and means the 4th and 5th."""
    if written is None:
        return None
    number = int(written)
    if number > 31 and int(written[1]) == int(written[0]) + 1:
        return int(written[0])
    return number if 1 <= number <= 31 else None


def _year_of(month: int, day: int, published: date | None, *, coming: bool) -> int | None:
    if published is None:
        return None
    try:
        this = date(published.year, month, day)
    except ValueError:
        return published.year
    if coming:
        return published.year + 1 if (published - this).days > 31 else published.year
    if (this - published).days > 31:
        return published.year - 1
    return published.year


def _named_days(text: str, start: int, end: int, published: date, *, coming: bool) -> Iterator[Found]:
    for match in _DAY_NAME.finditer(text, start, end):
        word = match[0].casefold()
        if word in _RELATIVE:
            day = published + timedelta(days=_RELATIVE[word])
        else:
            back = (published.weekday() - _WEEKDAYS[word]) % 7
            day = published + timedelta(days=(7 - back) % 7 if coming else -back)
        yield Found(match.start(), match.end(), day.isoformat(), None, day)

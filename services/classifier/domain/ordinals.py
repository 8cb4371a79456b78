"""Numbered sessions told apart: the 22nd meeting of one body is not the 23rd, nor the 22nd of another.

An item whose name holds a number ("Protocol of the 22nd meeting") is refused in an article that numbers the session
otherwise, and an item of a year in an article that was written long before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

import regex

from shared.catalogue.entries import Agreement

SESSION_DAYS = 183  # commissions meet once a year: half a year off, an unnumbered session is another one
YEARS_AHEAD = 1  # a pact of 2025 may be spoken of in 2024; an article of 2021 means its forerunner

_B, _E = r"(?<![\p{L}\p{M}\p{N}])", r"(?![\p{L}\p{M}\p{N}])"
_NOUN = (
    r"(?:\p{L}[\p{L}\p{M}&.-]*\s+){0,5}?(?:session|meeting|summit|round|protocol|plenary|irigc|commission|dialogue|заседани|саммит|"
    r"раунд|встреч|протокол|सत्र|बैठक|शिखर|सम्मेलन|दौर|आयोग|प्रोटोकॉल|वार्षिक)"
)
_NUMBER = regex.compile(
    rf"{_B}(?:(?P<number>\d{{1,2}})(?:\s?(?:st|nd|rd|th)|-?(?:го|е|й|м|я|ое|ом|му|ую)|-?\s?(?:वें|वीं|वां|वाँ|वे|वी|वा))"
    rf"|(?P<roman>[XVI]{{2,6}}))\s+{_NOUN}",
    regex.I,
)
_ROMAN = {"i": 1, "v": 5, "x": 10}
_YEAR = regex.compile(r"-((?:19|20)\d\d)$")


def numbers_in(text: str) -> set[int]:
    """The numbers that a text gives to sessions: "the 22nd session", "22-е заседание", "XXIII саммит", "22वां सत्र"."""
    found = set()
    for match in _NUMBER.finditer(text):
        number = int(match["number"]) if match["number"] else _roman(match["roman"])
        if number:
            found.add(number)
    return found


def numbered_otherwise(agreement: Agreement, text: str) -> bool:
    """Whether the words number a session, and the item's own name bears another number."""
    own = _own_number(agreement.official_name)
    if own is None:
        return False
    seen = numbers_in(text)
    return bool(seen) and own not in seen


def is_of_another_year(agreement: Agreement, published: datetime | None) -> bool:
    """Whether the article was written long before or after the days known of a numbered session."""
    days = [step.date for step in agreement.dates if step.date and len(step.date) == len("2025-12-05")]
    if published is None or not days:
        return False
    apart = min(abs((published.date() - date.fromisoformat(day)).days) for day in days)
    return apart > SESSION_DAYS


def bears_a_number(agreement: Agreement) -> bool:
    """Whether the item's own name numbers a session."""
    return _own_number(agreement.official_name) is not None


def is_before_its_time(agreement: Agreement, published: datetime | None) -> bool:
    """Whether the article was written long before the year in the item's id, or before it is first known of."""
    year = _YEAR.search(agreement.id)
    if published is None or year is None:
        return False
    known = [int(step.date[:4]) for step in agreement.dates if step.date]
    return published.year < min(int(year[1]), *known, int(year[1])) - YEARS_AHEAD


def _roman(written: str) -> int:
    values: Iterable[int] = [_ROMAN[letter] for letter in written.casefold()]
    total, before = 0, 0
    for value in reversed(list(values)):
        total += value if value >= before else -value
        before = max(before, value)
    return total


@lru_cache(maxsize=256)
def _own_number(name: str) -> int | None:
    return min(numbers_in(name), default=None)

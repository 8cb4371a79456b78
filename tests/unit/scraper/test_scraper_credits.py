"""Whom an article credits and where it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.credits import agency_of, dateline_of

BODY = "\n\nThe ministers agreed on the next steps of the programme.\n\nIt will run for five years."


@pytest.mark.parametrize(
    ("opening", "dateline", "agency"),
    [
        ("New Delhi [India], December 5 (ANI): The two sides met.", "New Delhi [India], December 5", "ANI"),
        ("NEW DELHI, Dec 5: The two sides met.", "NEW DELHI, Dec 5", ""),
        ("New Delhi, Dec 5 (PTI) The two sides met.", "New Delhi, Dec 5", "PTI"),
        ("NEW DELHI: The two sides met.", "NEW DELHI", ""),
        ("New Delhi, Dec 5 (IANS) The two sides met.", "New Delhi, Dec 5", "IANS"),
        ("Moscow (Sputnik) - The two sides met.", "Moscow", "Sputnik"),
        ("MOSCOW, December 5. /TASS/. The two sides met.", "MOSCOW, December 5", "TASS"),
        ("МОСКВА, 5 дек — РИА Новости. Стороны встретились.", "МОСКВА, 5 дек", "RIA Novosti"),
        ("МОСКВА, 5 декабря. /ТАСС/. Стороны встретились.", "МОСКВА, 5 декабря", "TASS"),
        ("Москва. 5 декабря. INTERFAX.RU - Стороны встретились.", "Москва. 5 декабря", "Interfax"),
        ("नयी दिल्ली, पांच दिसंबर (भाषा) दोनों पक्ष मिले।", "नयी दिल्ली, पांच दिसंबर", "PTI Bhasha"),
        ("नई दिल्ली, 5 दिसंबर (वार्ता) दोनों पक्ष मिले।", "नई दिल्ली, 5 दिसंबर", "UNI Varta"),
        ("नई दिल्ली [भारत], 5 दिसंबर (एएनआई): दोनों पक्ष मिले।", "नई दिल्ली [भारत], 5 दिसंबर", "ANI"),
        ("Officials told ANI that the two sides met on Dec 5.", "", ""),
        ("India, Russia to sign a pact: ministry", "", ""),
        ("", "", ""),
    ],
)
def test_the_opening_tells_place_day_and_agency(opening: str, dateline: str, agency: str) -> None:
    assert dateline_of(opening + BODY) == dateline
    assert agency_of(opening + BODY) == agency


@pytest.mark.parametrize(
    ("last", "agency"),
    [
        ("The notes were exchanged. (ANI)", "ANI"),
        ("PTI AB CD", "PTI"),
        ("—IANS", "IANS"),
        ("भाषा राजकुमार पवनेश", "PTI Bhasha"),
        ("Based On ANI Report", "ANI"),
        ("Source: TASS", "TASS"),
        ("Источник: РИА Новости", "RIA Novosti"),
        ("He thanked ANI for its questions.", ""),
        ("The talks in the UNI building went on.", ""),
    ],
)
def test_the_last_lines_may_carry_the_credit(last: str, agency: str) -> None:
    assert agency_of(f"The two sides met.{BODY}\n\n{last}") == agency


def test_an_author_or_a_notice_that_was_taken_off_is_a_credit_too() -> None:
    assert agency_of(BODY, author="By PTI") == "PTI"
    assert agency_of(BODY, author="Asha Name") == ""
    assert agency_of(BODY, dropped=("(With inputs from ANI)",)) == "ANI"


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_gives_one_line_of_credit(text: str, author: str) -> None:
    assert "\n" not in agency_of(text, author=author)
    assert "\n" not in dateline_of(text)

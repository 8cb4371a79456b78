"""When something was published, in the many ways of writing it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.dates import parse_date


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("Fri, 05 Dec 2025 14:30:00 +0530", "2025-12-05T09:00"),
        ("Fri, 05 Dec 2025 14:30:00 IST", "2025-12-05T09:00"),
        ("Fri, 05 Dec 2025 14:30:00 MSK", "2025-12-05T11:30"),
        ("Fri, 05 Dec 2025 14:30:00 GMT", "2025-12-05T14:30"),
        ("Fri, 05 Dec 2025 14:30:00 GMT+0300", "2025-12-05T11:30"),
        ("Fri, 05 Dec 2025 14:30:00 EST", "2025-12-05T19:30"),
        ("Fri, 05 Dec 2025 14:30:00", "2025-12-05T14:30"),
        ("2025-12-05T14:30:00+03:00", "2025-12-05T11:30"),
        ("2025-12-05T14:30:00.123456Z", "2025-12-05T14:30"),
        ("2025-12-05 14:30:00 +0530", "2025-12-05T09:00"),
        ("2025-12-05 14:30", "2025-12-05T14:30"),
        ("2025-12-05T14:30+05", "2025-12-05T09:30"),
        ("2025-12-05", "2025-12-05T00:00"),
        ("05.12.2025 14:30", "2025-12-05T14:30"),
        ("December 5, 2025 2:30 PM IST", "2025-12-05T09:00"),
        ("Updated: 5 Dec 2025, 12:05 AM", "2025-12-05T00:05"),
        ("5 декабря 2025, 14:30", "2025-12-05T14:30"),
        ("05 दिसंबर 2025", "2025-12-05T00:00"),
        ("5th December 2025", "2025-12-05T00:00"),
    ],
)
def test_a_date_is_read_into_utc(stated, moment):
    assert parse_date(stated) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "stated", ["", None, "yesterday", "2025", "32.13.2025", "0000-00-00", "9" * 500, "05 Foo 2025"]
)
def test_what_is_no_date_is_none(stated):
    assert parse_date(stated) is None


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[\d:.+\-/ TZ]{0,40}", fullmatch=True)))
def test_any_text_gives_an_aware_date_or_none(stated: str):
    moment = parse_date(stated)
    assert moment is None or moment.tzinfo is UTC

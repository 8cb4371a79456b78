"""How long a server asks us to wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.retry_after import retry_after_seconds

NOW = datetime(2025, 12, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Fri, 05 Dec 2025 12:01:30 GMT", 90),
        ("Fri, 05 Dec 2025 17:31:00 +0530", 60),
        ("Fri, 05 Dec 2025 11:00:00 GMT", 0),
        ("", None),
        (None, None),
        ("soon", None),
        ("-5", None),
        ("9" * 5000, None),
    ],
)
def test_seconds_and_dates_are_read_and_nonsense_is_no_advice(value, seconds):
    assert retry_after_seconds(value, now=NOW) == seconds


@given(st.text(max_size=80))
def test_any_header_gives_seconds_or_nothing(value: str):
    seconds = retry_after_seconds(value, now=NOW)
    assert seconds is None or seconds >= 0

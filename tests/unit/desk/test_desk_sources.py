"""What a source may be, and how a wrong field is answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.sources import NewSource, alert_since_moment, checked_fields
from shared.kit.errors import WrongInput

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "option"),
    [
        ("name", "  ", "name"),
        ("name", "x" * 81, "name"),
        ("url", "ftp://example.org/feed", "url"),
        ("url", "https://user:pw@example.org/feed", "url"),
        ("url", "javascript:alert(1)", "url"),
        ("kind", "html", "--kind"),
        ("every_seconds", 0, "--every"),
        ("every_seconds", 32 * 86_400, "--every"),
        ("country", "IND", "--country"),
        ("country", "1A", "--country"),
        ("language", "de", "--language"),
        ("alert_since", "yesterday", "--alert-since"),
    ],
)
def test_a_wrong_field_is_refused_by_the_name_of_its_option_with_a_mend(field: str, value: Any, option: str):
    with pytest.raises(WrongInput) as refused:
        checked_fields({field: value}, NOW)
    assert refused.value.field == option
    assert refused.value.mend


def test_codes_are_taken_in_any_case_and_kept_in_one():
    assert checked_fields({"kind": "RSS", "country": "in", "language": "HI"}, NOW) == {
        "kind": "rss",
        "country": "IN",
        "language": "hi",
    }


def test_a_field_left_empty_stays_unknown():
    empty = {"kind": None, "every_seconds": None, "country": None, "language": None}
    assert checked_fields(empty, NOW) == empty


def test_a_name_of_several_lines_becomes_one_line():
    assert checked_fields({"name": " The\n Hindu\u200b "}, NOW) == {"name": "The Hindu"}


def test_by_default_the_news_of_the_last_seven_days_may_alert():
    assert alert_since_moment(NewSource("n", "u").alert_since, NOW) == NOW - timedelta(days=7)


@pytest.mark.parametrize(
    "spelled",
    ["2026-11-01", date(2026, 11, 1), datetime.fromisoformat("2026-11-01"), datetime(2026, 11, 1, tzinfo=UTC)],
)
def test_a_date_to_alert_since_means_its_midnight_in_utc(spelled: str | date):
    assert alert_since_moment(spelled, NOW) == datetime(2026, 11, 1, tzinfo=UTC)


def test_all_lets_every_article_alert():
    assert alert_since_moment("all", NOW) is None


@given(st.text())
def test_any_text_to_alert_since_is_a_moment_or_a_clear_refusal(text: str):
    try:
        moment = alert_since_moment(text, NOW)
    except WrongInput:
        return
    assert moment is None or moment.tzinfo is not None

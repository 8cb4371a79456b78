"""One's own alerts, decided: when what is put off comes back on the person's clocks, and where a page begins."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.desk.domain.inbox import Edge, showing_of, snoozed_until, snoozes_at, words_of
from shared.kit.errors import WrongInput

DELHI, NEW_YORK = "Asia/Kolkata", "America/New_York"
SUNDAY_NOON = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # in Delhi
EDGE = Edge(SUNDAY_NOON, UUID("582ae0b5-f8b5-48e5-8943-d00c7e41750a"))


@pytest.mark.parametrize(
    ("choice", "now", "zone", "comes_back"),
    [
        ("today", SUNDAY_NOON, DELHI, "2026-11-22T12:30"),  # 18:00
        ("today", datetime(2026, 11, 22, 12, tzinfo=UTC), DELHI, "2026-11-22T15:00"),  # it is 17:30: three hours on
        ("tomorrow", SUNDAY_NOON, DELHI, "2026-11-23T02:30"),  # 08:00
        ("week", SUNDAY_NOON, DELHI, "2026-11-23T02:30"),  # on a Sunday the next week is tomorrow
        ("week", datetime(2026, 11, 23, 6, tzinfo=UTC), DELHI, "2026-11-30T02:30"),
        ("tomorrow", datetime(2026, 10, 31, 20, tzinfo=UTC), NEW_YORK, "2026-11-01T13:00"),  # the clocks go back
    ],
)
def test_what_is_put_off_comes_back_at_a_time_of_the_persons_own_clocks(choice, now, zone, comes_back):
    assert snoozed_until(choice, now, zone) == datetime.fromisoformat(f"{comes_back}+00:00")


def test_late_in_the_evening_there_is_no_later_today():
    late = datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert [choice for choice, _ in snoozes_at(late, DELHI)] == ["tomorrow", "week"]
    for choice in ("today", "never"):
        with pytest.raises(WrongInput, match="cannot be chosen now"):
            snoozed_until(choice, late, DELHI)


def test_a_page_begins_where_the_one_before_ended():
    assert Edge.read(str(EDGE)) == EDGE
    assert Edge.read("") is None
    for wrong in ("yesterday", "2026-11-22T06:30:00~", f"2026-11-22T06:30:00~{EDGE.alert_id}", "~"):
        with pytest.raises(WrongInput, match="is no place in the list"):
            Edge.read(wrong)


def test_whatever_else_is_asked_for_shows_the_unread():
    assert [showing_of(each) for each in ("all", "snoozed", "", "<b>")] == ["all", "snoozed", "unread", "unread"]


def test_words_count_once_whatever_their_case():
    assert words_of("  RELOS relos РЕЛОС ") == ("relos", "релос")

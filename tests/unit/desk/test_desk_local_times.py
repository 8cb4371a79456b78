"""Times as people say them, read in their own time zone."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.local_times import (
    checked_clock,
    checked_quiet,
    checked_weekday,
    checked_zone,
    moment_after,
    moment_of,
)
from shared.kit.errors import WrongInput

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)  # 17:30 in Delhi


@pytest.mark.parametrize(
    ("given_zone", "known"),
    [
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("asia/kolkata", "Asia/Kolkata"),
        ("utc", "UTC"),
        ("America/New York", "America/New_York"),
    ],
)
def test_a_time_zone_is_known_however_it_is_capitalised(given_zone, known):
    assert checked_zone(given_zone) == known


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("Asia/Kolkatta", "Asia/Kolkata"),
        ("Moscow", "Europe/Moscow"),
        ("India", "Indian/"),
        ("+05:30", "Give an IANA name"),
    ],
)
def test_an_unknown_time_zone_is_answered_with_the_nearest(wrong, nearest):
    with pytest.raises(WrongInput) as refused:
        checked_zone(wrong)
    assert refused.value.field == "--time-zone"
    assert nearest in refused.value.mend


def test_quiet_hours_run_over_midnight_or_not_at_all():
    assert checked_quiet("22:00-07:00") == (time(22), time(7))
    assert checked_quiet(" 9:30 to 17:00 ") == (time(9, 30), time(17))
    assert checked_quiet("none") is None


@pytest.mark.parametrize("wrong", ["22:00", "22:00-22:00", "25:00-07:00", "ten to six", "22:00-07:00-08:00"])
def test_what_is_no_quiet_hours_is_refused_with_an_example(wrong):
    with pytest.raises(WrongInput, match="--quiet") as refused:
        checked_quiet(wrong)
    assert "for example" in refused.value.mend


def test_a_weekday_may_be_cut_short():
    assert [checked_weekday(day) for day in ("monday", "Tue", "SUNDAY")] == [1, 2, 7]
    for wrong in ("t", "", "funday"):
        with pytest.raises(WrongInput, match="--on"):
            checked_weekday(wrong)


@given(st.text(max_size=12))
def test_whatever_is_typed_for_an_hour_is_read_or_refused(text):
    with suppress(WrongInput):
        assert isinstance(checked_clock(text, field="--at"), time)


@given(st.text(max_size=30), st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]))
def test_whatever_is_typed_for_a_moment_is_ahead_or_refused(text, zone):
    with suppress(WrongInput):
        assert NOON < moment_of(text, zone, NOON) <= NOON + timedelta(days=366)


def test_a_span_is_counted_from_now():
    spans = [
        ("30m", timedelta(minutes=30)),
        ("3h", timedelta(hours=3)),
        ("2 d", timedelta(days=2)),
        ("1w", timedelta(7)),
    ]
    assert [moment_after(given_span, NOON) - NOON for given_span, _ in spans] == [span for _, span in spans]
    for wrong in ("0h", "h", "3", "3 years", "9999w"):
        with pytest.raises(WrongInput, match="--for"):
            moment_after(wrong, NOON)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-12-01", datetime(2026, 11, 30, 18, 30, tzinfo=UTC)),
        ("2026-12-01 08:00", datetime(2026, 12, 1, 2, 30, tzinfo=UTC)),
        ("2026-12-01T08:00+03:00", datetime(2026, 12, 1, 5, tzinfo=UTC)),
        ("18:00", datetime(2026, 11, 22, 12, 30, tzinfo=UTC)),
        ("08:00", datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
        ("17:30", datetime(2026, 11, 23, 12, tzinfo=UTC)),
    ],
)
def test_a_moment_without_an_offset_is_meant_in_their_own_time_zone(said, meant):
    assert moment_of(said, "Asia/Kolkata", NOON) == meant


def test_an_hour_of_the_day_after_the_clocks_change_is_that_hour_of_the_wall():
    evening = datetime(2026, 10, 24, 20, tzinfo=UTC)  # Berlin's clocks go back that night
    assert moment_of("08:00", "Europe/Berlin", evening) == datetime(2026, 10, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "why"), [("2026-11-21", "is past"), ("2028-01-01", "a year ahead"), ("soon", "no day")]
)
def test_a_moment_that_is_none_is_refused(said, why):
    with pytest.raises(WrongInput, match=why):
        moment_of(said, "UTC", NOON)

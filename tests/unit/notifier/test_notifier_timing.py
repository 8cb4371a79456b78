"""When an alert is due: digests at their local hour, quiet hours, mutes and vacations, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.timing import Appointment, Timing, Why, appointment, next_digest

BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"
ZONES = (BERLIN, NEW_YORK, KOLKATA, "Australia/Lord_Howe", "UTC")


def at(zone: str, spelled: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(spelled).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def due(timing: Timing, since: datetime, now: datetime | None = None, *, loud: bool = False) -> Appointment:
    return appointment(timing, since, now or since, loud=loud)


@pytest.mark.parametrize(
    ("timing", "since", "expected"),
    [
        (Timing("hourly", time(0)), "2026-02-03T09:20", "2026-02-03T10:00"),
        (Timing("hourly", time(8, 15)), "2026-02-03T09:20", "2026-02-03T10:15"),
        (Timing("hourly", time(0)), "2026-02-03T10:00", "2026-02-03T11:00"),
        (Timing("daily", time(8)), "2026-02-03T07:59", "2026-02-03T08:00"),
        (Timing("daily", time(8)), "2026-02-03T08:00", "2026-02-04T08:00"),
        (Timing("weekly", time(8), 1), "2026-02-03T07:00", "2026-02-09T08:00"),
        (Timing("weekly", time(8), 2), "2026-02-03T07:00", "2026-02-03T08:00"),
    ],
    ids=str,
)
@pytest.mark.parametrize("zone", ZONES)
def test_a_digest_is_told_at_its_hour_of_the_readers_clock(zone, timing, since, expected):
    there = Timing(timing.schedule, timing.at, timing.weekday, zone)
    assert next_digest(there, at(zone, since)) == at(zone, expected)


@pytest.mark.parametrize(
    ("zone", "clock", "days"),
    [
        (BERLIN, time(2, 30), ["2026-03-28T02:30", "2026-03-29T03:30", "2026-03-30T02:30"]),  # it does not exist
        (BERLIN, time(2, 30), ["2026-10-24T02:30", "2026-10-25T02:30", "2026-10-26T02:30"]),  # the first of two
        (NEW_YORK, time(2), ["2026-03-07T02:00", "2026-03-08T03:00", "2026-03-09T02:00"]),
        (NEW_YORK, time(1, 30), ["2026-10-31T01:30", "2026-11-01T01:30", "2026-11-02T01:30"]),
    ],
    ids=str,
)
def test_a_day_whose_clocks_are_changed_has_one_digest(zone, clock, days):
    timing, moment = Timing("daily", clock, zone=zone), at(zone, days[0]) - timedelta(hours=1)
    for expected in days:
        moment = next_digest(timing, moment)
        assert moment == at(zone, expected)


def test_the_hours_of_a_day_of_twenty_five_hours_have_a_digest_each():
    timing, moment = Timing("hourly", time(0), zone=BERLIN), at(BERLIN, "2026-10-25T00:00")
    told = 0
    while moment < at(BERLIN, "2026-10-26T00:00"):
        moment = next_digest(timing, moment)
        told += 1
    assert told == 25


NIGHT = Timing(zone=BERLIN, quiet=(time(22), time(7)))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-02-03T21:59", None),
        ("2026-02-03T22:00", "2026-02-04T07:00"),
        ("2026-02-04T03:00", "2026-02-04T07:00"),
        ("2026-02-04T07:00", None),
        ("2026-03-29T01:30", "2026-03-29T07:00"),  # the night of seven hours
        ("2026-10-25T02:30", "2026-10-25T07:00"),
    ],
)
def test_what_is_raised_in_quiet_hours_waits_for_their_end(since, until):
    raised = at(BERLIN, since)
    expected = Appointment(raised) if until is None else Appointment(at(BERLIN, until), Why.QUIET)
    assert due(NIGHT, raised) == expected


def test_quiet_hours_within_a_day_are_no_night():
    siesta = Timing(zone=KOLKATA, quiet=(time(13), time(15)))
    assert due(siesta, at(KOLKATA, "2026-02-03T14:00")).at == at(KOLKATA, "2026-02-03T15:00")
    assert due(siesta, at(KOLKATA, "2026-02-03T23:00")).why is None


def test_a_digest_in_quiet_hours_comes_when_they_end():
    timing = Timing("daily", time(6), zone=BERLIN, quiet=(time(22), time(7)))
    assert due(timing, at(BERLIN, "2026-02-03T12:00")) == Appointment(at(BERLIN, "2026-02-04T07:00"), Why.DIGEST)


def test_one_hold_may_end_in_the_next():
    timing = Timing(zone=BERLIN, quiet=(time(22), time(7)), muted_until=at(BERLIN, "2026-02-05T23:30"))
    assert due(timing, at(BERLIN, "2026-02-03T12:00")) == Appointment(at(BERLIN, "2026-02-06T07:00"), Why.MUTED)


def test_a_vacation_holds_from_its_first_day_to_its_last():
    away = Timing(away_from=at("UTC", "2026-02-10T00:00"), away_until=at("UTC", "2026-02-20T00:00"))
    assert due(away, at("UTC", "2026-02-09T23:59")).why is None
    assert due(away, at("UTC", "2026-02-10T00:00")) == Appointment(at("UTC", "2026-02-20T00:00"), Why.AWAY)
    begun = Timing(away_until=away.away_until)
    assert due(begun, at("UTC", "2026-02-01T00:00")).why == Why.AWAY


def test_what_is_loud_waits_for_no_digest_and_no_quiet_hours_where_that_is_wanted():
    night = at(BERLIN, "2026-02-04T03:00")
    for schedule in ("immediate", "daily"):
        urgent = Timing(schedule, zone=BERLIN, urgent=True, quiet=(time(22), time(7)))
        assert due(urgent, night, loud=True).at == night
        assert due(urgent, night).at > night
    assert due(Timing(urgent=True, muted_until=night + timedelta(hours=1)), night, loud=True).why == Why.MUTED


def test_what_changed_while_an_alert_waited_counts_at_once():
    since, now = at(BERLIN, "2026-02-03T12:00"), at(BERLIN, "2026-02-03T23:00")
    assert due(Timing("weekly", time(8), zone=BERLIN), since, now).at > now
    assert due(Timing(zone=BERLIN), since, now).at <= now, "each at once, since the schedule was changed"
    assert due(NIGHT, since, now).at == at(BERLIN, "2026-02-04T07:00"), "overdue, and nobody is woken for it"


def test_a_zone_that_nobody_knows_counts_as_utc():
    assert next_digest(Timing("daily", zone="Mars/Olympus"), at("UTC", "2026-02-03T07:00")).hour == 8


seconds_of_a_year = st.floats(0, 365 * 86_400, allow_nan=False)
moments = seconds_of_a_year.map(lambda seconds: at("UTC", "2026-01-01T00:00") + timedelta(seconds=seconds))
timings = st.builds(
    Timing,
    schedule=st.sampled_from(["immediate", "hourly", "daily", "weekly"]),
    at=st.times(),
    weekday=st.integers(1, 7),
    zone=st.sampled_from(ZONES),
    urgent=st.booleans(),
    quiet=st.none() | st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] != pair[1]),
    muted_until=st.none() | moments,
)


@given(timing=timings, since=moments, loud=st.booleans())
def test_every_alert_is_due_some_time_and_nobody_is_disturbed_then(timing, since, loud):
    found = appointment(timing, since, since, loud=loud)
    assert found.at >= since
    assert (found.at == since) == (found.why is None) or found.why == Why.DIGEST
    assert appointment(timing, since, found.at, loud=loud).at <= found.at, "when it is due, it is due"
    if timing.muted_until is not None:
        assert found.at >= min(timing.muted_until, found.at)
        assert not (since < timing.muted_until and found.at < timing.muted_until)

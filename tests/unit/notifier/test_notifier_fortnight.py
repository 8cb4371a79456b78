"""Fortnights over a change of the clocks: every alert is told at once or in exactly one digest, at a time that is fit.

The plan and the gathering are the notifier's own; what they write down is kept here in place of the ledger.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.domain.alert import Alert
from services.notifier.domain.gathering import Waiting, WaitingAlert, due_of, gather
from services.notifier.domain.parcel import Reason, Subscription, Wishes
from services.notifier.domain.plan import is_wanted, may_burst, planned
from services.notifier.domain.standing import Lane
from shared.contracts.timing import Timing
from tests.unit.notifier.notifier_values import an_alert, an_id

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
# Fortnights in which the clocks change in Berlin, in New York, or (the last) in both.
BEGINNINGS = tuple(
    datetime.fromisoformat(day).replace(tzinfo=UTC) for day in ("2026-03-22", "2026-03-01", "2026-10-20")
)
DAYS = 14
WINDOW = timedelta(minutes=10)
MOST_AT_ONCE = 3
RULE = an_id(11)


@dataclass
class House:
    """Notifiers that share what is written down."""

    reader: Subscription
    waiting: list[WaitingAlert] = field(default_factory=list)
    told: list[tuple[datetime, list[UUID], str]] = field(default_factory=list)

    def hear(self, alert: Alert, now: datetime) -> None:
        if not is_wanted(alert, self.reader):
            return
        reasons = [Reason(alert, self.reader)]
        plan = planned(reasons, now, self._had_enough(now) & may_burst(reasons, now, ()))
        for delivery in plan.deliveries:
            self.told.append((now, [delivery.alert_id], "alert"))
        for each in plan.waiting:
            kind = Waiting(self.reader.lane, RULE, alert.severity, alert.article.language, each.why, now)
            self.waiting.append(WaitingAlert(alert, each.subscription_id, kind))

    def gather(self, now: datetime) -> None:
        heard = frozenset(alert_id for _, ids, _ in self.told for alert_id in ids)
        found = gather(self.waiting, [self.reader], heard, now, WINDOW)
        if found.told:
            ids = [each.alert.alert_id for each, _ in found.told]
            self.told.append((now, ids, "digest"))
        gone = {each.alert.alert_id for each, _ in found.told} | {each.alert.alert_id for each in found.ended}
        self.waiting = [each for each in self.waiting if each.alert.alert_id not in gone]

    def next_due(self, now: datetime) -> datetime | None:
        dues = due_of([each.waiting for each in self.waiting], [self.reader], now, WINDOW)
        return min((due.at for _, due in dues if due is not None), default=None)

    def until(self, moment: datetime, now: datetime) -> None:
        """Gather at each due moment before this one, as the clockwork does."""
        while (due := self.next_due(now)) is not None and due < moment:
            now = max(now, due)
            self.gather(now)

    def _had_enough(self, now: datetime) -> frozenset[Lane]:
        lately = sum(at > now - WINDOW for at, _, _ in self.told)
        bundled = any(each.waiting.why == "burst" for each in self.waiting)
        return frozenset([self.reader.lane]) if lately >= MOST_AT_ONCE or bundled else frozenset()


def a_reader(timing: Timing, **wishes: object) -> Subscription:
    return Subscription(an_id(20), RULE, "mailto", "asha@desk.example", Wishes(timing=timing, **wishes))


def alerts_at(beginning: datetime, raised: list[tuple[float, str]]) -> list[Alert]:
    return [
        an_alert(alert_id=an_id(1000 + number), severity=severity, raised_at=beginning + timedelta(seconds=seconds))
        for number, (seconds, severity) in enumerate(sorted(raised))
    ]


def lived(house: House, alerts: list[Alert], changes: list[tuple[datetime, Timing]]) -> None:
    """Let alerts come and the reader change their mind, in order of time; then let all that waits fall due."""
    now = alerts[0].raised_at if alerts else BEGINNINGS[0]
    events: list[tuple[datetime, Alert | Timing]] = [(alert.raised_at, alert) for alert in alerts]
    for moment, event in sorted(events + list(changes), key=lambda each: each[0]):
        house.until(moment, now)
        now = moment
        if isinstance(event, Timing):
            house.reader = replace(house.reader, wishes=replace(house.reader.wishes, timing=event))
        else:
            house.hear(event, now)
        house.gather(now)
    house.until(now + timedelta(days=60), now)


clocks = st.times(max_value=time(23, 59)).map(lambda each: each.replace(second=0, microsecond=0))
timings = st.builds(
    Timing,
    schedule=st.sampled_from(["immediate", "hourly", "daily", "weekly"]),
    at=clocks,
    weekday=st.integers(1, 7),
    zone=st.sampled_from(ZONES),
    urgent=st.booleans(),
    quiet=st.none() | st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]),
)
raisings = st.lists(
    st.tuples(st.floats(0, DAYS * 86_400, allow_nan=False), st.sampled_from(["low", "normal", "high"])), max_size=40
)
minds = st.lists(st.tuples(st.floats(0, DAYS * 86_400, allow_nan=False), timings), max_size=3)


@given(beginning=st.sampled_from(BEGINNINGS), timing=timings, raised=raisings, changed=minds)
@settings(max_examples=150, deadline=None)
def test_every_alert_is_sent_at_once_or_in_exactly_one_digest(beginning, timing, raised, changed):
    house, alerts = House(a_reader(timing)), alerts_at(beginning, raised)
    lived(house, alerts, [(beginning + timedelta(seconds=seconds), new) for seconds, new in changed])
    told = Counter(alert_id for _, ids, _ in house.told for alert_id in ids)
    assert told == Counter(alert.alert_id for alert in alerts)
    assert house.waiting == []


@given(beginning=st.sampled_from(BEGINNINGS), timing=timings, raised=raisings)
@settings(max_examples=100, deadline=None)
def test_nobody_is_woken_in_their_quiet_hours_but_by_what_is_urgent(beginning, timing, raised):
    house, alerts = House(a_reader(timing)), alerts_at(beginning, raised)
    lived(house, alerts, [])
    loud = {alert.alert_id for alert in alerts if alert.severity == "high" and timing.urgent}
    for moment, ids, _ in house.told:
        assert loud & set(ids) or not in_quiet_hours(timing, moment), moment


def in_quiet_hours(timing: Timing, moment: datetime) -> bool:
    """By the clock on the wall alone; nights in which it is changed have no say here."""
    if timing.quiet is None:
        return False
    there = moment.astimezone(ZoneInfo(timing.zone))
    if (
        there.utcoffset() != (there + timedelta(days=1)).utcoffset()
        or there.utcoffset() != (there - timedelta(days=1)).utcoffset()
    ):
        return False
    start, end = timing.quiet
    clock = there.time()
    return start <= clock < end if start < end else clock >= start or clock < end


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=lambda day: f"{day:%d %b}")
@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_reader_has_one_message_a_day_at_eight_by_their_own_clock(zone, beginning):
    house = House(a_reader(Timing("daily", time(8), zone=zone)))
    hourly = [(hour * 3600.0 + 60, "normal") for hour in range(DAYS * 24)]
    lived(house, alerts_at(beginning, hourly), [])
    moments = [moment.astimezone(ZoneInfo(zone)) for moment, _, _ in house.told]
    assert {(moment.hour, moment.minute) for moment in moments} == {(8, 0)}
    days = [moment.date() for moment in moments]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert len(days) in (DAYS, DAYS + 1)


@pytest.mark.parametrize("zone", ZONES)
def test_a_sleeper_has_the_nights_alerts_as_one_message_in_the_morning(zone):
    house = House(a_reader(Timing(zone=zone, quiet=(time(22), time(7)))))
    hourly = [(hour * 3600.0 + 60, "normal") for hour in range(DAYS * 24)]
    lived(house, alerts_at(BEGINNINGS[2], hourly), [])
    mornings = [(moment, ids) for moment, ids, kind in house.told if kind == "digest"]
    assert {moment.astimezone(ZoneInfo(zone)).time() for moment, _ in mornings} == {time(7)}
    sizes = Counter(len(ids) for _, ids in mornings[1:-1])
    expected = {9, 10} if zone != "Asia/Kolkata" else {9}
    assert set(sizes) == expected, "the night in which the clocks go back has an hour more"


def test_a_burst_is_told_as_ten_and_a_bundle():
    house = House(a_reader(Timing()))
    flood = [(number * 10.0, "normal") for number in range(30)]
    lived(house, alerts_at(BEGINNINGS[0], flood), [])
    kinds = [(kind, len(ids)) for _, ids, kind in house.told]
    assert kinds == [("alert", 1)] * MOST_AT_ONCE + [("digest", 30 - MOST_AT_ONCE)]
    assert house.told[-1][0] == BEGINNINGS[0] + timedelta(seconds=MOST_AT_ONCE * 10) + WINDOW


def test_what_is_loud_is_never_bundled():
    house = House(a_reader(Timing()))
    flood = [(number * 10.0, "high" if number % 10 == 9 else "normal") for number in range(30)]
    lived(house, alerts_at(BEGINNINGS[0], flood), [])
    loud = [(moment - BEGINNINGS[0]).total_seconds() for moment, ids, kind in house.told if kind == "alert"]
    assert loud[MOST_AT_ONCE:] == [90.0, 190.0, 290.0]

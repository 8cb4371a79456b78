"""Sessions as a machine of states: whatever happens in whatever order, who is in is exactly who should be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from services.desk.domain.sessions import Device, Session, SessionLimits

LIMITS = SessionLimits(idle=timedelta(hours=12), most=timedelta(days=7))
MORNING = datetime(2026, 11, 22, 6, tzinfo=UTC)
DEVICE = Device("", "")
MINUTE = timedelta(minutes=1)


def a_session(number: int, now: datetime) -> Session:
    return Session(UUID(int=number), UUID(int=0), str(number), now, now, DEVICE)


class Sessions(RuleBasedStateMachine):
    """A browser's sessions against a plain memory of when each was begun and last used."""

    begun = Bundle("begun")

    def __init__(self) -> None:
        super().__init__()
        self.now = MORNING
        self.kept: dict[int, Session] = {}
        self.memory: dict[int, tuple[datetime, datetime]] = {}

    @rule(target=begun)
    def sign_in(self) -> int:
        number = len(self.memory) + 1
        self.kept[number] = a_session(number, self.now)
        self.memory[number] = (self.now, self.now)
        return number

    @rule(passed=st.timedeltas(min_value=timedelta(), max_value=timedelta(days=2)))
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(number=begun)
    def is_used(self, number: int) -> None:
        session = self.kept[number]
        if session.is_live(self.now, LIMITS):
            self.kept[number] = session.seen(self.now, LIMITS)
            self.memory[number] = (self.memory[number][0], self.now)

    @invariant()
    def nobody_is_in_for_longer_than_the_limits(self) -> None:
        for number, session in self.kept.items():
            if session.is_live(self.now, LIMITS):
                began, used = self.memory[number]
                assert self.now - began < LIMITS.most
                assert self.now - used < LIMITS.idle

    @invariant()
    def nobody_is_put_out_early_by_more_than_the_minute_in_which_a_visit_is_not_noted(self) -> None:
        for number, session in self.kept.items():
            began, used = self.memory[number]
            if self.now - began < LIMITS.most and self.now - used < LIMITS.idle - MINUTE:
                assert session.is_live(self.now, LIMITS)

    @invariant()
    def the_end_that_is_shown_is_the_end_that_comes(self) -> None:
        for session in self.kept.values():
            assert session.is_live(self.now, LIMITS) == (self.now < session.ends_at(LIMITS))


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_being_seen_again_within_a_minute_is_not_written_down():
    session = a_session(1, MORNING)
    assert session.seen(MORNING + timedelta(seconds=59), LIMITS) is session
    assert session.seen(MORNING + MINUTE, LIMITS).seen_at == MORNING + MINUTE


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "Another program"),
        ("", "Another program"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str):
    assert Device.told(agent, "127.0.0.1").words == words


def test_what_a_browser_calls_itself_is_cut_to_fit_and_cleaned():
    told = Device.told("a\x00b\n" + "x" * 1000, "127.0.0.1")
    assert "\x00" not in told.user_agent
    assert "\n" not in told.user_agent
    assert len(told.user_agent) <= 300

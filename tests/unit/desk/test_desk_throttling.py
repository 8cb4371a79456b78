"""Slowing down guesses, as a machine of states: what a guesser can win is bounded, whatever they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.desk.domain.throttling import PATIENCE, Patience, Tries, counted, keys, taken_back, wait

MORNING = datetime(2026, 11, 22, 6, tzinfo=UTC)
NOTHING = timedelta()
pauses = st.timedeltas(min_value=NOTHING, max_value=timedelta(minutes=20))


class Guessing(RuleBasedStateMachine):
    """Somebody guesses as they like; each guess that was not made to wait is counted."""

    @initialize(patience=st.sampled_from(list(PATIENCE.values())))
    def begin(self, patience: Patience) -> None:
        self.patience = patience
        self.now = MORNING
        self.tries = Tries()
        self.made: list[datetime] = []

    @rule(pause=pauses)
    def time_passes(self, pause: timedelta) -> None:
        self.now += pause

    @rule(times=st.integers(1, 60))
    def guesses(self, times: int) -> None:
        for _ in range(times):
            if wait(self.tries, self.now, self.patience) == NOTHING:
                self.tries = counted(self.tries, self.now, self.patience)
                self.made.append(self.now)

    @rule()
    def waits_as_told(self) -> None:
        self.now += wait(self.tries, self.now, self.patience)
        assert wait(self.tries, self.now, self.patience) == NOTHING

    @rule()
    def a_right_one_is_taken_back(self) -> None:
        before = wait(self.tries, self.now, self.patience)
        self.tries = taken_back(self.tries)
        self.made = []  # whoever knows the password guesses no more: counting begins anew
        assert wait(self.tries, self.now, self.patience) <= before

    @invariant()
    def a_wait_is_never_longer_than_its_longest(self) -> None:
        assert NOTHING <= wait(self.tries, self.now, self.patience) <= self.patience.longest

    @invariant()
    def beyond_the_free_ones_guesses_are_as_rare_as_their_waits(self) -> None:
        free, first = self.patience.free, self.patience.first
        for earlier, later in zip(self.made[free - 1 :], self.made[free:], strict=False):
            assert later - earlier >= first


TestGuessing = Guessing.TestCase
TestGuessing.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_a_guesser_who_never_rests_gets_few_tries_in_a_day():
    tries, now, made = Tries(), MORNING, 0
    patience = PATIENCE["pair"]
    while now - MORNING < timedelta(days=1):
        tries, made = counted(tries, now, patience), made + 1
        now += wait(tries, now, patience)
    assert made < 110


def test_a_quiet_time_forgets():
    patience = PATIENCE["pair"]
    tries = Tries(50, MORNING)
    assert wait(tries, MORNING + patience.forgotten, patience) == NOTHING
    assert counted(tries, MORNING + patience.forgotten, patience).count == 1


@given(st.integers(0, 10**6))
def test_any_count_has_a_wait(count: int):
    assert wait(Tries(count, MORNING), MORNING, PATIENCE["address"]) <= PATIENCE["address"].longest


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),  # 64 bits belong to one customer
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("198.51.100.7", "::ffff:198.51.100.7", True),
        ("198.51.100.7", "198.51.100.8", False),
        ("nonsense", "", True),
    ],
)
def test_addresses_of_one_customer_count_as_one(one: str, other: str, same: bool):
    assert (keys("a", one) == keys("a", other)) is same

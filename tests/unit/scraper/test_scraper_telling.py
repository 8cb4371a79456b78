"""When operators are told of a trouble, and when that it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.scraper.domain.judgement import FINE, Judgement
from services.scraper.domain.source import SourceState
from services.scraper.domain.telling import (
    Began,
    Over,
    Standing,
    Trouble,
    follow,
    spoken,
    told_of_source,
    told_of_source_set_aside,
    worth_telling,
)

NOW = datetime(2025, 12, 5, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NO_ANSWER = {SourceState.FAILING, SourceState.THROTTLED}
PROMPT = [
    SourceState.NOT_A_FEED,
    SourceState.BLOCKED,
    SourceState.GONE,
    SourceState.ROBOTS,
    SourceState.OTHER_LANGUAGE,
    SourceState.REFUSED,
]
SLOW = [SourceState.EMPTY, SourceState.SILENT, SourceState.MOVED]


def after(*looks: tuple[SourceState, timedelta]) -> list[Began | Over]:
    """What operators are told while a source that was fine is looked at; each look comes so long after the last."""
    standing, now, told = Standing(SourceState.FINE, NOW - HOUR), NOW, []
    for state, later in looks:
        now += later
        standing, tidings = follow(standing, state, now)
        told += [tidings] if tidings else []
    return told


@pytest.mark.parametrize("state", sorted(NO_ANSWER))
def test_a_hiccup_is_told_to_nobody(state):
    assert not worth_telling(state, NOW - 14 * MINUTE, 9, NOW)
    assert not worth_telling(state, NOW - HOUR, 2, NOW)
    assert worth_telling(state, NOW - 15 * MINUTE, 3, NOW)
    assert after((state, MINUTE), (state, MINUTE), (SourceState.FINE, MINUTE)) == []


@pytest.mark.parametrize("state", PROMPT)
def test_what_somebody_must_mend_is_told_at_the_second_look(state):
    [told] = after((state, MINUTE), (state, MINUTE), (state, MINUTE))
    assert told == Began(Trouble(state, NOW + MINUTE))
    assert after((state, MINUTE), (SourceState.FINE, MINUTE), (state, MINUTE)) == []


@pytest.mark.parametrize("state", SLOW)
def test_what_may_pass_is_told_once_it_has_held_for_an_hour(state):
    assert after((state, MINUTE), (state, 59 * MINUTE)) == []
    assert len(after((state, MINUTE), (state, 60 * MINUTE), (state, 60 * MINUTE))) == 1


def test_a_server_that_fails_in_two_ways_is_in_one_trouble():
    ways = [(SourceState.FAILING, 5 * MINUTE), (SourceState.THROTTLED, 5 * MINUTE)] * 4
    [told] = after(*ways)
    assert told.trouble.since == NOW + 5 * MINUTE


def test_that_it_is_over_is_told_once_to_those_who_were_told_of_the_trouble():
    blocked = [(SourceState.BLOCKED, MINUTE)] * 2
    began, over = after(*blocked, (SourceState.FINE, HOUR), (SourceState.FINE, HOUR))
    assert over == Over(began.trouble)


def test_another_trouble_is_told_in_the_first_ones_place_once_it_has_settled():
    blocked, gone = [(SourceState.BLOCKED, MINUTE)] * 2, (SourceState.GONE, 31 * MINUTE)
    assert len(after(*blocked, gone, gone)) == 1
    first, second, over = after(*blocked, gone, gone, gone, (SourceState.FINE, MINUTE))
    assert (first.trouble.state, second.trouble.state) == (SourceState.BLOCKED, SourceState.GONE)
    assert over == Over(second.trouble)


def test_the_same_tidings_are_the_same_event_and_the_end_is_another():
    trouble = Trouble(SourceState.BLOCKED, NOW)
    said = Judgement(SourceState.BLOCKED, "The server answered 403.", "Ask.")
    began = told_of_source("News", Began(trouble), said, NOW + HOUR)
    again = told_of_source("News", Began(trouble), said, NOW + 2 * HOUR)
    over = told_of_source("News", Over(trouble), FINE, NOW + 3 * HOUR)
    aside = told_of_source_set_aside("News", trouble, NOW + 3 * HOUR)
    assert began.event_id == again.event_id != over.event_id == aside.event_id
    assert began.correlation_id == over.correlation_id
    assert (began.kind, began.about, began.state, began.since, began.over) == ("source", "News", "blocked", NOW, False)
    assert (began.sentence, began.mend) == (said.sentence, said.mend)
    assert (over.state, over.since, over.over) == ("fine", NOW, True)
    assert over.sentence == "It gives news again; it was blocked for 3 hours."


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(0), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=9), "9 days"),
    ],
)
def test_a_duration_is_spoken_as_exactly_as_it_matters(duration, words):
    assert spoken(duration) == words


class SourceInChangingTrouble(RuleBasedStateMachine):
    """One source, looked at in any states after any waits; an operator who remembers what was told."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.standing = Standing(SourceState.NEW, NOW)
        self.known: Trouble | None = None
        self.all_told: list[Trouble] = []

    @rule(state=st.sampled_from([s for s in SourceState if s is not SourceState.NEW]), wait=st.integers(1, 90))
    def is_looked_at(self, state, wait):
        before = self.standing
        self.now += wait * MINUTE
        self.standing, tidings = follow(before, state, self.now)
        match tidings:
            case Began(trouble):
                assert state is not SourceState.FINE
                assert trouble not in self.all_told, "every trouble is told once"
                assert worth_telling(state, trouble.since, self.standing.failures, self.now)
                self.known = trouble
                self.all_told.append(trouble)
            case Over(trouble):
                assert state is SourceState.FINE
                assert trouble == self.known, "only what was told is over, and only once"
                self.known = None

    @rule(state=st.sampled_from([*PROMPT, *SLOW, *NO_ANSWER]))
    def stays_in_trouble(self, state):
        for _ in range(4):
            self.is_looked_at(state, 60)
        assert self.known is not None, "a trouble that lasts is told"
        family = NO_ANSWER if state in NO_ANSWER else {state}
        assert self.known.state in family, "and told as what it is"

    @invariant()
    def remembers_what_the_operator_knows(self):
        assert self.standing.told == self.known

    @invariant()
    def says_nothing_of_a_trouble_while_it_is_fine(self):
        assert self.standing.state is not SourceState.FINE or self.known is None


TestSourceInChangingTrouble = SourceInChangingTrouble.TestCase

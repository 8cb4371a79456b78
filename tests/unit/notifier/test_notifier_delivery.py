"""How a delivery fares: what an answer means, how long we wait, and which steps the ledger's line can take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.notifier.domain.delivery import (
    GIVEN_UP,
    JITTER_SHARE,
    MOST_RETRY_AFTER_SECONDS,
    WAITING,
    Delivered,
    Fault,
    Line,
    Refused,
    Rejected,
    State,
    Unknown,
    WrongTurn,
    cancel,
    claim,
    hold,
    next_step,
    outcome_of_status,
    release,
    replay,
    settle,
    wait_before_retry,
)
from shared.kit.settings import Settings

WAITS = (5.0, 30.0, 300.0)
REFUSED = Refused("503")
UNKNOWN = Unknown("no answer")


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_2xx_means_delivered(status):
    assert outcome_of_status(status, "ok") == Delivered("ok")


@given(status=st.integers(100, 599).filter(lambda status: not 200 <= status < 300 and status != 410))
def test_any_other_answer_may_change_and_is_tried_again(status):
    outcome = outcome_of_status(status, "later", 7, "said")
    assert isinstance(outcome, Refused)
    assert (outcome.sentence, outcome.retry_after_seconds, outcome.answer) == ("later", 7, "said")


@pytest.mark.parametrize(
    ("status", "retry_after", "fault"),
    [
        (500, None, Fault.TROUBLE),
        (503, None, Fault.TROUBLE),
        (503, 30, Fault.BUSY),
        (408, None, Fault.BUSY),
        (425, None, Fault.BUSY),
        (429, None, Fault.BUSY),
        (301, None, Fault.ADDRESS),
        (401, None, Fault.ADDRESS),
        (403, None, Fault.ADDRESS),
        (404, None, Fault.ADDRESS),
        (400, None, Fault.MESSAGE),
        (413, None, Fault.MESSAGE),
        (422, None, Fault.MESSAGE),
    ],
)
def test_a_4xx_is_told_apart_from_a_5xx(status, retry_after, fault):
    outcome = outcome_of_status(status, "no", retry_after)
    assert isinstance(outcome, Refused)
    assert outcome.fault is fault


def test_a_message_that_is_refused_for_its_own_sake_is_tried_for_minutes_only():
    refused = outcome_of_status(422, "no such field")
    waits = (1.0,) * 10
    assert [wait_before_retry(tries, refused, waits, 0.5) for tries in range(1, 6)] == [1.0, 1.0, 1.0, None, None]


def test_a_receiver_that_is_gone_is_gone_for_ever():
    assert outcome_of_status(410, "never") == Rejected("never")


@pytest.mark.parametrize(("attempts", "wait"), [(1, 5.0), (2, 30.0), (3, 300.0), (4, None)])
def test_each_attempt_waits_longer_and_after_the_last_wait_there_is_no_other(attempts, wait):
    assert wait_before_retry(attempts, REFUSED, WAITS, 0.5) == wait
    assert wait_before_retry(attempts, UNKNOWN, WAITS, 0.5) == wait


def test_a_replay_has_a_whole_round_of_waits_before_it():
    line = replay(Line(State.FAILED, attempts=4))
    waits = []
    while line.state is State.RETRY:
        line = settle(claim(line), REFUSED, WAITS, 0.5)
        waits.append(line.wait_seconds)
    assert waits == [5.0, 30.0, 300.0, 0.0]
    assert (line.state, line.attempts) == (State.FAILED, 8)


def test_the_waits_that_ship_go_on_for_a_day_from_seconds_over_minutes_to_hours():
    waits = Settings.model_fields["delivery_waits_seconds"].default
    assert waits[0] < 10
    assert list(waits) == sorted(waits)
    assert 24 * 3600 <= sum(waits) < 25 * 3600


def test_what_is_held_goes_on_where_it_was_and_in_a_new_round():
    assert release(hold(Line())) == Line()
    tired = Line(State.RETRY, attempts=3, reason="503")
    assert hold(tired).state is State.HELD
    assert release(hold(tired)) == Line(State.RETRY, attempts=3, reason="503", earlier=3)


def test_on_a_channel_that_is_disabled_nothing_that_may_arrive_is_given_up():
    last = Line(State.SENDING, attempts=len(WAITS) + 1)
    assert settle(last, REFUSED, WAITS, 0.5).state is State.FAILED
    assert settle(last, REFUSED, WAITS, 0.5, disabled=True).state is State.HELD
    assert settle(last, UNKNOWN, WAITS, 0.5, disabled=True).state is State.HELD
    assert settle(last, Rejected("410"), WAITS, 0.5, disabled=True).state is State.FAILED


def test_without_any_waits_the_first_failure_is_the_last():
    assert wait_before_retry(1, REFUSED, (), 0.5) is None


def test_nothing_is_tried_again_after_it_was_taken_or_rejected():
    assert wait_before_retry(1, Delivered("ok"), WAITS, 0.5) is None
    assert wait_before_retry(1, Rejected("gone"), WAITS, 0.5) is None


def test_a_retry_after_that_asks_for_more_than_our_wait_is_honoured():
    assert wait_before_retry(1, Refused("slow down", 120), WAITS, 1.0) == 120


def test_a_retry_after_that_asks_for_less_does_not_make_us_hammer():
    assert wait_before_retry(1, Refused("slow down", 0), WAITS, 0.5) == 5.0


def test_a_retry_after_of_years_is_capped():
    assert wait_before_retry(1, Refused("go away", 10**9), WAITS, 0.5) == MOST_RETRY_AFTER_SECONDS


def test_a_retry_after_on_the_last_attempt_begins_no_new_round():
    assert wait_before_retry(len(WAITS) + 1, Refused("slow down", 60), WAITS, 0.5) is None


@given(attempts=st.integers(1, 40), jitter=st.floats(0, 1), waits=st.lists(st.floats(0, 1e5), max_size=8))
def test_a_wait_stays_within_a_fifth_of_its_schedule(attempts, jitter, waits):
    wait = wait_before_retry(attempts, REFUSED, waits, jitter)
    scheduled = [*waits, *[None] * attempts][attempts - 1]
    assert (wait is None) == (scheduled is None)
    if wait is not None:
        assert scheduled * (1 - JITTER_SHARE) - 1e-6 <= wait <= scheduled * (1 + JITTER_SHARE) + 1e-6


def test_a_delivery_that_arrives_is_sent_and_its_old_trouble_forgotten():
    line = settle(claim(Line(State.RETRY, attempts=2, reason="503")), Delivered("200"), WAITS, 0.5)
    assert line == Line(State.SENT, attempts=3)


def test_an_unknown_outcome_is_counted_and_sent_again():
    line = settle(claim(Line()), UNKNOWN, WAITS, 0.5)
    assert line == Line(State.RETRY, attempts=1, unknowns=1, wait_seconds=5.0, reason="no answer")


def test_a_delivery_whose_last_attempt_nobody_knows_of_ends_as_unknown():
    assert settle(Line(State.SENDING, attempts=4), UNKNOWN, WAITS, 0.5).state is State.UNKNOWN


def test_a_delivery_whose_last_attempt_was_refused_ends_as_failed():
    assert settle(Line(State.SENDING, attempts=4), REFUSED, WAITS, 0.5).state is State.FAILED


def test_a_delivery_whose_sender_died_is_claimed_again_at_once_and_counted():
    line = next_step(Line(State.SENDING, attempts=1), WAITS, wanted=True)
    assert (line.state, line.attempts, line.unknowns) == (State.SENDING, 2, 1)


def test_a_delivery_that_kills_its_senders_is_given_up_after_its_round():
    line, claims = Line(), 0
    while line.state not in GIVEN_UP:
        line, claims = next_step(line, WAITS, wanted=True), claims + 1
    assert (line.state, line.attempts, line.unknowns) == (State.UNKNOWN, len(WAITS) + 1, len(WAITS) + 1)


def test_a_delivery_that_nobody_wants_any_more_is_cancelled():
    assert next_step(Line(), WAITS, wanted=False).state is State.CANCELLED
    died = next_step(Line(State.SENDING, attempts=1), WAITS, wanted=False)
    assert (died.state, died.unknowns) == (State.CANCELLED, 1)


@pytest.mark.parametrize("ended", [State.SENT, State.FAILED, State.UNKNOWN, State.CANCELLED])
def test_a_delivery_that_has_ended_is_not_sent_again(ended):
    for step in (claim, cancel):
        with pytest.raises(WrongTurn, match=ended):
            step(Line(ended))
    with pytest.raises(WrongTurn):
        settle(Line(ended), Delivered("ok"), WAITS, 0.5)


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.FAILED, State.UNKNOWN, State.CANCELLED])
def test_only_what_waits_is_held_and_only_what_is_held_released(state):
    for step in (hold, release):
        with pytest.raises(WrongTurn, match=state):
            step(Line(state))


@pytest.mark.parametrize("state", [State.PENDING, State.RETRY, State.SENDING, State.HELD, State.SENT, State.CANCELLED])
def test_only_what_was_given_up_is_replayed(state):
    with pytest.raises(WrongTurn, match=state):
        replay(Line(state))


class DeliveryThroughFaults(RuleBasedStateMachine):
    """One delivery, a receiver that counts what arrives, and every fault in any order."""

    @initialize(waits=st.lists(st.floats(0, 1000), max_size=4))
    def is_written_into_the_ledger(self, waits):
        self.waits = tuple(waits)
        self.line = Line()
        self.arrivals = 0
        self.lost_sight = 0
        self.tries_in_round = 0
        self.wanted = True

    def _sending(self):
        return self.line.state is State.SENDING

    @precondition(lambda self: self.line.state in WAITING)
    @rule()
    def falls_due(self):
        self.line = next_step(self.line, self.waits, wanted=self.wanted)
        self.tries_in_round += self.line.state is State.SENDING

    @precondition(_sending)
    @rule(jitter=st.floats(0, 1))
    def arrives(self, jitter):
        self.arrivals += 1
        self.line = settle(self.line, Delivered("200"), self.waits, jitter)

    @precondition(_sending)
    @rule(jitter=st.floats(0, 1), asked=st.none() | st.integers(0, 10**9))
    def is_refused(self, jitter, asked):
        self.line = settle(self.line, Refused("503", asked), self.waits, jitter)

    @precondition(_sending)
    @rule()
    def is_rejected(self):
        self.line = settle(self.line, Rejected("410"), self.waits, 0.5)
        assert self.line.state is State.FAILED

    @precondition(_sending)
    @rule(jitter=st.floats(0, 1), arrived=st.booleans())
    def hangs(self, jitter, arrived):
        self.arrivals += arrived
        self.lost_sight += 1
        self.line = settle(self.line, UNKNOWN, self.waits, jitter)

    @precondition(_sending)
    @rule(arrived=st.booleans())
    def sender_dies_and_its_lease_ends(self, arrived):
        self.arrivals += arrived
        self.lost_sight += 1
        self.line = next_step(self.line, self.waits, wanted=self.wanted)
        self.tries_in_round += self.line.state is State.SENDING

    @precondition(_sending)
    @rule()
    def fails_while_its_channel_is_disabled(self):
        self.line = settle(self.line, REFUSED, self.waits, 0.5, disabled=True)
        assert self.line.state is State.HELD

    @precondition(lambda self: self.line.state in WAITING)
    @rule()
    def is_held(self):
        self.line = next_step(self.line, self.waits, wanted=True, held=True)
        assert self.line.state is State.HELD

    @precondition(lambda self: self.line.state is State.HELD)
    @rule()
    def is_released(self):
        self.line = release(self.line)
        self.tries_in_round = 0

    @precondition(lambda self: self.line.state is State.HELD)
    @rule()
    def is_dropped(self):
        self.line = cancel(self.line)

    @rule()
    def subscription_ends(self):
        self.wanted = False

    @precondition(lambda self: self.line.state in GIVEN_UP)
    @rule()
    def is_replayed(self):
        self.line = replay(self.line)
        self.tries_in_round = 0

    @invariant()
    def repeats_only_what_nobody_knew_the_fate_of(self):
        if hasattr(self, "line"):
            assert self.arrivals <= 1 + self.line.unknowns

    @invariant()
    def counts_every_attempt_of_unknown_fate(self):
        if hasattr(self, "line"):
            assert self.line.unknowns == self.lost_sight <= self.line.attempts

    @invariant()
    def tries_at_most_once_more_than_there_are_waits(self):
        if hasattr(self, "line"):
            assert self.tries_in_round <= len(self.waits) + 1

    @invariant()
    def tells_why_it_was_given_up(self):
        if hasattr(self, "line") and self.line.state in GIVEN_UP:
            assert self.line.reason

    @invariant()
    def arrived_if_it_says_so(self):
        if hasattr(self, "line") and self.line.state is State.SENT:
            assert self.arrivals >= 1


TestDeliveryThroughFaults = DeliveryThroughFaults.TestCase

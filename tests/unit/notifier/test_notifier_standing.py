"""How an address stands: when it is disabled, whose failure is whose, and when it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.domain.delivery import (
    MOST_RETRY_AFTER_SECONDS,
    Delivered,
    Fault,
    Refused,
    Rejected,
    Unknown,
    outcome_of_status,
)
from services.notifier.domain.overview import channel_id, shown_lane
from services.notifier.domain.standing import (
    EVERY_ADDRESS,
    FAILING_UNTIL_DISABLED,
    FAILURES_UNTIL_DISABLED,
    MISTAKEN_UNTIL_DISABLED,
    WELL,
    Lane,
    Standing,
    after,
    answerable,
    disable,
    probed,
    recovered,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TROUBLE = Refused("503")
HOOK = Lane("webhook", "https://hooks.example/secret-token")
MAILBOX = Lane("mailto", "officer@desk.example")
MAIL_SERVER = Lane("mailto", EVERY_ADDRESS)


def failing(times: int, over: timedelta, outcome: Refused | Unknown = TROUBLE) -> Standing:
    standing = WELL
    for number in range(times):
        standing = after(standing, outcome, NOW + over * number / max(1, times - 1))
    return standing


def test_an_address_that_fails_often_and_long_is_disabled_and_will_be_probed():
    standing = failing(FAILURES_UNTIL_DISABLED, FAILING_UNTIL_DISABLED)
    assert standing.disabled
    assert standing.probe_at is not None
    assert standing.failing_since == NOW


@pytest.mark.parametrize(
    ("times", "over"),
    [(500, timedelta(minutes=10)), (FAILURES_UNTIL_DISABLED - 1, timedelta(days=2))],
    ids=["an outage of ten minutes", "an alert now and then"],
)
def test_often_alone_or_long_alone_is_not_enough(times, over):
    assert not failing(times, over).disabled


def test_an_address_that_says_it_wants_nothing_is_disabled_sooner():
    refused = outcome_of_status(404, "no such hook")
    assert failing(FAILURES_UNTIL_DISABLED, MISTAKEN_UNTIL_DISABLED, refused).disabled
    assert not failing(FAILURES_UNTIL_DISABLED, MISTAKEN_UNTIL_DISABLED).disabled


def test_one_success_and_all_is_well_again():
    assert after(failing(7, timedelta(hours=9)), Delivered("ok"), NOW) == WELL
    assert after(failing(9, timedelta(hours=9)), Delivered("ok"), NOW) == WELL


def test_what_a_person_disabled_a_success_does_not_enable():
    stopped = disable(WELL, "Asha", "moves house", NOW)
    assert after(stopped, Delivered("ok"), NOW).disabled
    assert stopped.probe_at is None


def test_an_address_that_is_gone_is_disabled_at_once_and_not_probed():
    gone = after(WELL, Rejected("410"), NOW)
    assert gone.disabled
    assert gone.probe_at is None


def test_probes_come_ever_more_rarely_and_never_end():
    standing = failing(FAILURES_UNTIL_DISABLED, FAILING_UNTIL_DISABLED)
    waits = []
    for _ in range(12):
        standing = probed(standing, NOW)
        waits.append(standing.probe_at - NOW)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=2)


def test_an_address_that_asks_for_time_is_left_alone_for_it():
    asked = Refused("429", 120, Fault.BUSY)
    assert after(WELL, asked, NOW).quiet_until == NOW + timedelta(seconds=120)
    forever = after(WELL, Refused("429", 10**9, Fault.BUSY), NOW)
    assert forever.quiet_until == NOW + timedelta(seconds=MOST_RETRY_AFTER_SECONDS)
    assert after(WELL, TROUBLE, NOW).quiet_until is None


def test_a_mail_server_that_is_away_is_no_fault_of_a_mailbox_nor_a_lost_mailbox_one_of_the_server():
    assert answerable(MAILBOX, TROUBLE) == (MAIL_SERVER,)
    assert answerable(MAILBOX, Unknown("broken")) == (MAIL_SERVER,)
    assert answerable(MAILBOX, Rejected("550")) == (MAILBOX,)
    assert answerable(MAILBOX, Delivered("250")) == (MAILBOX, MAIL_SERVER)
    assert answerable(HOOK, TROUBLE) == answerable(HOOK, Delivered("ok")) == (HOOK,)


def test_an_outage_is_over_at_the_first_success_and_a_single_failure_was_none():
    assert recovered(failing(3, timedelta(seconds=40)), WELL)
    assert recovered(after(WELL, Rejected("410"), NOW), WELL)
    assert not recovered(failing(1, timedelta(0)), WELL)
    assert not recovered(failing(3, timedelta(seconds=40)), failing(4, timedelta(seconds=40)))


def test_what_is_shown_of_an_address_names_its_host_and_no_secret():
    assert shown_lane(HOOK) == f"webhook:hooks.example/… #{channel_id(HOOK).hex[:8]}"
    assert shown_lane(MAILBOX).startswith("mailto:o…@desk.example #")
    assert shown_lane(MAIL_SERVER) == "mailto (all of it)"
    assert shown_lane(Lane("telegram", "bot110201543/-1001234567890")).startswith("telegram:bot110201543/…7890 #")
    assert shown_lane(Lane("slack", "hooks.slack.com/0f1e2d3c4b5a")).startswith("slack:hooks.slack.com/…4b5a #")
    assert "12345" not in shown_lane(Lane("telegram", "12345:token"))

"""What waits, gathered for one reader: as they want it now, and never what they were told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.notifier.domain.gathering import Waiting, WaitingAlert, digest_of, due_of, gather
from services.notifier.domain.parcel import Reason, Subscription, Wishes
from services.notifier.domain.quiet import free_from
from services.notifier.domain.sorting import ToldReason, sorted_out
from shared.contracts.timing import Timing
from tests.unit.notifier.notifier_values import MORNING, an_alert, an_id

WINDOW = timedelta(minutes=10)
READER = Subscription(an_id(20), an_id(11), "mailto", "asha@desk.example", Wishes(timing=Timing("daily")))
EIGHT = MORNING.replace(hour=8, minute=0)


def waiting(number: int, *, why: str = "digest", minutes: int = 0, **changed: object) -> WaitingAlert:
    alert = an_alert(alert_id=an_id(100 + number), **changed)
    since = MORNING + timedelta(minutes=minutes)
    kind = Waiting(READER.lane, alert.rule_id, alert.severity, alert.article.language, why, since)
    return WaitingAlert(alert, READER.subscription_id, kind)


def told_ids(found) -> list[int]:
    return [each.alert.alert_id.int for each, _ in found.told]


def test_what_is_due_is_told_and_what_is_not_waits_on():
    found = gather([waiting(1), waiting(2, minutes=120)], [READER], frozenset(), EIGHT, WINDOW)
    assert (told_ids(found), found.ended) == ([101], ())


def test_what_was_told_by_another_message_ends():
    found = gather([waiting(1), waiting(2)], [READER], frozenset([an_id(101)]), EIGHT, WINDOW)
    assert told_ids(found) == [102]
    assert [each.alert.alert_id for each in found.ended] == [an_id(101)]


def test_an_alert_that_waits_by_two_subscriptions_is_told_once():
    twice = [waiting(1), replace(waiting(1), subscription_id=an_id(21))]
    found = gather(twice, [READER, replace(READER, subscription_id=an_id(21))], frozenset(), EIGHT, WINDOW)
    assert told_ids(found) == [101]
    assert len(found.ended) == 1


def test_of_two_ways_to_hear_of_it_the_sooner_counts():
    at_once = replace(READER, subscription_id=an_id(21), wishes=Wishes())
    found = gather([waiting(1)], [READER, at_once], frozenset(), MORNING, WINDOW)
    assert told_ids(found) == [101]


def test_what_waited_by_a_subscription_that_is_muted_is_told_by_the_one_that_lets_it_through():
    muted = replace(READER, wishes=Wishes(timing=Timing(muted_until=MORNING + timedelta(days=2))))
    heard = replace(READER, subscription_id=an_id(21), wishes=Wishes())
    for listeners in ([muted, heard], [heard, muted]):
        ((_, reason),) = gather([waiting(1)], listeners, frozenset(), MORNING, WINDOW).told
        delivery, _ = digest_of(READER.lane, [reason])
        assert delivery.subscription_id == heard.subscription_id
        free = free_from(reason.alert, reason.subscription, MORNING)  # what is asked once more when it is sent
        assert free.at <= MORNING


def test_what_nobody_wants_any_more_ends():
    for nobody in ([], [replace(READER, wishes=Wishes("high"))], [replace(READER, address="other@desk.example")]):
        found = gather([waiting(1)], nobody, frozenset(), MORNING, WINDOW)
        assert (told_ids(found), len(found.ended)) == ([], 1)


def test_a_burst_is_told_together_when_the_first_of_it_is_due():
    reader = replace(READER, wishes=Wishes())
    kinds = [waiting(number, why="burst", minutes=number).waiting for number in range(3)]
    assert {due.at for _, due in due_of(kinds, [reader], MORNING, WINDOW) if due} == {MORNING + WINDOW}


def test_the_same_alerts_make_the_same_digest():
    reasons = [Reason(waiting(number).alert, READER) for number in (1, 2)]
    one, other = digest_of(READER.lane, reasons), digest_of(READER.lane, reasons[::-1])
    assert one == other
    assert (one[0].kind, [extra.place for extra in one[1]]) == ("digest", [1])
    assert digest_of(READER.lane, reasons[:1])[0].kind == "alert"


def test_a_message_keeps_what_is_wanted_and_sets_apart_what_is_stopped():
    reasons = [Reason(an_alert(alert_id=an_id(n), rule_id=an_id(50 + n)), READER) for n in range(4)]
    told = [ToldReason(reasons[0], live=False), *(ToldReason(each, live=True) for each in reasons[1:])]
    found = sorted_out(told, [], {an_id(52)})
    assert found.kept == (reasons[1], reasons[3])
    assert (found.held, found.apart) == (False, ((reasons[2],),))
    all_stopped = sorted_out(told, [], {an_id(51), an_id(52), an_id(53)})
    assert (all_stopped.kept, all_stopped.held) == ((reasons[1],), True)
    assert all_stopped.apart == ((reasons[2],), (reasons[3],))
    assert sorted_out(told[:1], [], ()).kept == ()

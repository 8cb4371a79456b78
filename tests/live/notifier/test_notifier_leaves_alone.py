"""What was held, or failed at first, wakes nobody when it is let go; and comes as one message when it may come."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest

from services.notifier.adapters.work import DatabaseWork
from services.notifier.domain.holding import Scope
from services.notifier.domain.standing import EVERY_ADDRESS, Lane
from services.notifier.use_cases.sending import Sending
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import send_all_due
from tests.live.notifier.edited_articles import TO_BE, a_verdict_of, an_edit_of
from tests.live.notifier.later_house import LaterHouse, MovedClock, at
from tests.live.notifier.webhook_receiver import WebhookReceiver

pytestmark = pytest.mark.live

DELHI = "Asia/Kolkata"
EVENING, NIGHT, MORNING = (at(DELHI, each) for each in ("2026-11-22T21:00", "2026-11-22T23:30", "2026-11-23T07:00"))
QUIET = {"quiet_from": time(22), "quiet_until": time(7), "time_zone": DELHI}


@pytest.fixture
def house(database, web_client) -> LaterHouse:
    return LaterHouse(database, web_client, MovedClock(EVENING), {"delivery_waits_seconds": (0, 3600, 3600)})


@pytest.fixture
def sending(database) -> Sending:
    return Sending(lambda: database.begin(DatabaseWork))


async def asha(database, receiver: WebhookReceiver, **wishes: object):
    """Asha, who sleeps from ten to seven, hears of RELOS."""
    person = await rows.a_person(database, "Asha", **QUIET)
    rule = await rows.a_rule(database)
    return await rows.a_subscription(database, rule, address=receiver.url("/asha"), person_id=person, **wishes)


def told(receiver: WebhookReceiver) -> list[int]:
    """How many alerts each message told."""
    return [json.loads(each.body)["data"].get("count", 1) for each in receiver.at("/asha")]


async def paused(house, sending, count: int = 3) -> None:
    await sending.pause(Scope.ALL, "", reason="a test", by="tester")
    for number in range(count):
        await house.raise_alert(title=f"Article {number}")


@pytest.mark.parametrize("schedule", ["immediate", "hourly"])
async def test_what_a_stop_switch_held_and_lets_go_at_night_comes_in_the_morning_as_one(
    database, house, receiver, sending, schedule
):
    await asha(database, receiver, schedule=schedule, at_time=time(8, 30))
    await paused(house, sending)
    assert await house.gather(EVENING + timedelta(minutes=31)) == (schedule == "hourly")
    await send_all_due(house.notifier)
    house.clock.moment = NIGHT
    await sending.resume(Scope.ALL, "", by="tester")
    await send_all_due(house.notifier)
    assert await house.gather() == 0
    assert told(receiver) == [], "nobody is woken"
    assert len(await rows.waiting(database)) == 3, "and everybody can see what waits"
    assert await house.gather(MORNING) == 1
    await send_all_due(house.notifier)
    assert told(receiver) == [3]


async def test_what_a_disabled_channel_held_waits_for_the_morning_and_is_not_probed_with_at_night(
    database, house, receiver, sending
):
    await asha(database, receiver)
    await house.raise_alert()
    await sending.disable_channel(f"webhook:{receiver.url('/asha')}", by="tester", reason="a test")
    await rows.run(database, "UPDATE channel_states SET disabled_by = '', probe_at = now() - interval '1 minute'")
    house.clock.moment = NIGHT
    await send_all_due(house.notifier)
    assert told(receiver) == []
    house.clock.moment = MORNING
    await send_all_due(house.notifier)
    assert told(receiver) == [1]


async def test_an_attempt_that_failed_in_the_evening_is_not_made_again_at_night(database, house, receiver):
    await asha(database, receiver)
    receiver.scripts["/asha"] = [500, 204]
    await house.raise_alert()
    assert (await house.notifier.dispatch_due()).begun == 1
    house.clock.moment = NIGHT
    await house.notifier.finish(20)
    await rows.due_now(database)
    await send_all_due(house.notifier)
    assert len(receiver.at("/asha")) == 1
    seconds = await rows.seconds_until_next_try(database)
    assert seconds == pytest.approx((MORNING - NIGHT).total_seconds(), abs=60)
    house.clock.moment = MORNING
    await rows.due_now(database)
    await send_all_due(house.notifier)
    first, second = receiver.at("/asha")
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_whoever_mutes_what_is_held_is_not_told_when_it_is_let_go(database, house, receiver, sending):
    subscription = await asha(database, receiver)
    await paused(house, sending)
    until = EVENING + timedelta(days=2)
    await rows.run(
        database,
        "UPDATE subscriptions SET muted_until = :until WHERE subscription_id = :id",
        until=until,
        id=subscription,
    )
    await sending.resume(Scope.ALL, "", by="tester")
    await send_all_due(house.notifier)
    assert told(receiver) == []
    await rows.run(database, "UPDATE subscriptions SET muted_until = NULL")
    assert await house.gather() == 1, "a mute that is taken back counts at once"
    await send_all_due(house.notifier)
    assert told(receiver) == [3]


async def test_what_is_urgent_and_loud_goes_out_at_night(database, house, receiver, sending):
    await asha(database, receiver, urgent=True)
    await sending.pause(Scope.ALL, "", reason="a test", by="tester")
    await rows.run(database, "UPDATE rules SET severity = 'high'")
    await rows.count_a_change(database)
    await house.raise_alert()
    house.clock.moment = NIGHT
    await sending.resume(Scope.ALL, "", by="tester")
    await send_all_due(house.notifier)
    assert told(receiver) == [1]


async def test_what_is_held_is_bundled_where_somebody_says_so(database, house, receiver, sending):
    await asha(database, receiver)
    ravi = await rows.a_rule(database, name="Words", query="agreement")
    await rows.a_subscription(database, ravi, address=receiver.url("/program"))
    await paused(house, sending)
    await send_all_due(house.notifier)
    back = await sending.resume(Scope.ALL, "", by="tester", bundle=True)
    assert back.held == 6
    assert await house.gather() == 1
    await send_all_due(house.notifier)
    assert told(receiver) == [3]
    assert len(receiver.at("/program")) == 3, "programs get each by itself"
    assert await house.gather() == 0


async def test_a_digest_that_was_held_is_bundled_with_what_came_after_it_and_nothing_twice(
    database, house, receiver, sending
):
    await asha(database, receiver, schedule="hourly", at_time=time(8, 30))
    await paused(house, sending, 2)
    assert await house.gather(EVENING + timedelta(minutes=31)) == 1
    await send_all_due(house.notifier)
    await house.raise_alert(title="Late")
    await sending.resume(Scope.ALL, "", by="tester", bundle=True)
    assert await house.gather() == 1
    await send_all_due(house.notifier)
    assert told(receiver) == [2]
    assert await house.gather(MORNING) == 1
    await send_all_due(house.notifier)
    assert told(receiver) == [2, 1]
    ids = [alert["alert_id"] for each in receiver.at("/asha") for alert in _alerts(json.loads(each.body)["data"])]
    assert len(ids) == len(set(ids)) == 3


def _alerts(data: dict) -> list[dict]:
    return data.get("alerts", [data])


async def test_an_article_that_is_edited_while_its_alert_waits_again_is_told_as_it_stands(
    database, house, receiver, sending
):
    await asha(database, receiver)
    await sending.pause(Scope.ALL, "", reason="a test", by="tester")
    event = await rows.a_classified_article(database, verdict=a_verdict_of(rows.SENTENCE))
    await house.notifier.raise_alerts(event)
    house.clock.moment = NIGHT
    await sending.resume(Scope.ALL, "", by="tester")
    await send_all_due(house.notifier)
    edit = await an_edit_of(database, event, TO_BE, a_verdict_of(TO_BE, stage="negotiation"))
    await house.notifier.raise_alerts(edit)
    assert await house.gather(MORNING) == 1
    await send_all_due(house.notifier)
    [message] = receiver.at("/asha")
    assert json.loads(message.body)["data"]["matched"][0]["correction"]["stage"] == "negotiation"


async def test_a_probe_takes_nothing_of_rules_that_are_stopped(database, house, receiver, sending):
    person = await rows.a_person(database)
    names = ("Pacts", "Ports")
    for name in names:
        rule = await rows.a_rule(database, name=name)
        await rows.a_subscription(database, rule, address=receiver.url("/asha"), person_id=person)
        await sending.pause(Scope.RULE, name, reason="a test", by="tester")
    await house.raise_alert()
    now = datetime.now(UTC)
    await rows.run(database, "UPDATE deliveries SET state = 'held'")
    await rows.run(
        database,
        "INSERT INTO channel_states (channel, address, disabled_at, probe_at) VALUES ('webhook', :every, :now, :now)",
        every=EVERY_ADDRESS,
        now=now,
    )
    await send_all_due(house.notifier)
    assert told(receiver) == []


async def test_however_many_nobody_wants_any_more_they_are_ended_at_once(database, house, receiver):
    subscription = await asha(database, receiver, schedule="daily")
    await house.raise_alert()
    lane = Lane("webhook", receiver.url("/asha"))
    async with database.begin(DatabaseWork) as work:
        [one] = await work.waiting_for(lane)
        others = [replace(one, subscription_id=uuid4()) for _ in range(20_000)]
        await work.end_waiting(lane, [*others, one], None, EVENING)
    assert one.subscription_id == subscription
    assert await rows.waiting(database) == []


async def test_a_digest_too_long_for_one_message_comes_in_numbered_parts(database, house, receiver):
    await asha(database, receiver, schedule="daily", at_time=time(8))
    for number in range(5):
        await house.raise_alert(title=f"Article {number}")
    house.gatherer = house.another_gatherer(most=2)
    assert await house.gather(at(DELHI, "2026-11-23T08:00")) == 3
    await send_all_due(house.notifier)
    parts = [json.loads(each.body)["data"] for each in receiver.at("/asha")]
    assert sorted((each["part"], each["parts"]) for each in parts if "part" in each) == [(1, 3), (2, 3)]
    assert sum(told(receiver)) == 5

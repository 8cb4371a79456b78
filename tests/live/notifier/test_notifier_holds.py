"""What is held and goes out later: channels that keep failing, stop switches, receivers that ask for time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.adapters.work import DatabaseWork
from services.notifier.domain.delivery import State
from services.notifier.domain.holding import Scope
from services.notifier.domain.overview import channel_id
from services.notifier.domain.standing import FAILURES_UNTIL_DISABLED
from services.notifier.use_cases.sending import Sending
from shared.contracts.events import TroubleChanged
from shared.kit.errors import WrongInput
from shared.store.alerts import AttemptRow
from shared.store.unit_of_work import Database, Work
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import running, send_all_due
from tests.live.notifier.webhook_receiver import LATE, WebhookReceiver
from tests.waiting import eventually

pytestmark = pytest.mark.live


@pytest.fixture
def sending(database: Database) -> Sending:
    return Sending(lambda: database.begin(DatabaseWork))


@pytest.fixture
async def subscription(database: Database, receiver: WebhookReceiver):
    return await rows.a_subscription(database, await rows.a_rule(database), address=receiver.url("/hook"))


async def raise_alerts(database: Database, notifier, count: int = 1) -> None:
    for _ in range(count):
        await notifier.raise_alerts(await rows.a_classified_article(database))


async def states(database: Database) -> list[str]:
    return sorted(delivery.state for delivery in await rows.deliveries(database))


async def hours_pass(database: Database, hours: float = 5) -> None:
    """Let all that was noted of channels have happened so much earlier, and let every wait be over."""
    await rows.run(
        database,
        "UPDATE channel_states SET failing_since = failing_since - CAST(:span AS interval), "
        "probe_at = probe_at - CAST(:span AS interval), quiet_until = quiet_until - CAST(:span AS interval)",
        span=timedelta(hours=hours),
    )
    await rows.due_now(database)


async def told(database: Database) -> list[TroubleChanged]:
    return await rows.events_of(database, TroubleChanged)


async def fail_until_disabled(database: Database, notifier, receiver: WebhookReceiver) -> None:
    receiver.scripts["/hook"] = [500]
    await raise_alerts(database, notifier)
    for _ in range(FAILURES_UNTIL_DISABLED - 1):
        await send_all_due(notifier)
        await rows.due_now(database)
    await hours_pass(database)
    await send_all_due(notifier)


@pytest.fixture
def patient(make_notifier):
    return make_notifier(delivery_waits_seconds=(3600,) * 20)


async def test_a_channel_that_keeps_failing_is_disabled_and_told_of_and_its_alerts_wait(
    database, patient, receiver, subscription, sending
):
    await fail_until_disabled(database, patient, receiver)
    await raise_alerts(database, patient, 3)
    asked = len(receiver.received)
    await send_all_due(patient)
    assert len(receiver.received) == asked, "nothing more is sent there"
    assert await states(database) == ["held"] * 4

    [trouble] = await told(database)
    assert (trouble.kind, trouble.state, trouble.over) == ("channel", "disabled", False)
    assert "answered 500" in trouble.sentence
    assert "Logistics pact" in trouble.sentence, "whose alerts wait"
    assert "/hook" not in trouble.sentence + trouble.about, "a webhook's path is often its password"
    assert "pactwatch channel enable" in trouble.mend
    [channel] = await sending.channels()
    assert (channel.standing.disabled, channel.held, channel.waiting) == (True, 4, 0)


async def test_a_disabled_channel_that_takes_messages_again_is_found_by_a_probe_and_nothing_is_lost(
    database, patient, receiver, subscription
):
    await fail_until_disabled(database, patient, receiver)
    await raise_alerts(database, patient, 3)
    await send_all_due(patient)
    await hours_pass(database)
    asked = len(receiver.received)
    await send_all_due(patient)
    assert len(receiver.received) == asked + 1, "one probe, and no more"
    assert await states(database) == ["held"] * 4, "a probe that fails wears nothing out"

    receiver.scripts["/hook"] = [204]
    await hours_pass(database)
    await send_all_due(patient)
    assert await states(database) == ["sent"] * 4
    assert [trouble.over for trouble in await told(database)] == [False, True]
    delivered = [request.headers["webhook-id"] for request in receiver.received[asked + 1 :]]
    assert len(delivered) == len(set(delivered)) == 4


async def test_a_channel_that_somebody_enables_gets_what_was_held_at_once(
    database, patient, receiver, subscription, sending
):
    await fail_until_disabled(database, patient, receiver)
    await raise_alerts(database, patient, 2)
    await send_all_due(patient)
    receiver.scripts["/hook"] = [204]
    _, released = await sending.enable_channel(f"webhook:{receiver.url('/hook')}")
    assert released == 3
    assert await send_all_due(patient) == 3
    assert await states(database) == ["sent"] * 3
    with pytest.raises(WrongInput, match="is not disabled"):
        await sending.enable_channel(f"webhook:{receiver.url('/hook')}")


async def test_a_receiver_that_is_gone_is_not_probed_and_what_else_was_for_it_waits_for_a_person(
    database, patient, receiver, subscription, sending
):
    await raise_alerts(database, patient, 1)
    receiver.scripts["/hook"] = [410, 204]
    await send_all_due(patient)
    await raise_alerts(database, patient, 2)
    await send_all_due(patient)
    await hours_pass(database, 500)
    await send_all_due(patient)
    assert await states(database) == ["failed", "held", "held"]
    await sending.enable_channel(f"webhook:{receiver.url('/hook')}")
    assert await sending.replay(None) == 1
    await send_all_due(patient)
    assert await states(database) == ["sent"] * 3


async def test_a_mail_server_that_is_away_is_one_trouble_and_not_one_of_each_mailbox(database, make_notifier):
    notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=1, delivery_waits_seconds=(3600,) * 20)
    rule = await rows.a_rule(database)
    for name in ("anna", "boris", "chitra"):
        await rows.a_subscription(database, rule, channel="mailto", address=f"{name}@desk.example")
    await raise_alerts(database, notifier)
    for _ in range(3):
        await send_all_due(notifier)
        await rows.due_now(database)
    await hours_pass(database)
    await send_all_due(notifier)
    assert await states(database) == ["held"] * 3
    [trouble] = await told(database)
    assert trouble.about == "mailto (all of it)"


async def test_when_an_outage_is_over_nobody_waits_for_their_next_attempt(database, patient, receiver, subscription):
    receiver.scripts["/hook"] = [503]
    await raise_alerts(database, patient, 5)
    await send_all_due(patient)
    assert await states(database) == ["retry"] * 5
    receiver.scripts["/hook"] = [204]
    await raise_alerts(database, patient, 1)
    await send_all_due(patient)
    assert await states(database) == ["sent"] * 6


async def test_a_receiver_that_asks_for_time_is_left_alone_with_all_of_its_alerts(
    database, patient, receiver, subscription
):
    receiver.scripts["/hook"] = [(429, "retry-after: 600"), 204]
    await raise_alerts(database, patient, 1)
    await send_all_due(patient)
    await raise_alerts(database, patient, 3)
    assert await send_all_due(patient) == 0
    assert len(receiver.received) == 1
    await hours_pass(database)
    await send_all_due(patient)
    assert await states(database) == ["sent"] * 4


async def test_an_attempt_keeps_how_long_it_took_and_how_the_answer_began(
    database, patient, receiver, subscription, sending
):
    receiver.scripts["/hook"] = [(500, "x-why: none")]
    await raise_alerts(database, patient)
    await send_all_due(patient)
    async with database.begin(Work) as work:
        attempt = await work.session.get(AttemptRow, ((await rows.the_delivery(database)).delivery_id, 1))
    assert 0 <= attempt.latency_milliseconds < 15_000
    record = await sending.delivery(attempt.delivery_id)
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "refused")]
    [glance] = await sending.deliveries([State.RETRY], "webhook", 10)
    assert glance.delivery_id == attempt.delivery_id
    assert await sending.deliveries([State.SENT], None, 10) == ()


@pytest.mark.parametrize("scope", [Scope.ALL, Scope.RULE, Scope.CHANNEL, Scope.ADDRESS])
async def test_what_is_paused_is_held_shown_and_sent_when_it_goes_on(
    database, patient, receiver, subscription, sending, scope
):
    about = {
        Scope.ALL: "",
        Scope.RULE: "logistics PACT",
        Scope.CHANNEL: "webhook",
        Scope.ADDRESS: f"webhook:{receiver.url('/hook')}",
    }[scope]
    other = await rows.a_rule(database, name="Other", query="sector:defence")
    await rows.a_subscription(database, other, address=receiver.url("/other", host="localhost"))
    await raise_alerts(database, patient)
    paused = await sending.pause(scope, about, reason="an exercise", by="Asha")
    assert paused.held == (1 if scope in (Scope.RULE, Scope.ADDRESS) else 2)
    await raise_alerts(database, patient)
    await send_all_due(patient)
    assert receiver.at("/hook") == []
    assert len(receiver.at("/other")) == (2 if scope in (Scope.RULE, Scope.ADDRESS) else 0)

    [status] = await sending.paused()
    assert (status.held, status.hold.reason, status.hold.placed_by) == (paused.held * 2, "an exercise", "Asha")
    with pytest.raises(WrongInput, match="is paused already"):
        await sending.pause(scope, about, reason="again", by="Asha")

    await sending.resume(scope, about, by="Boris")
    await send_all_due(patient)
    assert (len(receiver.at("/hook")), len(receiver.at("/other"))) == (2, 2)
    assert await sending.paused() == ()
    with pytest.raises(WrongInput, match="is not paused"):
        await sending.resume(scope, about, by="Boris")


async def test_what_was_held_can_be_dropped_and_says_who_did_it(database, patient, receiver, subscription, sending):
    await sending.pause(Scope.ALL, "", reason="a storm", by="Asha")
    await raise_alerts(database, patient, 2)
    await send_all_due(patient)
    assert (await sending.resume(Scope.ALL, "", by="Boris", drop=True)).held == 2
    await raise_alerts(database, patient)
    await send_all_due(patient)
    assert await states(database) == ["cancelled", "cancelled", "sent"]
    dropped = [delivery for delivery in await rows.deliveries(database) if delivery.state == "cancelled"]
    assert all("Boris" in delivery.last_error for delivery in dropped)


async def test_what_two_things_hold_goes_out_when_the_last_lets_it_go(
    database, patient, receiver, subscription, sending
):
    await sending.pause(Scope.ALL, "", reason="one", by="Asha")
    await sending.pause(Scope.RULE, "Logistics pact", reason="two", by="Asha")
    await raise_alerts(database, patient)
    await send_all_due(patient)
    await sending.resume(Scope.ALL, "", by="Asha")
    assert await send_all_due(patient) == 0
    await sending.disable_channel("webhook", by="Asha", reason="three")
    await sending.resume(Scope.RULE, "Logistics pact", by="Asha")
    assert await send_all_due(patient) == 0
    assert await states(database) == ["held"]
    await sending.enable_channel("webhook")
    assert await send_all_due(patient) == 1


async def test_two_notifiers_obey_the_stop_switch_within_a_second(
    database, make_notifier, receiver, subscription, sending
):
    notifiers = [make_notifier(), make_notifier()]
    stop = asyncio.Event()

    async def news() -> None:
        while not stop.is_set():
            await raise_alerts(database, notifiers[0])

    async with running(*notifiers):
        pouring = asyncio.create_task(news())
        await receiver.has(10)
        await sending.pause(Scope.ALL, "", reason="now", by="Asha")
        paused_at = datetime.now(UTC)  # the database's clock is this machine's

        async def many_are_held() -> bool:
            return (await states(database)).count("held") >= 20

        await eventually(many_are_held)
        stop.set()
        await pouring

        async def all_are_held_or_sent() -> bool:
            return set(await states(database)) == {"held", "sent"}

        await eventually(all_are_held_or_sent)
        assert await rows.attempts_begun_after(database, paused_at + timedelta(seconds=1)) == 0
        held = (await states(database)).count("held")
        arrived = len(receiver.received)
        await sending.resume(Scope.ALL, "", by="Asha")
        await receiver.has(arrived + held)
    assert set(await states(database)) == {"sent"}
    ids = [request.headers["webhook-id"] for request in receiver.received]
    assert len(ids) == len(set(ids))


async def test_a_send_under_way_when_its_channel_is_disabled_is_held_and_not_given_up(
    database, make_notifier, receiver, subscription, sending
):
    notifier = make_notifier(delivery_waits_seconds=(0,))
    receiver.scripts["/hook"] = [500, LATE]
    await raise_alerts(database, notifier)
    await notifier.dispatch_due()
    await notifier.finish(20)
    await notifier.dispatch_due()
    await receiver.has(2)
    await sending.disable_channel("webhook", by="Asha", reason="moves")
    receiver.scripts["/hook"] = [500]
    receiver.released.set()
    await notifier.finish(20)
    assert await states(database) == ["sent"], "it was taken after all"


async def test_a_subscription_that_ended_while_held_is_cancelled_when_let_go(
    database, patient, receiver, subscription, sending
):
    await sending.pause(Scope.ALL, "", reason="a storm", by="Asha")
    await raise_alerts(database, patient)
    await send_all_due(patient)
    await rows.end_subscription(database, subscription)
    await sending.resume(Scope.ALL, "", by="Asha")
    await send_all_due(patient)
    assert await states(database) == ["cancelled"]
    assert receiver.received == []


async def test_a_channel_is_named_by_the_beginning_of_its_id_and_one_that_is_none_is_refused(
    database, receiver, subscription, sending
):
    [channel] = await sending.channels()
    lane = await sending.disable_channel(channel_id(channel.lane).hex[:8], by="Asha", reason="moves")
    assert lane == channel.lane
    for which in ("pigeon", "", "webhook:https://nobody.example/"):
        with pytest.raises(WrongInput, match="channel"):
            await sending.disable_channel(which, by="Asha", reason="moves")

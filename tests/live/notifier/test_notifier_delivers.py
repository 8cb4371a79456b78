"""Deliveries through the ledger to a real receiver: once, soon, never lost."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from services.notifier.use_cases import Notifier
from shared.store.unit_of_work import Database
from shared.telemetry.metrics import DELIVERY_OLDEST_SECONDS
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import running, send_all_due
from tests.live.notifier.webhook_receiver import HANG, LATE, RESET, WebhookReceiver

pytestmark = pytest.mark.live


@pytest.fixture
async def subscription(database: Database, receiver: WebhookReceiver):
    return await rows.a_subscription(database, await rows.a_rule(database), address=receiver.url("/hook"))


async def raise_an_alert(database: Database, notifier: Notifier) -> None:
    await notifier.raise_alerts(await rows.a_classified_article(database))


async def test_an_alert_arrives_once_signed_and_is_recorded(database, notifier, receiver, subscription):
    await raise_an_alert(database, notifier)
    assert await send_all_due(notifier) == 1

    [request] = receiver.received
    said = Webhook(rows.SECRET).verify(request.body, request.headers)
    assert said["data"]["evidence"] == rows.SENTENCE
    assert request.headers["content-type"] == "application/json"
    delivery = await rows.the_delivery(database)
    assert request.headers["webhook-id"] == f"msg_{delivery.delivery_id.hex}"
    assert (delivery.state, delivery.attempts, delivery.unknowns) == ("sent", 1, 0)
    assert delivery.sent_at is not None
    assert delivery.leased_until is None
    assert await rows.attempts(database) == [(1, "delivered")]
    assert await rows.announced(database) == ["alert.raised", "alert.delivered"]


async def test_a_message_tells_where_to_read_why(database, make_notifier, receiver, subscription):
    notifier = make_notifier(base_url="https://desk.example/")
    await raise_an_alert(database, notifier)
    await send_all_due(notifier)
    [alert] = await rows.alerts(database)
    assert json.loads(receiver.received[0].body)["data"]["why_url"] == f"https://desk.example/alerts/{alert.alert_id}"


async def test_a_failing_receiver_gets_the_same_message_again_under_the_same_id(
    database, make_notifier, receiver, subscription
):
    notifier = make_notifier(delivery_waits_seconds=(0, 0, 0))
    receiver.scripts["/hook"] = [500, 503, 200]
    await raise_an_alert(database, notifier)
    assert await send_all_due(notifier) == 3

    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1
    assert len({request.body for request in receiver.received}) == 1
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.attempts, delivery.unknowns, delivery.last_error) == ("sent", 3, 0, None)
    assert await rows.attempts(database) == [(1, "refused"), (2, "refused"), (3, "delivered")]


async def test_a_receiver_that_is_gone_is_given_up_at_once(database, notifier, receiver, subscription):
    receiver.scripts["/hook"] = [410]
    await raise_an_alert(database, notifier)
    assert await send_all_due(notifier) == 1
    delivery = await rows.the_delivery(database)
    assert delivery.state == "failed"
    assert "410" in delivery.last_error
    assert "/hook" not in delivery.last_error, "a webhook's path is often its password"
    assert await rows.announced(database) == ["alert.raised", "alert.abandoned", "trouble.changed"]


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404])
async def test_a_receiver_that_is_being_replaced_or_mended_gets_its_alert_afterwards(
    database, make_notifier, receiver, subscription, status
):
    notifier = make_notifier(delivery_waits_seconds=(0, 0, 0))
    receiver.scripts["/hook"] = [(status, f"location: {receiver.url('/elsewhere')}"), 404, 200]
    await raise_an_alert(database, notifier)
    assert await send_all_due(notifier) == 3
    assert receiver.at("/elsewhere") == [], "redirects are not followed"
    assert (await rows.the_delivery(database)).state == "sent"
    assert await rows.attempts(database) == [(1, "refused"), (2, "refused"), (3, "delivered")]


async def test_a_receiver_that_fails_to_the_end_is_given_up_and_can_be_replayed(
    database, make_notifier, receiver, subscription
):
    notifier = make_notifier(delivery_waits_seconds=(0, 0))
    receiver.scripts["/hook"] = [500]
    await raise_an_alert(database, notifier)
    assert await send_all_due(notifier) == 3
    delivery = await rows.the_delivery(database)
    assert delivery.state == "failed"
    assert "500" in delivery.last_error

    assert await notifier.replay_delivery(delivery.delivery_id)
    assert await send_all_due(notifier) == 3, "a replay has a whole round of attempts"
    assert await notifier.replay_abandoned() == 1
    receiver.scripts["/hook"] = [200]
    assert await send_all_due(notifier) == 1
    assert (await rows.the_delivery(database)).state == "sent"
    assert not await notifier.replay_delivery(delivery.delivery_id)
    assert (await rows.announced(database)).count("alert.abandoned") == 2


async def test_a_receiver_that_asks_for_time_gets_it(database, make_notifier, receiver, subscription):
    notifier = make_notifier(delivery_waits_seconds=(1, 1))
    receiver.scripts["/hook"] = [(429, "retry-after: 300")]
    await raise_an_alert(database, notifier)
    assert await send_all_due(notifier) == 1
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    wait = delivery.next_try_at - datetime.now(UTC)
    assert timedelta(seconds=280) < wait <= timedelta(seconds=301)


@pytest.mark.parametrize("fate", [HANG, RESET])
async def test_a_message_of_unknown_fate_is_counted_and_sent_again_under_its_id(
    database, make_notifier, receiver, subscription, fate
):
    notifier = make_notifier(delivery_waits_seconds=(0,), lease_seconds=1)
    receiver.scripts["/hook"] = [fate, 200]
    await raise_an_alert(database, notifier)
    assert await send_all_due(notifier) == 2
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.attempts, delivery.unknowns) == ("sent", 2, 1)
    assert await rows.attempts(database) == [(1, "unknown"), (2, "delivered")]


async def test_an_address_that_may_not_be_reached_waits_for_what_would_open_it(database, notifier):
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, address="http://10.0.0.7:8080/hook")
    await raise_an_alert(database, notifier)
    await send_all_due(notifier)
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("retry", 0)
    assert "PACTWATCH_ALLOWED_PRIVATE_HOSTS" in delivery.last_error


@pytest.mark.parametrize("address", ["ftp://hooks.example/x", "hooks.example", "http://"])
async def test_an_address_that_is_no_web_address_is_given_up_at_once(database, notifier, address):
    await rows.a_subscription(database, await rows.a_rule(database), address=address)
    await raise_an_alert(database, notifier)
    assert await send_all_due(notifier) == 1
    assert (await rows.the_delivery(database)).state == "failed"


async def test_a_receiver_that_is_not_there_is_tried_again(database, notifier):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        port = taken.getsockname()[1]
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, address=f"http://127.0.0.1:{port}/hook")
    await raise_an_alert(database, notifier)
    await send_all_due(notifier)
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("retry", 0)


async def test_a_delivery_whose_sender_died_is_sent_again_and_counted(database, make_notifier, receiver, subscription):
    dying, heir = make_notifier(), make_notifier()
    receiver.scripts["/hook"] = [HANG, 200]
    await raise_an_alert(database, dying)
    await dying.dispatch_due()
    await receiver.has(1)
    await dying.finish(0)  # cut off between the send and its settling, as a kill would
    assert (await rows.the_delivery(database)).state == "sending"
    assert await send_all_due(heir) == 0, "the lease still holds"

    await rows.lease_ended(database)
    assert await send_all_due(heir) == 1
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.attempts, delivery.unknowns) == ("sent", 2, 1)
    assert await rows.attempts(database) == [(1, "unknown"), (2, "delivered")]


async def test_a_sender_that_wakes_after_its_lease_settles_nothing_of_its_heirs(
    database, make_notifier, receiver, subscription
):
    slow, heir = make_notifier(), make_notifier()
    receiver.scripts["/hook"] = [HANG, 500]
    await raise_an_alert(database, slow)
    await slow.dispatch_due()
    await receiver.has(1)
    await rows.lease_ended(database)
    assert await send_all_due(heir) == 1
    receiver.released.set()  # the first connection closes without an answer
    await slow.finish(10)
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.attempts, delivery.unknowns) == ("retry", 2, 1)


async def test_a_delivery_whose_subscription_ended_is_cancelled_and_not_sent(
    database, notifier, receiver, subscription
):
    await raise_an_alert(database, notifier)
    await rows.end_subscription(database, subscription)
    assert await send_all_due(notifier) == 0
    assert (await rows.the_delivery(database)).state == "cancelled"
    assert receiver.received == []


async def test_two_notifiers_on_one_database_deliver_fifty_alerts_once_each(
    database, make_notifier, receiver, subscription
):
    notifiers = [make_notifier(), make_notifier()]
    for _ in range(50):
        await raise_an_alert(database, notifiers[0])
    async with running(*notifiers):
        await receiver.has(50)
    assert len(receiver.received) == 50
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 50
    assert {(delivery.state, delivery.attempts) for delivery in await rows.deliveries(database)} == {("sent", 1)}


async def test_a_dead_endpoint_with_many_alerts_delays_no_other(database, notifier, receiver):
    receiver.scripts["/dead"] = [HANG]
    dead, alive = await rows.a_rule(database, name="Dead"), await rows.a_rule(database, name="Alive")
    await rows.a_subscription(database, dead, address=receiver.url("/dead"))
    for _ in range(40):
        await raise_an_alert(database, notifier)
    await rows.a_subscription(database, alive, address=receiver.url("/alive", host="localhost"))
    async with running(notifier, finish_seconds=0):
        await receiver.has(2, "/dead")
        await raise_an_alert(database, notifier)
        [*_, event] = await rows.raised_events(database)
        await notifier.deliver_alert(event)
        await receiver.has(1, "/alive")
        assert len(receiver.at("/dead")) == 2, "an address is trusted with two sends until it has taken one"


async def test_an_alert_announced_on_the_bus_wakes_the_sender_and_counts_as_taken_once(
    database, notifier, receiver, subscription
):
    await raise_an_alert(database, notifier)
    [event] = await rows.raised_events(database)
    await notifier.dispatch_due()
    await notifier.finish(10)
    await notifier.dispatch_due()  # forgets what woke it
    await notifier.deliver_alert(event)
    async with asyncio.timeout(1):
        await notifier.woken()
    await notifier.deliver_alert(event)
    assert await send_all_due(notifier) == 0
    assert len(receiver.received) == 1


async def test_a_retry_is_sent_when_its_time_has_come_without_being_woken(
    database, make_notifier, receiver, subscription
):
    notifier = make_notifier(delivery_waits_seconds=(0.2,))
    receiver.scripts["/hook"] = [500, 200]
    await raise_an_alert(database, notifier)
    async with running(notifier):
        await receiver.has(2)
    assert (await rows.the_delivery(database)).state == "sent"


async def test_the_age_of_what_waits_is_measured(database, notifier, receiver, subscription):
    await notifier.measure()
    assert DELIVERY_OLDEST_SECONDS._value.get() == 0
    await raise_an_alert(database, notifier)
    await rows.run(database, "UPDATE alerts SET raised_at = now() - interval '1 hour'")
    await notifier.measure()
    assert 3600 <= DELIVERY_OLDEST_SECONDS._value.get() < 3700


class AwayDatabase(Database):
    """A database that is away for a number of transactions."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.away_for = 0

    def begin(self, kind):
        if self.away_for:
            self.away_for -= 1
            raise ConnectionRefusedError("the database is away")
        return super().begin(kind)


async def test_a_database_that_goes_away_between_send_and_settling_causes_no_second_send(
    database, database_url, make_notifier, receiver, subscription
):
    weak = AwayDatabase(database_url)
    notifier = make_notifier(on=weak, outage_wait_seconds=0.05)
    await raise_an_alert(database, notifier)
    receiver.scripts["/hook"] = [LATE]
    await notifier.dispatch_due()
    await receiver.has(1)
    weak.away_for = 3
    receiver.released.set()
    await notifier.finish(10)
    assert weak.away_for == 0
    assert await send_all_due(notifier) == 0
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.attempts, delivery.unknowns) == ("sent", 1, 0)
    await weak.close()


class HeldDatabase(Database):
    """A database that lets no delivery be settled until it is told to."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked, self.opened = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def begin(self, kind):
        task = asyncio.current_task()
        if task is not None and task.get_name() == "settling deliveries":
            self.asked.set()
            await self.opened.wait()
        async with super().begin(kind) as work:
            yield work


async def test_a_settling_that_waits_longer_than_the_lease_holds_causes_no_second_send(
    database, database_url, make_notifier, receiver, subscription
):
    held = HeldDatabase(database_url)
    notifier = make_notifier(on=held, lease_seconds=1)
    await raise_an_alert(database, notifier)
    assert (await notifier.dispatch_due()).begun == 1
    await held.asked.wait()
    await rows.lease_ended(database)
    assert (await notifier.dispatch_due()).begun == 0
    held.opened.set()
    await notifier.finish(10)
    assert await send_all_due(notifier) == 0
    assert len(receiver.received) == 1
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.attempts, delivery.unknowns) == ("sent", 1, 0)
    await held.close()


async def test_the_clockwork_survives_a_database_that_is_away(
    database, database_url, make_notifier, receiver, subscription
):
    weak = AwayDatabase(database_url)
    notifier = make_notifier(on=weak)
    await raise_an_alert(database, notifier)
    weak.away_for = 1
    async with running(notifier):
        await receiver.has(1)
    assert (await rows.the_delivery(database)).state == "sent"
    await weak.close()

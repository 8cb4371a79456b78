"""Troubles reach operators through the ledger: once, in their order, and the last word last."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from shared.contracts.events import TroubleChanged
from shared.kit.ids import id_for
from shared.store.alerts import OperatorAlertRow
from shared.store.definitions import SubscriptionRow
from shared.store.unit_of_work import Database, Work
from shared.telemetry.metrics import OPERATOR_ALERTS_OPEN
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import running, send_all_due
from tests.live.notifier.test_notifier_mails import mail_server  # noqa: F401  (a fixture)
from tests.live.notifier.webhook_receiver import HANG, LATE

pytestmark = pytest.mark.live

SINCE = datetime(2026, 2, 3, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_trouble(*, hours: int = 0, over: bool = False, about: str = "News", state: str = "blocked") -> TroubleChanged:
    since = SINCE + hours * HOUR
    return TroubleChanged(
        event_id=id_for("trouble.changed", about, since, int(over)),
        occurred_at=since + HOUR / 2,
        correlation_id=id_for("trouble", about, since),
        kind="source",
        about=about,
        state="fine" if over else state,
        sentence="It gives news again." if over else "The server answered 403.",
        mend="" if over else "Ask the publisher.",
        since=since,
        over=over,
    )


async def an_operator(database: Database, *, channel: str = "webhook", address: str = "") -> SubscriptionRow:
    row = SubscriptionRow(
        subscription_id=id_for("subscription", channel, address),
        topic="operators",
        channel=channel,
        address=address,
        secret=rows.SECRET if channel == "webhook" else None,
        created_at=SINCE,
    )
    await rows.save(database, row)
    return row


async def kept(database: Database) -> list[OperatorAlertRow]:
    async with database.begin(Work) as work:
        return list(await work.session.scalars(select(OperatorAlertRow).order_by(OperatorAlertRow.since)))


async def states(database: Database) -> list[tuple[bool, str]]:
    """Whether each delivery tells of an end, and how it stands; the earlier tidings first."""
    async with database.begin(Work) as work:
        found = await work.session.execute(
            rows.text(
                "SELECT d.over, d.state FROM deliveries d JOIN operator_alerts USING (operator_alert_id) "
                "ORDER BY since, d.over"
            )
        )
        return [tuple(row) for row in found]


def heard(receiver) -> list[tuple[str, bool]]:
    """Which trouble each message that arrived told of, and whether as over."""
    said: list[dict[str, Any]] = [Webhook(rows.SECRET).verify(each.body, each.headers) for each in receiver.received]
    return [(each["data"]["state"], each["data"]["over"]) for each in said]


async def test_a_trouble_and_its_end_arrive_once_each_signed(database, notifier, receiver):
    await an_operator(database, address=receiver.url("/ops"))
    for _ in range(2):
        await notifier.tell_operators(a_trouble())
    await send_all_due(notifier)
    await notifier.tell_operators(a_trouble(over=True))
    await send_all_due(notifier)

    assert heard(receiver) == [("blocked", False), ("blocked", True)]
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 2
    [row] = await kept(database)
    assert (row.kind, row.about, row.state, row.mend) == ("source", "News", "blocked", "Ask the publisher.")
    assert (row.over_sentence, row.over_at) == ("It gives news again.", SINCE + HOUR / 2)
    assert await states(database) == [(False, "sent"), (True, "sent")]
    assert await rows.announced(database) == [], "nothing that looks like an alert's delivery is announced"


async def test_troubles_are_kept_where_nobody_wants_to_hear_of_them(database, notifier):
    await rows.a_subscription(database, await rows.a_rule(database), channel="inbox")
    await notifier.tell_operators(a_trouble())
    assert len(await kept(database)) == 1
    assert await rows.deliveries(database) == []
    await notifier.measure()
    assert OPERATOR_ALERTS_OPEN._value.get() == 1
    await notifier.tell_operators(a_trouble(over=True))
    await notifier.measure()
    assert OPERATOR_ALERTS_OPEN._value.get() == 0


async def test_operators_hear_of_no_article(database, notifier):
    await an_operator(database, channel="inbox")
    await rows.a_rule(database)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert len(await rows.alerts(database)) == 1
    assert await rows.deliveries(database) == []


async def test_an_end_is_for_those_who_were_told_of_the_beginning(database, notifier, receiver):
    await an_operator(database, address=receiver.url("/first"))
    await notifier.tell_operators(a_trouble())
    await an_operator(database, address=receiver.url("/later"))
    await notifier.tell_operators(a_trouble(over=True))
    await send_all_due(notifier)
    assert receiver.at("/later") == []


async def test_an_end_that_is_heard_of_first_tells_nobody_and_so_does_its_beginning(database, notifier):
    await an_operator(database, channel="inbox")
    await notifier.tell_operators(a_trouble(over=True))
    await notifier.tell_operators(a_trouble())
    assert await rows.deliveries(database) == []
    [row] = await kept(database)
    assert row.over_at is not None


async def test_a_trouble_that_is_over_before_it_could_be_sent_is_told_once_as_over(database, notifier, receiver):
    await an_operator(database, address=receiver.url("/ops"))
    receiver.scripts["/ops"] = [503, 204]
    await notifier.tell_operators(a_trouble())
    await send_all_due(notifier)
    await notifier.tell_operators(a_trouble(over=True))
    await rows.due_now(database)
    await send_all_due(notifier)
    assert heard(receiver) == [("blocked", False), ("blocked", True)], "the first was refused"
    assert await states(database) == [(False, "cancelled"), (True, "sent")]


async def test_an_end_does_not_overtake_a_beginning_that_is_on_its_way(database, notifier, receiver):
    await an_operator(database, address=receiver.url("/ops"))
    receiver.scripts["/ops"] = [LATE, 204]
    await notifier.tell_operators(a_trouble())
    await notifier.dispatch_due()
    await receiver.has(1)
    await notifier.tell_operators(a_trouble(over=True))
    assert (await notifier.dispatch_due()).begun == 0
    receiver.released.set()
    await notifier.finish(20)
    await send_all_due(notifier)
    assert heard(receiver) == [("blocked", False), ("blocked", True)]
    assert await states(database) == [(False, "sent"), (True, "sent")]


async def test_a_beginning_whose_sender_died_is_not_sent_again_once_it_is_over(
    database, make_notifier, receiver, web_client
):
    await an_operator(database, address=receiver.url("/ops"))
    receiver.scripts["/ops"] = [HANG, 204]
    dying = make_notifier(lease_seconds=40)
    await dying.tell_operators(a_trouble())
    await dying.dispatch_due()
    await receiver.has(1)
    await dying.finish(0.01)
    await rows.lease_ended(database)
    other = make_notifier()
    await other.tell_operators(a_trouble(over=True))
    await send_all_due(other)
    await send_all_due(other)
    assert heard(receiver) == [("blocked", False), ("blocked", True)]
    assert await states(database) == [(False, "cancelled"), (True, "sent")]


async def test_another_trouble_takes_the_place_of_the_first(database, notifier, receiver):
    await an_operator(database, address=receiver.url("/ops"))
    receiver.scripts["/ops"] = [503, 204]
    await notifier.tell_operators(a_trouble(state="failing"))
    await send_all_due(notifier)
    await notifier.tell_operators(a_trouble(hours=3, state="gone"))
    await notifier.tell_operators(a_trouble(hours=3, over=True))
    await rows.due_now(database)
    await send_all_due(notifier)
    assert heard(receiver) == [("failing", False), ("gone", True)], "the first was refused"
    assert await states(database) == [(False, "cancelled"), (False, "cancelled"), (True, "sent")]
    first, second = await kept(database)
    assert (first.over_at, second.over_at) == (SINCE + 3 * HOUR, SINCE + 3.5 * HOUR)


async def test_one_things_trouble_holds_up_no_others(database, notifier, receiver):
    await an_operator(database, address=receiver.url("/ops"))
    receiver.scripts["/ops"] = [LATE, 204]
    await notifier.tell_operators(a_trouble(about="One"))
    await notifier.dispatch_due()
    await receiver.has(1)
    await notifier.tell_operators(a_trouble(about="Two"))
    assert (await notifier.dispatch_due()).begun == 1
    receiver.released.set()
    await notifier.finish(20)


async def test_two_notifiers_that_hear_of_a_trouble_and_its_end_at_once_stay_of_one_mind(
    database, make_notifier, receiver
):
    await an_operator(database, address=receiver.url("/ops"))
    events = [a_trouble(), a_trouble(over=True)] * 3
    notifiers = [make_notifier(), make_notifier()]
    await asyncio.gather(*(notifiers[number % 2].tell_operators(event) for number, event in enumerate(events)))
    for one in notifiers:
        await send_all_due(one)
    [row] = await kept(database)
    assert row.over_at is not None
    assert heard(receiver) in ([], [("blocked", True)])


async def test_a_trouble_that_could_not_be_told_is_replayed_or_dropped_when_something_newer_is_known(
    database, make_notifier, receiver
):
    await an_operator(database, address=receiver.url("/ops"))
    notifier = make_notifier(delivery_waits_seconds=(0,))
    receiver.scripts["/ops"] = [500, 500, 500, 500, 204]
    await notifier.tell_operators(a_trouble())
    await send_all_due(notifier)
    assert await states(database) == [(False, "failed")]
    assert await notifier.replay_abandoned() == 1
    await send_all_due(notifier)
    await notifier.tell_operators(a_trouble(over=True))
    await send_all_due(notifier)
    assert await states(database) == [(False, "failed"), (True, "sent")]
    assert await notifier.replay_abandoned() == 1
    assert await send_all_due(notifier) == 0
    assert await states(database) == [(False, "cancelled"), (True, "sent")]


async def test_an_operator_who_has_left_hears_no_more(database, notifier, receiver):
    operator = await an_operator(database, address=receiver.url("/ops"))
    await notifier.tell_operators(a_trouble())
    await rows.end_subscription(database, operator.subscription_id)
    await notifier.tell_operators(a_trouble(over=True))
    await send_all_due(notifier)
    assert receiver.received == []
    assert await states(database) == [(False, "cancelled")]


async def test_the_clockwork_sends_what_operators_are_told(database, notifier, receiver):
    await an_operator(database, address=receiver.url("/ops"))
    await an_operator(database, channel="inbox")
    async with running(notifier):
        await notifier.tell_operators(a_trouble())
        await receiver.has(1)
    assert sorted(await states(database)) == [(False, "sent"), (False, "sent")]


async def test_operators_get_mails(database, make_notifier, mail_server):  # noqa: F811
    await an_operator(database, channel="mailto", address="ops@example.org")
    notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=mail_server.port)
    await notifier.tell_operators(a_trouble())
    await send_all_due(notifier)
    [mail] = mail_server.mails
    assert mail["subject"] == "[operators] News: blocked"
    assert mail["to"] == "ops@example.org"
    assert "Ask the publisher." in mail.get_body(["plain"]).get_content()

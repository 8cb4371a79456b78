"""Whose channel is disabled hears of it on another one, once, and once more when it is enabled again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.notifier.adapters.work import DatabaseWork
from services.notifier.use_cases.sending import Sending
from shared.contracts.events import TroubleChanged
from shared.store.definitions import PersonRow, SubscriptionRow, TeamMemberRow, TeamRow
from shared.store.unit_of_work import Database
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import MakeNotifier, send_all_due
from tests.live.notifier.mail_server import serving
from tests.live.notifier.webhook_receiver import WebhookReceiver

pytestmark = pytest.mark.live


async def a_person(database: Database, name: str = "Asha", email: str = "") -> UUID:
    person = PersonRow(person_id=uuid4(), name=name, email=email, created_at=datetime.now(UTC))
    await rows.save(database, person)
    return person.person_id


async def listens(database: Database, rule: UUID, address: str, person: UUID | None = None, **more: object) -> None:
    values = {"channel": "webhook", "created_at": datetime.now(UTC)} | more
    row = SubscriptionRow(
        subscription_id=uuid4(), rule_id=rule, address=address, person_id=person, secret=rows.SECRET, **values
    )
    await rows.save(database, row)
    await rows.count_a_change(database)


async def disable_by_an_answer(database: Database, notifier, receiver: WebhookReceiver) -> None:
    """Let `/gone` answer that it is gone, and the news of it reach who is to hear of it."""
    receiver.scripts["/gone"] = [410]
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await send_all_due(notifier)
    await hear(database, notifier)


async def hear(database: Database, notifier) -> None:
    for event in await rows.events_of(database, TroubleChanged):
        await notifier.tell_operators(event)
        await notifier.tell_operators(event.model_copy(update={"event_id": uuid4()}))
    await send_all_due(notifier)


def troubles(receiver: WebhookReceiver, path: str) -> list[dict]:
    said = [json.loads(each.body) for each in receiver.at(path)]
    return [each["data"] for each in said if each["type"] == "trouble.changed"]


async def test_a_person_hears_on_another_channel_that_theirs_is_disabled_and_that_it_is_enabled(
    database: Database, notifier, receiver
):
    rule, other = await rows.a_rule(database), await rows.a_rule(database, name="Other", query="zebra")
    person = await a_person(database)
    await listens(database, rule, receiver.url("/gone"), person)
    await listens(database, other, receiver.url("/mine"), person)
    await disable_by_an_answer(database, notifier, receiver)
    [told] = troubles(receiver, "/mine")
    assert (told["kind"], told["state"], told["over"]) == ("channel", "disabled", False)
    sending = Sending(lambda: database.begin(DatabaseWork))
    await sending.enable_channel(f"webhook:{receiver.url('/gone')}")
    receiver.scripts["/gone"] = [204]
    await hear(database, notifier)
    assert [each["over"] for each in troubles(receiver, "/mine")] == [False, True]
    assert troubles(receiver, "/gone") == []


async def test_a_person_without_another_channel_hears_by_mail_in_words_of_their_own(
    database: Database, make_notifier: MakeNotifier, receiver
):
    person = await a_person(database, email="asha@desk.example")
    await listens(database, await rows.a_rule(database), receiver.url("/gone"), person)
    async with serving() as server:
        notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=server.port)
        await disable_by_an_answer(database, notifier, receiver)
    [mail] = server.mails
    assert mail["To"] == "asha@desk.example"
    assert mail["Subject"].startswith("[your channel] webhook:127.0.0.1")
    text = mail.get_body(("plain",)).get_content()
    assert "Nothing is sent to" in text
    assert "/gone" not in text
    assert "Unsubscribe" not in text


async def test_the_owner_of_a_rule_that_is_heard_there_hears_of_it(database: Database, notifier, receiver):
    rule = await rows.a_rule(database, owner="asha")
    other = await rows.a_rule(database, name="Other", query="zebra")
    await listens(database, rule, receiver.url("/gone"))
    await listens(database, other, receiver.url("/mine"), await a_person(database, "Asha"))
    await listens(database, other, receiver.url("/strangers"), await a_person(database, "Boris"))
    await disable_by_an_answer(database, notifier, receiver)
    assert (len(troubles(receiver, "/mine")), troubles(receiver, "/strangers")) == (1, [])


async def test_nothing_is_told_on_a_channel_that_is_disabled_as_well(database: Database, notifier, receiver):
    person = await a_person(database)
    rule = await rows.a_rule(database)
    await listens(database, rule, receiver.url("/gone"), person)
    await listens(database, rule, receiver.url("/also"), person)
    receiver.scripts["/also"] = [410]
    await disable_by_an_answer(database, notifier, receiver)
    assert troubles(receiver, "/also") == []


async def test_an_operator_who_is_the_owner_hears_once(database: Database, notifier, receiver):
    person = await a_person(database)
    await listens(database, await rows.a_rule(database), receiver.url("/gone"), person)
    await listens(database, await rows.a_rule(database, name="Other", query="zebra"), receiver.url("/mine"), person)
    operator = SubscriptionRow(
        subscription_id=uuid4(),
        topic="operators",
        channel="webhook",
        address=receiver.url("/mine"),
        secret=rows.SECRET,
        created_at=datetime.now(UTC),
    )
    await rows.save(database, operator)
    await disable_by_an_answer(database, notifier, receiver)
    assert len(troubles(receiver, "/mine")) == 1


async def test_a_member_of_a_team_whose_mailbox_is_gone_hears_on_another_channel(
    database: Database, make_notifier: MakeNotifier, receiver
):
    person = await a_person(database, email="asha@desk.example")
    team = TeamRow(team_id=uuid4(), name="Desk", created_at=datetime.now(UTC))
    await rows.save(database, team)
    await rows.save(database, TeamMemberRow(team_id=team.team_id, person_id=person, since=datetime.now(UTC)))
    await listens(database, await rows.a_rule(database), "", None, channel="mailto", team_id=team.team_id)
    other = await rows.a_rule(database, name="Other", query="zebra")
    await listens(database, other, receiver.url("/mine"), person)
    async with serving() as server:
        server.at_rcpt = "550 5.1.1 no such mailbox"
        notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=server.port)
        await notifier.raise_alerts(await rows.a_classified_article(database))
        await send_all_due(notifier)
        await hear(database, notifier)
    assert len(troubles(receiver, "/mine")) == 1

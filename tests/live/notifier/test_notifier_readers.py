"""Who hears of an alert, and that nobody is told twice: one message for each reader, with all of its reasons."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.notifier.adapters.work import DatabaseWork
from services.notifier.domain.holding import Scope
from services.notifier.use_cases.sending import Sending
from shared.contracts.events import AlertDelivered
from shared.contracts.reader_links import opting_out
from shared.contracts.verdict import AgreementFinding, Claim, Verdict
from shared.store.definitions import TeamOptOutRow
from shared.store.unit_of_work import Database
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import SEALS, send_all_due
from tests.live.notifier.mail_server import serving

pytestmark = pytest.mark.live

PLAIN = Verdict(language="en", relevant=True, relevance=0.9)
OTHER_SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0NTY3ODk="


@pytest.fixture
def sending(database: Database) -> Sending:
    return Sending(lambda: database.begin(DatabaseWork))


async def rules(database: Database, *names: str) -> list:
    return [await rows.a_rule(database, name=name) for name in names]


async def hooked(database: Database, url: str, *names: str) -> list:
    """Subscribe somebody to rules of these names, at one address; returns the rules and subscriptions."""
    found = [await rows.a_rule(database, name=each, query="relos") for each in names]
    person = await rows.a_person(database, name=f"Reader of {url}")
    return [(rule, await rows.a_subscription(database, rule, address=url, person_id=person)) for rule in found]


def matched(request) -> list[str]:
    return [each["rule"] for each in json.loads(request.body)["data"]["matched"]]


async def test_a_reader_of_two_rules_gets_one_message_that_names_both(database, notifier, receiver):
    await hooked(database, receiver.url("/a"), "Pacts", "Ports")
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert await send_all_due(notifier) == 1
    [request] = receiver.received
    assert sorted(matched(request)) == ["Pacts", "Ports"]
    delivered = await rows.events_of(database, AlertDelivered)
    assert {each.alert_id for each in delivered} == {alert.alert_id for alert in await rows.alerts(database)}
    assert sorted(event.deliveries for event in await rows.raised_events(database)) == [1, 1]


async def test_a_program_gets_what_each_of_its_subscriptions_asked_for_by_itself(database, notifier, receiver):
    for rule in await rules(database, "Pacts", "Ports"):
        await rows.a_subscription(database, rule, address=receiver.url("/a"))
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await send_all_due(notifier)
    assert sorted(json.loads(request.body)["data"]["rule"] for request in receiver.received) == ["Pacts", "Ports"]
    assert sorted(map(matched, receiver.received)) == [["Pacts"], ["Ports"]]


async def test_a_webhook_of_two_subscriptions_is_signed_for_both(database, notifier, receiver):
    first, second = await rules(database, "Pacts", "Ports")
    asha = {"address": receiver.url("/a"), "person_id": await rows.a_person(database)}
    await rows.a_subscription(database, first, **asha)
    await rows.a_subscription(database, second, **asha, secret=OTHER_SECRET)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await send_all_due(notifier)
    [request] = receiver.received
    assert len(request.headers["webhook-signature"].split(" ")) == 2


async def test_the_loudest_reason_is_told_first(database, notifier, receiver):
    quiet = await rows.a_rule(database, name="A quiet one", query="relos", severity="low")
    loud = await rows.a_rule(database, name="Loud", query="relos", severity="high")
    person = await rows.a_person(database)
    for rule in (quiet, loud):
        await rows.a_subscription(database, rule, address=receiver.url("/a"), person_id=person)
    await notifier.raise_alerts(await rows.a_classified_article(database, verdict=PLAIN))
    await send_all_due(notifier)
    said = json.loads(receiver.received[0].body)["data"]
    assert (said["rule"], said["severity"]) == ("Loud", "high")


async def test_who_ended_one_of_two_subscriptions_is_told_by_the_other(database, notifier, receiver):
    for ended in (0, 1):
        both = await hooked(database, receiver.url(f"/{ended}"), f"Pacts {ended}", f"Ports {ended}")
        await notifier.raise_alerts(await rows.a_classified_article(database))
        first = (await rows.deliveries(database))[-1].subscription_id
        ending = next(each for _, each in both if (each == first) == (ended == 0))
        await rows.end_subscription(database, ending)
        await send_all_due(notifier)
        [request] = receiver.at(f"/{ended}")
        assert len(matched(request)) == 1
        await rows.run(database, "UPDATE rules SET paused = true")
        await rows.count_a_change(database)
    assert {delivery.state for delivery in await rows.deliveries(database)} == {"sent"}


async def test_nobody_is_told_who_ended_all_of_their_subscriptions(database, notifier, receiver):
    both = await hooked(database, receiver.url("/a"), "Pacts", "Ports")
    await notifier.raise_alerts(await rows.a_classified_article(database))
    for _, subscription in both:
        await rows.end_subscription(database, subscription)
    assert await send_all_due(notifier) == 0
    assert (await rows.the_delivery(database)).state == "cancelled"


@pytest.mark.parametrize("loud", ["Pacts", "Ports"])
async def test_a_stopped_rule_holds_its_own_alert_and_not_the_message_it_is_in(
    database, notifier, receiver, sending, loud
):
    await hooked(database, receiver.url("/a"), "Pacts", "Ports")
    await rows.run(database, "UPDATE rules SET severity = 'low' WHERE name <> :loud", loud=loud)
    await notifier.raise_alerts(await rows.a_classified_article(database, verdict=PLAIN))
    held = await sending.pause(Scope.RULE, "Ports", reason="nonsense", by="Asha")
    assert held.held == 1
    await send_all_due(notifier)
    assert [matched(each) for each in receiver.received] == [["Pacts"]]
    await sending.resume(Scope.RULE, "Ports", by="Asha")
    await send_all_due(notifier)
    assert [matched(each) for each in receiver.received] == [["Pacts"], ["Ports"]]


async def test_dropping_what_a_stopped_rule_said_loses_nothing_else(database, notifier, receiver, sending):
    await hooked(database, receiver.url("/a"), "Pacts", "Ports")
    await sending.pause(Scope.RULE, "Ports", reason="nonsense", by="Asha")
    await notifier.raise_alerts(await rows.a_classified_article(database))  # raised while it is stopped
    await send_all_due(notifier)
    assert (await sending.resume(Scope.RULE, "Ports", by="Asha", drop=True)).held == 1
    await send_all_due(notifier)
    assert [matched(each) for each in receiver.received] == [["Pacts"]]


async def test_a_message_whose_rules_are_all_stopped_waits_for_each_of_them(database, notifier, receiver, sending):
    await hooked(database, receiver.url("/a"), "Pacts", "Ports")
    for name in ("Pacts", "Ports"):
        await sending.pause(Scope.RULE, name, reason="nonsense", by="Asha")
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert await send_all_due(notifier) == 0
    for name in ("Pacts", "Ports"):
        await sending.resume(Scope.RULE, name, by="Asha")
    await send_all_due(notifier)
    assert sorted(matched(each) for each in receiver.received) == [["Pacts"], ["Ports"]]


async def test_a_teams_subscription_reaches_each_member_at_their_own_address(database, make_notifier):
    asha = await rows.a_person(database, "Asha", email="asha@desk.example")
    boris = await rows.a_person(database, "Boris", email="boris@desk.example")
    nobody = await rows.a_person(database, "No mailbox")
    team = await rows.a_team(database, asha, boris, nobody)
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, channel="mailto", team_id=team)
    await rows.a_subscription(database, rule, channel="mailto", person_id=asha, address="asha@desk.example")
    await rows.a_subscription(database, rule, channel="inbox", team_id=team)
    async with serving() as mails:
        notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=mails.port)
        await notifier.raise_alerts(await rows.a_classified_article(database))
        await send_all_due(notifier)
        assert sorted(mail["To"] for mail in mails.mails) == ["asha@desk.example", "boris@desk.example"]
    inboxes = {each.address for each in await rows.deliveries(database) if each.channel == "inbox"}
    assert inboxes == {str(each) for each in (asha, boris, nobody)}


async def test_a_member_ends_the_mails_of_a_teams_subscription_to_himself_alone(database, make_notifier):
    asha = await rows.a_person(database, "Asha", email="asha@desk.example")
    boris = await rows.a_person(database, "Boris", email="boris@desk.example")
    team = await rows.a_team(database, asha, boris)
    subscription = await rows.a_subscription(database, await rows.a_rule(database), channel="mailto", team_id=team)
    async with serving() as mails:
        notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=mails.port, base_url="https://desk.example")
        await notifier.raise_alerts(await rows.a_classified_article(database))
        await send_all_due(notifier)
        exits = {mail["To"]: mail["List-Unsubscribe"] for mail in mails.mails}
        for address, member in (("asha@desk.example", asha), ("boris@desk.example", boris)):
            token, whose = exits[address].removeprefix("<https://desk.example/u/").rstrip(">").split("/")
            assert whose == str(member)
            assert SEALS.read_token(opting_out(member), token) == subscription
            assert SEALS.read_token("unsubscribe", token) is None
        assert all("your team follows" in mail.get_body(("plain",)).get_content() for mail in mails.mails)

        await notifier.raise_alerts(await rows.a_classified_article(database))  # written for both, when Asha has enough
        await rows.save(database, TeamOptOutRow(subscription_id=subscription, person_id=asha, since=datetime.now(UTC)))
        await notifier.raise_alerts(await rows.a_classified_article(database))
        await send_all_due(notifier)
        assert sorted(mail["To"] for mail in mails.mails[2:]) == ["boris@desk.example"] * 2
    states = [each.state for each in await rows.deliveries(database) if each.address == "asha@desk.example"]
    assert sorted(states) == ["cancelled", "sent"]


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ({"min_severity": "high"}, 0),
        ({"min_severity": "normal"}, 1),
        ({"languages": ["ru", "hi"]}, 0),
        ({"languages": ["en", "hi"]}, 1),
    ],
    ids=str,
)
async def test_what_a_reader_does_not_want_is_not_sent(database, notifier, receiver, wishes, told):
    rule = await rows.a_rule(database, query="relos")
    await rows.a_subscription(database, rule, address=receiver.url("/a"), **wishes)
    await notifier.raise_alerts(await rows.a_classified_article(database, verdict=PLAIN))
    assert await send_all_due(notifier) == told
    assert len(await rows.alerts(database)) == 1


async def test_a_person_or_team_that_is_gone_hears_nothing(database, notifier, receiver):
    person, team = await rows.a_person(database), await rows.a_team(database)
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, address=receiver.url("/person"), person_id=person)
    await rows.a_subscription(database, rule, address=receiver.url("/team"), team_id=team)
    await rows.run(database, "UPDATE people SET removed_at = now()")
    await rows.run(database, "UPDATE teams SET removed_at = now()")
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert await rows.deliveries(database) == []


async def test_who_was_told_of_an_alert_beside_another_is_not_told_again(database, notifier, receiver):
    story = uuid4()
    [_, (second, _)] = await hooked(database, receiver.url("/a"), "Pacts", "Ports")
    await notifier.raise_alerts(await rows.a_classified_article(database, story_id=story))
    await rows.a_subscription(database, second, address=receiver.url("/a"), person_id=await rows.a_person(database))
    await rows.a_subscription(database, second, address=receiver.url("/late"))
    await asyncio.gather(
        *[
            notifier.raise_alerts(await rows.a_classified_article(database, story_id=story, title=f"Copy {number}"))
            for number in range(3)
        ]
    )
    await send_all_due(notifier)
    assert len(receiver.at("/a")) == len(receiver.at("/late")) == 1


def two_claims() -> Verdict:
    found = [
        AgreementFinding(
            id=each,
            score=0.9,
            evidence=rows.SENTENCE,
            stage=stage,
            claims=(Claim(stage=stage, evidence=rows.SENTENCE),),
        )
        for each, stage in (("relos", "in_force"), ("instc", "signed"))
    ]
    return Verdict(language="en", relevant=True, relevance=0.9, agreements=tuple(found))


async def test_an_article_that_tells_two_new_facts_is_one_message(database, notifier, receiver):
    rule = await rows.a_rule(database, query="agreement:relos OR agreement:instc", policy="new_facts")
    await rows.a_subscription(database, rule, address=receiver.url("/a"))
    await notifier.raise_alerts(await rows.a_classified_article(database, verdict=two_claims()))
    await send_all_due(notifier)
    [request] = receiver.received
    said = json.loads(request.body)["data"]["matched"]
    assert {(each["agreement"], each["stage"]) for each in said} == {("relos", "in_force"), ("instc", "signed")}

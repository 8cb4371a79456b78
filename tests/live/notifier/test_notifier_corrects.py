"""An article that is edited or withdrawn is corrected to those who were told of it: once, after it, and nobody else."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, time, timedelta

import pytest

from services.notifier.adapters.work import DatabaseWork
from services.notifier.use_cases import Notifier
from services.notifier.use_cases.sending import Sending
from shared.contracts.verdict import SectorFinding
from shared.kit.errors import Never
from shared.store.unit_of_work import Database
from tests.live.notifier.conftest import MakeNotifier, send_all_due
from tests.live.notifier.edited_articles import TO_BE, a_verdict_of, a_withdrawal_of, an_edit_of, corrections
from tests.live.notifier.later_house import LaterHouse, MovedClock
from tests.live.notifier.mail_server import serving
from tests.live.notifier.notifier_rows import (
    SENTENCE,
    a_classified_article,
    a_rule,
    a_subscription,
    announced,
    deliveries,
    due_now,
    end_subscription,
    run,
    the_delivery,
)
from tests.live.notifier.webhook_receiver import WebhookReceiver

pytestmark = pytest.mark.live

TAKEN_BACK = a_verdict_of(TO_BE, stage="negotiation")


@pytest.fixture
async def told(database: Database, notifier: Notifier, receiver: WebhookReceiver):
    """An alert that a webhook got; the event of its article."""
    await a_subscription(database, await a_rule(database), address=receiver.url("/hook"))
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    await notifier.raise_alerts(event)
    await send_all_due(notifier)
    return event


def said(receiver: WebhookReceiver) -> list[dict]:
    return [json.loads(each.body) for each in receiver.received]


def types(receiver: WebhookReceiver) -> list[str]:
    return [each["type"] for each in said(receiver)]


async def test_a_stage_that_its_source_takes_back_is_corrected_with_what_it_said_and_what_it_says_now(
    told, database, notifier, receiver
):
    await notifier.raise_alerts(await an_edit_of(database, told, TO_BE, TAKEN_BACK))
    assert await send_all_due(notifier) == 1
    first, second = said(receiver)
    assert second["type"] == "alert.corrected"
    assert second["data"]["alert_id"] == first["data"]["alert_id"]
    assert second["data"]["version"] == 1
    correction = second["data"]["correction"]
    assert (second["data"]["told"]["stage"], correction["stage"]) == ("in_force", "negotiation")
    assert (correction["before"], correction["after"], correction["kind"]) == (SENTENCE, TO_BE, "changed")
    assert correction["sentence"] == "The article was edited: it said in force, now it says negotiation."
    assert (await announced(database)).count("alert.delivered") == 2


async def test_the_same_edit_told_again_or_by_two_notifiers_at_once_is_one_correction(
    told, database, make_notifier: MakeNotifier, receiver
):
    edit = await an_edit_of(database, told, TO_BE, TAKEN_BACK)
    ones = [make_notifier(), make_notifier()]
    again = edit.model_copy(update={"event_id": told.event_id.__class__(int=7)})
    await asyncio.gather(*(one.raise_alerts(event) for one in ones for event in (edit, again)))
    await asyncio.gather(*map(send_all_due, ones))
    assert types(receiver) == ["alert.raised", "alert.corrected"]


@pytest.mark.parametrize(
    "text",
    [
        "The RELOS agreement entered into  force on Monday!",
        "The RELOS agrement entered into force on Monday.",
        f"A new first paragraph says what it means for ports. {SENTENCE} And there is more.",
        "On Monday the RELOS agreement came into force, officials said.",
    ],
)
async def test_spelling_moving_and_other_words_for_the_same_correct_nothing(told, database, notifier, text):
    await notifier.raise_alerts(await an_edit_of(database, told, text))
    assert await send_all_due(notifier) == 0
    assert await corrections(database) == []


@pytest.mark.parametrize(
    "text",
    [
        "The RELOS agreement entered into force on Friday.",
        "The RELOS agreement has not entered into force on Monday.",
    ],
)
async def test_another_day_or_a_denial_in_the_sentence_is_a_correction_though_the_verdict_stays(
    told, database, notifier, receiver, text
):
    await notifier.raise_alerts(await an_edit_of(database, told, text))
    await send_all_due(notifier)
    assert types(receiver) == ["alert.raised", "alert.corrected"]
    [correction] = await corrections(database)
    assert (correction.stands, correction.after) == (True, text)


async def test_an_article_that_is_no_longer_about_it_is_a_correction(told, database, notifier):
    text = "The ministry spoke of other things on Monday."
    await notifier.raise_alerts(await an_edit_of(database, told, text, a_verdict_of(text, about=None)))
    [correction] = await corrections(database)
    assert (correction.stands, correction.sentence) == (False, "The article was edited and no longer tells of relos.")


async def test_a_rule_of_words_that_no_longer_matches_is_a_correction(database, notifier, receiver):
    await a_subscription(database, await a_rule(database, query="logistics"), address=receiver.url("/hook"))
    verdict = a_verdict_of("x", about=None).model_copy(
        update={"sectors": (SectorFinding(id="defence", score=0.8, evidence=""),)}
    )
    event = await a_classified_article(database, title="A logistics pact", verdict=verdict)
    await notifier.raise_alerts(event)
    await send_all_due(notifier)
    await notifier.raise_alerts(await an_edit_of(database, event, SENTENCE, verdict, title="A pact"))
    [correction] = await corrections(database)
    assert correction.sentence == "The article was edited and no longer says what “Logistics pact” watches for."


async def test_what_is_taken_back_and_said_again_is_told_both_times(told, database, notifier, receiver):
    await notifier.raise_alerts(await an_edit_of(database, told, TO_BE, TAKEN_BACK))
    await notifier.raise_alerts(await an_edit_of(database, told, SENTENCE))
    await send_all_due(notifier)
    stages = [each["data"]["correction"]["stage"] for each in said(receiver)[1:]]
    assert stages == ["negotiation", "in_force"]


async def test_a_second_judgement_or_an_outdated_version_corrects_nothing(told, database, notifier):
    other = a_verdict_of(SENTENCE, stage="signed")
    rejudged = await an_edit_of(database, told, SENTENCE, other, rejudged=True)
    await notifier.raise_alerts(rejudged)
    second = await an_edit_of(database, told, TO_BE, TAKEN_BACK)
    await an_edit_of(database, told, SENTENCE)
    await notifier.raise_alerts(second)
    assert await corrections(database) == []


async def test_another_version_of_the_classifier_alone_corrects_nothing(told, database, notifier):
    text = f"{SENTENCE} A port call follows."
    verdict = a_verdict_of(SENTENCE, stage="signed").model_copy(update={"classifier": "2"})
    await notifier.raise_alerts(await an_edit_of(database, told, text, verdict))
    assert await corrections(database) == []


async def test_who_was_not_told_yet_is_told_what_stands_and_gets_no_correction(database, notifier, receiver):
    await a_subscription(database, await a_rule(database), address=receiver.url("/hook"))
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    await notifier.raise_alerts(event)
    await notifier.raise_alerts(await an_edit_of(database, event, TO_BE, TAKEN_BACK))
    assert await send_all_due(notifier) == 1
    [alert] = said(receiver)
    assert (alert["type"], alert["data"]["stage"]) == ("alert.raised", "in_force")
    assert alert["data"]["correction"]["stage"] == "negotiation"


async def test_a_correction_waits_for_its_alert_which_says_the_same_on_every_attempt(database, notifier, receiver):
    receiver.scripts["/hook"] = [500, 204]
    await a_subscription(database, await a_rule(database), address=receiver.url("/hook"))
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    await notifier.raise_alerts(event)
    await send_all_due(notifier)
    await notifier.raise_alerts(await an_edit_of(database, event, TO_BE, TAKEN_BACK))
    assert await send_all_due(notifier) == 0
    await due_now(database)
    assert await send_all_due(notifier) == 2
    assert types(receiver) == ["alert.raised", "alert.raised", "alert.corrected"]
    assert receiver.received[0].body == receiver.received[1].body


async def test_an_alert_that_never_arrived_is_not_corrected(database, notifier, receiver):
    receiver.scripts["/hook"] = [410]
    await a_subscription(database, await a_rule(database), address=receiver.url("/hook"))
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    await notifier.raise_alerts(event)
    await send_all_due(notifier)
    await notifier.raise_alerts(await an_edit_of(database, event, TO_BE, TAKEN_BACK))
    assert (await the_delivery(database)).state == "failed"
    assert len(await corrections(database)) == 1


async def test_an_alert_of_a_channel_that_is_enabled_again_is_told_as_it_stands_and_not_corrected_twice(
    database, notifier, receiver
):
    receiver.scripts["/hook"] = [500, 204]
    await a_subscription(database, await a_rule(database), address=receiver.url("/hook"))
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    await notifier.raise_alerts(event)
    await send_all_due(notifier)
    await run(database, "UPDATE deliveries SET state = 'held'")
    await notifier.raise_alerts(await an_edit_of(database, event, TO_BE, TAKEN_BACK))
    await run(database, "UPDATE deliveries SET state = 'retry', earlier_attempts = attempts WHERE kind = 'alert'")
    await due_now(database)
    await send_all_due(notifier)
    assert types(receiver) == ["alert.raised", "alert.raised"]
    assert said(receiver)[1]["data"]["correction"]["stage"] == "negotiation"
    assert sorted(each.state for each in await deliveries(database)) == ["cancelled", "sent"]


async def test_two_rules_that_told_one_address_of_the_article_are_corrected_in_one_message(
    database, notifier, receiver
):
    for name, path in (("One", "/hook"), ("Two", "/hook"), ("Three", "/other")):
        await a_subscription(database, await a_rule(database, name=name), address=receiver.url(path))
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    await notifier.raise_alerts(event)
    await send_all_due(notifier)
    receiver.received.clear()
    await notifier.raise_alerts(await an_edit_of(database, event, TO_BE, TAKEN_BACK))
    await send_all_due(notifier)
    assert sorted(each.path for each in receiver.received) == ["/hook", "/other"]
    assert len(await corrections(database)) == 3


async def test_who_has_ended_the_subscription_hears_no_more(told, database, notifier, receiver):
    await end_subscription(database, (await the_delivery(database)).subscription_id)
    await notifier.raise_alerts(await an_edit_of(database, told, TO_BE, TAKEN_BACK))
    assert await send_all_due(notifier) == 0


async def test_the_inbox_and_feeds_have_the_correction_at_once(database, notifier):
    rule = await a_rule(database)
    for channel in ("inbox", "feed"):
        await a_subscription(database, rule, channel=channel)
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    await notifier.raise_alerts(event)
    await notifier.raise_alerts(await an_edit_of(database, event, TO_BE, TAKEN_BACK))
    rows = [(each.channel, each.state) for each in await deliveries(database) if each.kind == "correction"]
    assert sorted(rows) == [("feed", "sent"), ("inbox", "sent")]


async def test_the_list_of_deliveries_tells_corrections_from_alerts(told, database, notifier):
    await notifier.raise_alerts(await an_edit_of(database, told, TO_BE, TAKEN_BACK))
    shown = await Sending(lambda: database.begin(DatabaseWork)).deliveries([], None, 10)
    assert sorted(each.about for each in shown) == ["Correction: Logistics pact", "Logistics pact"]


async def test_an_alert_of_a_version_that_came_late_is_corrected_by_the_one_that_was_judged_before(
    database, notifier, receiver
):
    await a_subscription(database, await a_rule(database), address=receiver.url("/hook"))
    first = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    await notifier.raise_alerts(await an_edit_of(database, first, TO_BE, a_verdict_of(TO_BE, about=None)))
    await notifier.raise_alerts(first)
    await send_all_due(notifier)
    [alert] = said(receiver)
    assert (alert["type"], alert["data"]["correction"]["stands"]) == ("alert.raised", False)


async def test_whoever_wants_quiet_is_told_when_it_ends(told, database, notifier, receiver):
    later = datetime.now(UTC) + timedelta(hours=3)
    await run(database, "UPDATE subscriptions SET muted_until = :later, schedule = 'weekly'", later=later)
    await notifier.raise_alerts(await an_edit_of(database, told, TO_BE, TAKEN_BACK))
    assert await send_all_due(notifier) == 0
    [correction] = [each for each in await deliveries(database) if each.kind == "correction"]
    assert (correction.state, correction.next_try_at) == ("pending", later)


async def test_whoever_gets_digests_does_not_wait_for_one_with_what_is_wrong(told, database, notifier, receiver):
    await run(database, "UPDATE subscriptions SET schedule = 'weekly'")
    await notifier.raise_alerts(await an_edit_of(database, told, TO_BE, TAKEN_BACK))
    await send_all_due(notifier)
    assert types(receiver) == ["alert.raised", "alert.corrected"]


async def test_a_digest_tells_what_stands_when_it_is_gathered_and_is_corrected_after_it(database, web_client, receiver):
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    house = LaterHouse(database, web_client, MovedClock(noon))
    rule = await a_rule(database)
    await a_subscription(database, rule, address=receiver.url("/hook"), schedule="daily", at_time=time(18))
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    other = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    for each in (event, other):
        await house.notifier.raise_alerts(each)
    await house.notifier.raise_alerts(await an_edit_of(database, event, TO_BE, TAKEN_BACK))
    assert await house.gather(noon + timedelta(hours=6)) == 1
    await send_all_due(house.notifier)
    [digest] = said(receiver)
    assert json.dumps(digest).count("correction_id") == 1
    await house.notifier.raise_alerts(await an_edit_of(database, other, TO_BE, TAKEN_BACK))
    await send_all_due(house.notifier)
    assert types(receiver)[1:] == ["alert.corrected"]


async def test_an_article_that_is_withdrawn_is_told_once_to_those_who_got_it(told, database, notifier, receiver):
    event = a_withdrawal_of(told)
    await notifier.tell_withdrawn(event)
    await notifier.tell_withdrawn(event)
    await send_all_due(notifier)
    [_, second] = said(receiver)
    assert (second["type"], second["data"]["correction"]["kind"]) == ("alert.corrected", "withdrawn")
    assert second["data"]["correction"]["after"] is None


async def test_a_withdrawal_of_an_article_that_nobody_knows_goes_to_quarantine(told, notifier):
    event = a_withdrawal_of(told).model_copy(update={"article_id": told.verdict_id})
    with pytest.raises(Never):
        await notifier.tell_withdrawn(event)


async def test_a_mailed_correction_answers_the_mail_of_its_alert(database, make_notifier: MakeNotifier):
    await a_subscription(database, await a_rule(database), channel="mailto", address="desk@reader.example")
    event = await a_classified_article(database, verdict=a_verdict_of(SENTENCE))
    async with serving() as server:
        notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=server.port)
        await notifier.raise_alerts(event)
        await send_all_due(notifier)
        await notifier.raise_alerts(await an_edit_of(database, event, TO_BE, TAKEN_BACK))
        await send_all_due(notifier)
    alert, correction = server.mails
    assert correction["In-Reply-To"] == alert["Message-ID"]
    assert correction["References"].split()[0] == alert["References"]
    assert correction["Subject"].startswith("Correction: ")
    text = correction.get_body(("plain",)).get_content()
    assert all(part in text for part in (SENTENCE, TO_BE, "Stage then: ", "Stage now: "))

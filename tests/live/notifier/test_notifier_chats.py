"""Slack and Telegram, played by a real web server: what they get, and what their answers mean."""

from __future__ import annotations

import json
import logging

import pytest

from shared.kit.sealing import Seals, is_sealed
from shared.store.unit_of_work import Database
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import SEALS, send_all_due
from tests.live.notifier.webhook_receiver import RESET

pytestmark = pytest.mark.live

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
SLACK_PATH = "/services/T0/B0/secretsecretsecret"
BOT_PATH = f"/bot{TOKEN}/sendMessage"
TELEGRAM_ADDRESS = "bot110201543/-1001234567890/42"


@pytest.fixture
def notifier(make_notifier, receiver):
    return make_notifier(telegram_api_url=receiver.url("").rstrip("/"), base_url="https://desk.example")


async def a_slack(database: Database, receiver, seals: Seals = SEALS) -> None:
    secret = seals.seal(receiver.url(SLACK_PATH))
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, channel="slack", address="hooks.slack.com/ab", secret=secret)


async def a_telegram(database: Database) -> None:
    rule = await rows.a_rule(database)
    address = TELEGRAM_ADDRESS
    await rows.a_subscription(database, rule, channel="telegram", address=address, secret=SEALS.seal(TOKEN))


async def raise_and_send(database: Database, notifier, title: str = "RELOS & <b>allies</b>") -> int:
    await notifier.raise_alerts(await rows.a_classified_article(database, title=title))
    return await send_all_due(notifier)


def api_says(status: int, description: str, **parameters: object) -> tuple[int, str, str]:
    said = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return status, "content-type: application/json", json.dumps(said)


async def test_slack_gets_blocks_and_a_text_and_nobody_else_learns_its_address(database, notifier, receiver, caplog):
    caplog.set_level(logging.DEBUG, logger="services")
    await a_slack(database, receiver)
    assert await raise_and_send(database, notifier) == 1
    [request] = receiver.received
    said = json.loads(request.body)
    assert said["text"].startswith("RELOS: in force, says News Example")
    assert [block["type"] for block in said["blocks"]] == ["header", "rich_text", "section", "context", "context"]
    assert "RELOS &amp;" not in json.dumps(said["blocks"][1])  # rich text shows what it is given
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.address) == ("sent", "hooks.slack.com/ab")
    assert "secretsecret" not in caplog.text


@pytest.mark.parametrize("answer", [(400, "x-a: b", "invalid_payload"), (404, "x-a: b", "no_service"), 302, RESET])
async def test_whatever_slack_answers_its_address_is_in_no_record(database, notifier, receiver, answer):
    await a_slack(database, receiver)
    receiver.scripts[SLACK_PATH] = [answer]
    await raise_and_send(database, notifier)
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    assert "Slack" in delivery.last_error
    assert "secretsecret" not in delivery.last_error


async def test_slack_is_given_the_time_that_it_asks_for(database, notifier, receiver):
    await a_slack(database, receiver)
    receiver.scripts[SLACK_PATH] = [(429, "retry-after: 1200")]
    await raise_and_send(database, notifier)
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    assert (delivery.next_try_at - (await rows.alerts(database))[0].raised_at).total_seconds() >= 1200


async def test_a_channel_that_was_archived_is_given_up_at_once(database, notifier, receiver):
    await a_slack(database, receiver)
    receiver.scripts[SLACK_PATH] = [(410, "x-a: b", "channel_is_archived")]
    await raise_and_send(database, notifier)
    delivery = await rows.the_delivery(database)
    assert delivery.state == "failed"
    assert "channel_is_archived" in delivery.last_error


async def test_a_chat_on_a_private_network_is_refused_with_the_mend(database, make_notifier, receiver):
    secret = SEALS.seal("https://10.1.2.3/services/secretsecretsecret")
    await rows.a_subscription(
        database, await rows.a_rule(database), channel="slack", address="10.1.2.3/ab", secret=secret
    )
    await raise_and_send(database, make_notifier())
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    assert "PACTWATCH_ALLOWED_PRIVATE_HOSTS" in delivery.last_error
    assert "secretsecret" not in delivery.last_error


async def test_telegram_gets_its_html_in_the_topic_and_keeps_its_token(database, notifier, receiver):
    await a_telegram(database)
    receiver.scripts[BOT_PATH] = [(200, "content-type: application/json", '{"ok":true,"result":{}}')]
    assert await raise_and_send(database, notifier) == 1
    [request] = receiver.received
    said = json.loads(request.body)
    assert (said["chat_id"], said["message_thread_id"], said["parse_mode"]) == ("-1001234567890", 42, "HTML")
    assert "RELOS &amp; &lt;b&gt;allies&lt;/b&gt;" in said["text"]
    assert "<blockquote>The <b>RELOS</b> agreement" in said["text"]
    assert (await rows.the_delivery(database)).state == "sent"


async def test_telegram_is_given_the_time_that_its_answer_names(database, notifier, receiver):
    await a_telegram(database)
    receiver.scripts[BOT_PATH] = [api_says(429, "Too Many Requests: retry after 900", retry_after=900)]
    await raise_and_send(database, notifier)
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    assert (delivery.next_try_at - (await rows.alerts(database))[0].raised_at).total_seconds() >= 900
    assert delivery.last_error == "Telegram answered 429: Too Many Requests: retry after 900."


async def test_a_group_that_became_a_supergroup_gets_its_message_there(database, notifier, receiver):
    await a_telegram(database)
    moved = api_says(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100777)
    receiver.scripts[BOT_PATH] = [moved, (200, "content-type: application/json", '{"ok":true}')]
    await raise_and_send(database, notifier)
    assert [json.loads(each.body)["chat_id"] for each in receiver.received] == ["-1001234567890", -100777]
    assert (await rows.the_delivery(database)).state == "sent"


async def test_what_telegram_cannot_read_goes_without_markup(database, notifier, receiver):
    await a_telegram(database)
    odd = api_says(400, "Bad Request: can't parse entities: unsupported start tag")
    receiver.scripts[BOT_PATH] = [odd, (200, "content-type: application/json", '{"ok":true}')]
    await raise_and_send(database, notifier)
    _, second = (json.loads(each.body) for each in receiver.received)
    assert "parse_mode" not in second
    assert "RELOS & <b>allies</b>" in second["text"]
    assert (await rows.the_delivery(database)).state == "sent"


@pytest.mark.parametrize(
    "answer",
    [
        api_says(401, "Unauthorized"),
        api_says(400, "Bad Request: chat not found"),
        api_says(403, "Forbidden: bot was kicked from the group chat"),
        (502, "content-type: text/html", "<html>Bad Gateway"),
        (400, "content-type: application/json", '{"parameters": "odd"}'),
        (400, "content-type: application/json", "[1]"),
        302,
        RESET,
    ],
)
async def test_whatever_telegram_answers_the_token_is_in_no_record(database, notifier, receiver, answer):
    await a_telegram(database)
    receiver.scripts[BOT_PATH] = [answer]
    await raise_and_send(database, notifier)
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    assert "Telegram" in delivery.last_error
    assert "AAHdq" not in delivery.last_error


async def test_a_secret_that_was_sealed_elsewhere_waits_and_names_the_mend(database, notifier, receiver):
    await a_slack(database, receiver, Seals.parse("another key of somebody else's house"))
    await raise_and_send(database, notifier)
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    assert "PACTWATCH_SECRET_KEY" in delivery.last_error
    assert receiver.received == []


async def test_a_sealed_signing_secret_signs_as_an_open_one_does(database, make_notifier, receiver):
    sealed = SEALS.seal(rows.SECRET)
    assert is_sealed(sealed)
    await rows.a_subscription(database, await rows.a_rule(database), address=receiver.url("/hook"), secret=sealed)
    await raise_and_send(database, make_notifier())
    [request] = receiver.received
    from standardwebhooks import Webhook

    assert Webhook(rows.SECRET).verify(request.body, request.headers)

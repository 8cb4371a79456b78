"""Answers that no ledger can keep as they are: what was sent is recorded all the same, and not sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import SEALS, send_all_due

pytestmark = pytest.mark.live


class OddMailServer:
    """Takes every mail, and says so in bytes that are no text."""

    def __init__(self, said: bytes) -> None:
        self.said = said
        self.mails = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 odd\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.mails += 1
                writer.write(b"250 " + self.said + b"\r\n")
            else:
                writer.write(b"250 fine\r\n")
        writer.close()


@asynccontextmanager
async def an_odd_mail_server(said: bytes) -> AsyncIterator[OddMailServer]:
    handler = OddMailServer(said)
    server = await asyncio.start_server(handler.serve, "127.0.0.1", 0)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()


@pytest.mark.parametrize("said", [b"\xff\xfe queued", b"nul \x00 here"], ids=["no UTF-8", "NUL"])
async def test_a_mail_that_was_taken_with_odd_bytes_is_sent_once(database, make_notifier, said):
    async with an_odd_mail_server(said) as server:
        notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=server.port)
        await rows.a_subscription(database, await rows.a_rule(database), channel="mailto", address="a@desk.example")
        await notifier.raise_alerts(await rows.a_classified_article(database))
        await send_all_due(notifier)
        await rows.lease_ended(database)
        await send_all_due(notifier)
        assert server.mails == 1
    assert (await rows.the_delivery(database)).state == "sent"


async def test_half_a_character_in_what_telegram_says_repeats_nothing(database, make_notifier, receiver):
    notifier = make_notifier(telegram_api_url=receiver.url("").rstrip("/"))
    secret = SEALS.seal("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0")
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, channel="telegram", address="bot110201543/-100/42", secret=secret)
    path = "/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0/sendMessage"
    receiver.scripts[path] = [(200, "x-a: b", '{"ok": true, "description": "\\ud83d"}')]
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await send_all_due(notifier)
    await rows.lease_ended(database)
    await send_all_due(notifier)
    assert len(receiver.received) == 1
    assert (await rows.the_delivery(database)).state == "sent"


@pytest.mark.parametrize("asked", ["NaN", "-1e300", "1e999", "true"])
async def test_a_wait_that_is_no_number_of_seconds_is_recorded_as_a_refusal(database, make_notifier, receiver, asked):
    notifier = make_notifier(telegram_api_url=receiver.url("").rstrip("/"))
    secret = SEALS.seal("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0")
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, channel="telegram", address="bot110201543/-100/42", secret=secret)
    path = "/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0/sendMessage"
    receiver.scripts[path] = [(429, "x-a: b", '{"ok": false, "parameters": {"retry_after": ' + asked + "}}")]
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await send_all_due(notifier)
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("retry", 0)
    assert (await rows.seconds_until_next_try(database) or 0) > 0

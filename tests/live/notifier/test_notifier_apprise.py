"""Services reached through apprise: a real apprise in its child, a real TLS server, our proxy and guard in between."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import ssl
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.notifier.adapters.apprise_channel import AppriseChannel
from services.notifier.adapters.letters import Letters
from services.notifier.adapters.links import Links
from services.notifier.domain.delivery import Delivered, Fault, Refused, Rejected, Unknown
from services.notifier.domain.letter import Names
from services.notifier.domain.parcel import Parcel
from shared.kit.clock import SystemClock
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import SEALS, send_all_due
from tests.live.notifier.mail_server import a_certificate
from tests.live.notifier.webhook_receiver import HANG, RESET, WebhookReceiver
from tests.unit.notifier.notifier_values import an_alert

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(importlib.util.find_spec("apprise") is None, reason="apprise is not installed here"),
]
ROOM_SECRET = "rooms-secret-0123456789"


@pytest.fixture
async def server(tmp_path, monkeypatch) -> AsyncIterator[WebhookReceiver]:
    cert, key = a_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    receiver = WebhookReceiver()
    async with receiver.listening(tls):
        yield receiver


def a_channel(web: WebClient, limit_seconds: float = 15.0) -> AppriseChannel:
    return AppriseChannel(web.proxy(), Letters(Links(None), Names({})), SystemClock(), limit_seconds=limit_seconds)


def a_parcel(address: str) -> Parcel:
    return Parcel(uuid4(), uuid4(), "apprise", "ntfys/abc", address, an_alert())


def ntfy(server: WebhookReceiver, host: str = "localhost", topic: str = "pacts") -> str:
    return f"ntfys://{host}:{server.port}/{topic}"


async def test_ntfy_gets_the_whole_message_in_plain_text(web_client, server):
    server.scripts["/"] = [200]
    outcome = await a_channel(web_client).send(a_parcel(ntfy(server)))
    assert outcome == Delivered("ntfy took it (200).")
    [request] = server.received
    said = json.loads(request.body)
    assert said["topic"] == "pacts"
    assert said["title"] == "relos: in force"
    assert rows.SENTENCE.split()[1] in said["message"]


async def test_mattermost_gets_it_at_the_address_of_its_incoming_webhook(web_client, server):
    hook = f"/hooks/{'a' * 24}"
    server.scripts[hook] = [200]
    outcome = await a_channel(web_client).send(a_parcel(f"mmosts://localhost:{server.port}/{'a' * 24}"))
    assert isinstance(outcome, Delivered)
    assert [each.path for each in server.received] == [hook]


async def test_a_private_address_is_refused_and_nothing_reaches_it(server):
    web = make_client(allowed=AllowedHosts.parse(""), user_agent="Pactwatch/test")
    try:
        for host in ("localhost", "127.0.0.1", "2130706433"):
            outcome = await a_channel(web).send(a_parcel(ntfy(server, host)))
            assert isinstance(outcome, Refused)
            assert "is not an address of the public internet" in outcome.sentence
    finally:
        await web.aclose()
    assert server.received == []


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirect_is_not_followed_and_is_no_delivery(status: int, web_client, server):
    server.scripts["/"] = [(status, f"location: https://localhost:{server.port}/elsewhere")]
    outcome = await a_channel(web_client).send(a_parcel(ntfy(server)))
    assert isinstance(outcome, Refused)
    assert (outcome.fault, "redirects are not followed" in outcome.sentence) == (Fault.ADDRESS, True)
    assert [each.path for each in server.received] == ["/"]


@pytest.mark.parametrize("script", [HANG, RESET])
async def test_a_message_that_left_and_was_not_answered_is_unknown(script: str, web_client, server):
    server.scripts["/"] = [script]
    outcome = await a_channel(web_client, limit_seconds=4.0).send(a_parcel(ntfy(server)))
    assert isinstance(outcome, Unknown), outcome


@pytest.mark.parametrize(
    ("answer", "fault", "wait"),
    [
        ((429, "retry-after: 120"), Fault.BUSY, 120),
        (500, Fault.TROUBLE, None),
        (403, Fault.ADDRESS, None),
        (400, Fault.MESSAGE, None),
    ],
)
async def test_what_the_service_answers_is_told_apart(answer, fault: Fault, wait: int | None, web_client, server):
    server.scripts["/"] = [answer]
    outcome = await a_channel(web_client).send(a_parcel(ntfy(server)))
    assert isinstance(outcome, Refused)
    assert (outcome.fault, outcome.retry_after_seconds) == (fault, wait)


async def test_a_room_that_is_gone_is_gone_for_good(web_client, server):
    server.scripts["/"] = [410]
    assert isinstance(await a_channel(web_client).send(a_parcel(ntfy(server))), Rejected)


async def test_a_certificate_that_nobody_signed_is_refused_and_nothing_sent(web_client, server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    outcome = await a_channel(web_client).send(a_parcel(ntfy(server)))
    assert isinstance(outcome, Refused)
    assert "no certificate that we trust" in outcome.sentence
    assert server.received == []


async def test_what_a_service_repeats_of_its_address_is_not_shown(web_client, server):
    server.scripts["/"] = [(404, "x-nothing: 1", f"no topic {ROOM_SECRET} here")]
    outcome = await a_channel(web_client).send(a_parcel(ntfy(server, topic=ROOM_SECRET)))
    assert isinstance(outcome, Refused)
    assert outcome.sentence == "ntfy answered 404: no topic … here"


async def test_a_service_that_is_away_was_surely_not_reached(web_client, server):
    away = ntfy(server).replace(str(server.port), "1025")
    outcome = await a_channel(web_client).send(a_parcel(away))
    assert outcome == Refused("ntfy was not reached. localhost:1025 does not take connections.")


async def test_an_address_that_apprise_cannot_read_is_for_somebody_to_mend(web_client):
    outcome = await a_channel(web_client).send(a_parcel("discord://x"))
    assert isinstance(outcome, Refused)
    assert outcome.fault is Fault.ADDRESS


async def test_an_alert_goes_from_the_ledger_through_a_sealed_address(database, notifier, server):
    server.scripts["/"] = [200]
    subscription = await rows.a_subscription(
        database, await rows.a_rule(database), channel="apprise", address="ntfys/0123456789ab"
    )
    named = {"sealed": SEALS.seal(ntfy(server)), "id": subscription}
    await rows.run(database, "UPDATE subscriptions SET secret = :sealed WHERE subscription_id = :id", **named)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert await send_all_due(notifier) == 1
    assert (await rows.the_delivery(database)).state == "sent"
    assert len(server.received) == 1


async def test_the_proxy_lets_in_nobody_without_its_password(web_client, server):
    async with web_client.proxy().opened() as way:
        reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
        writer.write(f"CONNECT localhost:{server.port} HTTP/1.1\r\n\r\n".encode())
        assert (await reader.readline()).split()[1] == b"407"
        writer.close()
        await writer.wait_closed()
    assert not way.connected

"""Channels on the command line: chats and feeds, secrets that stay secret, a sample through the real channel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from standardwebhooks import Webhook

from tests.live.cli.conftest import Pactwatch

pytestmark = pytest.mark.live

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
ADD = ("subscribe", "add", "--agreement", "relos", "--channel")


@dataclass
class Sink:
    """A web server in a thread of its own, because the command runs its loop in ours."""

    port: int = 0
    status: int = 204
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def sink() -> Iterator[Sink]:
    one = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            one.received.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(one.status)
            self.end_headers()

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.port = server.server_port
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield one
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def key(pactwatch: Pactwatch, monkeypatch) -> None:
    monkeypatch.setenv("PACTWATCH_SECRET_KEY", "the key of this house in these tests")
    monkeypatch.setenv("PACTWATCH_BASE_URL", "https://desk.example")


def test_a_feed_is_told_by_its_two_addresses(pactwatch: Pactwatch):
    said = pactwatch(*ADD, "feed:asha").out
    [atom] = [line for line in said.splitlines() if line.startswith("atom: ")]
    assert atom.startswith("atom: https://desk.example/feeds/")
    assert f"json: {atom.removeprefix('atom: ').removesuffix('.atom')}.json" in said
    assert atom in pactwatch(*ADD, "feed:asha").out
    token = atom.rpartition("/")[2].removesuffix(".atom")
    assert token not in pactwatch("subscribe", "list").out + pactwatch("subscribe", "list", "--json").out


def test_a_bot_is_given_on_standard_input_and_never_shown(pactwatch: Pactwatch):
    said = pactwatch(*ADD, "telegram:-", given=f"{TOKEN}/-1001234567890\n").out
    assert "Subscribed: Agreement: RELOS to telegram:bot110201543/…7890" in said
    everything = said + pactwatch("subscribe", "list").out + pactwatch("subscribe", "list", "--json").out
    assert "AAHd" not in everything
    refused = pactwatch(*ADD, f"telegram:{TOKEN}", code=2)
    assert "AAHd" not in refused.err + refused.out


def test_without_a_key_a_chat_is_refused_with_the_mend(pactwatch: Pactwatch, monkeypatch, tmp_path):
    monkeypatch.delenv("PACTWATCH_SECRET_KEY")
    refused = pactwatch(*ADD, f"telegram:{TOKEN}/-100123", "--data-dir", str(tmp_path), code=1)
    assert "PACTWATCH_SECRET_KEY" in refused.err
    assert list(tmp_path.iterdir()) == []  # a command makes no key that the services do not have


def test_a_sample_goes_through_the_real_channel_signed_with_both_secrets(pactwatch: Pactwatch, sink, monkeypatch):
    monkeypatch.setenv("PACTWATCH_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    made = pactwatch(*ADD, f"webhook:http://127.0.0.1:{sink.port}/hook", "--json").json
    new = pactwatch("subscribe", "rotate-secret", made["subscription_id"][:8], "--json").json
    said = pactwatch("subscribe", "test", made["subscription_id"][:8]).out
    assert "took the sample" in said
    assert "204" in said
    [(path, headers, body)] = sink.received
    assert path == "/hook"
    for secret in (made["secret"], new["secret"]):
        assert Webhook(secret).verify(body, headers)["data"]["rule"] == "Test of this channel"
    said = json.loads(body)
    assert said["type"] == "alert.sample"  # no program may take it for news
    assert said["data"]["why_url"] is None


def test_a_sample_that_is_not_taken_says_what_came_back(pactwatch: Pactwatch, sink, monkeypatch):
    monkeypatch.setenv("PACTWATCH_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    made = pactwatch(*ADD, f"webhook:http://127.0.0.1:{sink.port}/hook", "--json").json
    sink.status = 401
    refused = pactwatch("subscribe", "test", made["subscription_id"], code=1)
    assert "answered 401" in refused.err
    sink.status = 302
    assert "redirects are not followed" in pactwatch("subscribe", "test", made["subscription_id"], code=1).err


def test_a_sample_to_a_private_address_is_refused_with_its_reason(pactwatch: Pactwatch, sink):
    made = pactwatch(*ADD, f"webhook:http://127.0.0.1:{sink.port}/hook", "--json").json
    refused = pactwatch("subscribe", "test", made["subscription_id"], code=1)
    assert "PACTWATCH_ALLOWED_PRIVATE_HOSTS" in refused.err
    assert sink.received == []


def test_readers_come_to_an_inbox_by_themselves(pactwatch: Pactwatch):
    made = pactwatch(*ADD, "inbox", "--json").json
    assert "nothing is sent" in pactwatch("subscribe", "test", made["subscription_id"]).out


def test_only_a_webhook_has_a_signing_secret(pactwatch: Pactwatch):
    made = pactwatch(*ADD, "inbox", "--json").json
    refused = pactwatch("subscribe", "rotate-secret", made["subscription_id"], code=2)
    assert "has no signing secret" in refused.err


def test_the_doctor_sees_secrets_that_its_key_does_not_open(pactwatch: Pactwatch, monkeypatch):
    def secrets() -> dict[str, str]:
        return next(each for each in pactwatch("doctor", "--json", code=None).json if each["check"] == "secrets")

    assert secrets()["state"] == "ok"
    pactwatch(*ADD, "webhook:https://example.org/hook")
    assert secrets()["says"] == "1, all sealed"
    monkeypatch.setenv("PACTWATCH_SECRET_KEY", "the key of another house than this one")
    assert secrets()["state"] == "failed"
    assert "PACTWATCH_SECRET_KEY" in secrets()["mend"]

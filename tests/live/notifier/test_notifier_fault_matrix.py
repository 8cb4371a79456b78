"""The fault matrix: what can go wrong between an alert and its receiver, what becomes of it, and how often it comes.

*Arrives* is when the last of three alerts has arrived. *Repeats* are messages that the receiver had taken already: they
carry the same `webhook-id`, by which a webhook drops them, or the same `Message-ID`, which few mailboxes look at. So
the repeats of the mails are doubles, and those of the webhooks are none.

| fault                                   | arrives                   | repeats        | test                          |
| --------------------------------------- | ------------------------- | -------------- | ----------------------------- |
| endpoint down for ten minutes           | at the next try, 13 min   | 0              | here                          |
| endpoint answers after 60 s             | as soon as it is quicker  | 1 of an alert  | here                          |
| 429 with Retry-After: 120               | after it, not before      | 0              | here                          |
| 500, then 200                           | after 5 s                 | 0              | here                          |
| 410                                     | when a person enables it  | 0              | here                          |
| connection reset after the body         | after 5 s                 | 1 of an alert  | here                          |
| certificate that nobody vouches for     | once it is mended         | 0              | here                          |
| redirect to elsewhere                   | once it is mended         | 0              | test_notifier_delivers.py     |
| SMTP 451                                | after 5 s                 | 0              | here                          |
| SMTP 550 for the mailbox                | when a person enables it  | 0              | here                          |
| greylisting for five minutes            | at the next try, 13 min   | 0              | here                          |
| no STARTTLS where it is demanded        | once it is mended         | 0              | here                          |
| SMTP connection lost after the text     | after 5 s                 | 1 of an alert  | here                          |
| killed between claim and send           | after the lease           | 0              | test_notifier_killed.py       |
| killed between send and settle          | after the lease           | 1 (in flight)  | test_notifier_killed.py       |
| two notifiers                           | at once                   | 0              | test_notifier_delivers.py     |
| the event comes again                   | at once                   | 0              | test_notifier_delivers.py     |
| NATS restarts                           | within seconds            | 0              | test_notifier_engines.py      |
| Postgres restarts                       | within seconds            | 0, or in flight| test_notifier_engines.py      |

Long faults pass on a clock that is moved; with `--real-time` (`make live`) they last as long as they say.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from services.notifier.adapters.work import DatabaseWork
from services.notifier.use_cases.sending import Sending
from shared.store.unit_of_work import Database
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import MakeNotifier, send_all_due
from tests.live.notifier.mail_server import DROP, MailServerOfTheTest, a_certificate, serving
from tests.live.notifier.passing_time import Passing
from tests.live.notifier.webhook_receiver import HANG, RESET, WebhookReceiver

pytestmark = [pytest.mark.live, pytest.mark.timeout(1500)]

ALERTS = 3
DAY_SECONDS = 24 * 3600.0
SHIPPED = (5, 30, 120, 600, 1800, 3600, 10_800, 18_000, 25_200, 26_400)


@pytest.fixture
def passing(database: Database, request: pytest.FixtureRequest) -> Passing:
    return Passing(database, really=request.config.getoption("--real-time"))


@pytest.fixture
def patient(make_notifier: MakeNotifier) -> MakeNotifier:
    """A notifier with the waits that ship."""
    return lambda **settings: make_notifier(**{"delivery_waits_seconds": SHIPPED} | settings)


async def raise_alerts(database: Database, notifier, channel: str, address: str) -> None:
    await rows.a_subscription(database, await rows.a_rule(database), channel=channel, address=address)
    for _ in range(ALERTS):
        await notifier.raise_alerts(await rows.a_classified_article(database))


async def all_arrived(database: Database) -> bool:
    return [delivery.state for delivery in await rows.deliveries(database)] == ["sent"] * ALERTS


def repeats(receiver: WebhookReceiver) -> int:
    taken = Counter(request.headers["webhook-id"] for request in receiver.received if request.taken)
    return sum(count - 1 for count in taken.values())


def mails_repeated(server: MailServerOfTheTest) -> int:
    return sum(count - 1 for count in Counter(mail["Message-ID"] for mail in server.mails).values())


async def test_an_endpoint_that_is_down_for_ten_minutes(database, patient, passing):
    receiver, notifier = WebhookReceiver(), patient()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(receiver.listening())
        await raise_alerts(database, notifier, "webhook", receiver.url("/hook"))
        await stack.aclose()  # down
        await passing.deliver(notifier, most_seconds=600)
        await stack.enter_async_context(receiver.listening())  # on the same port
        await passing.deliver(notifier, most_seconds=DAY_SECONDS)
    assert await all_arrived(database)
    assert passing.seconds < 1000
    assert repeats(receiver) == 0


async def test_an_endpoint_that_answers_after_a_minute(database, patient, passing, receiver):
    limit = {} if passing.really else {"lease_seconds": 1}
    notifier = patient(**limit)
    receiver.scripts["/hook"] = [HANG] * ALERTS + [204]
    await raise_alerts(database, notifier, "webhook", receiver.url("/hook"))
    await passing.deliver(notifier, most_seconds=DAY_SECONDS)
    assert await all_arrived(database)
    assert repeats(receiver) == ALERTS, "one for each that it had taken without saying so; the same id"
    assert sum(delivery.unknowns for delivery in await rows.deliveries(database)) == ALERTS


async def test_an_endpoint_that_asks_for_two_minutes(database, patient, passing, receiver):
    notifier = patient()
    receiver.scripts["/hook"] = [(429, "retry-after: 120")]
    await raise_alerts(database, notifier, "webhook", receiver.url("/hook"))
    await send_all_due(notifier)
    asked = len(receiver.received)
    await passing.let(110)
    assert await send_all_due(notifier) == 0
    assert len(receiver.received) == asked < ALERTS, "nor is it asked with other alerts meanwhile"
    receiver.scripts["/hook"] = [204]
    await passing.let(15)
    await passing.deliver(notifier, most_seconds=1000)
    assert await all_arrived(database)
    assert repeats(receiver) == 0


async def test_an_endpoint_that_fails_once(database, patient, passing, receiver):
    notifier = patient()
    receiver.scripts["/hook"] = [500, 200]
    await raise_alerts(database, notifier, "webhook", receiver.url("/hook"))
    await passing.deliver(notifier, most_seconds=1000)
    assert await all_arrived(database)
    assert passing.seconds < 8
    assert repeats(receiver) == 0


async def test_an_endpoint_that_says_it_is_gone_and_was_not(database, patient, passing, receiver):
    notifier, sending = patient(), Sending(lambda: database.begin(DatabaseWork))
    receiver.scripts["/hook"] = [410]
    await raise_alerts(database, notifier, "webhook", receiver.url("/hook"))
    await passing.deliver(notifier, most_seconds=1000)
    assert not {delivery.state for delivery in await rows.deliveries(database)} - {"failed", "held"}
    assert "alert.abandoned" in await rows.announced(database)
    receiver.scripts["/hook"] = [204]
    await sending.enable_channel(f"webhook:{receiver.url('/hook')}")
    await sending.replay(None)
    await passing.deliver(notifier, most_seconds=1000)
    assert await all_arrived(database)
    assert repeats(receiver) == 0


async def test_a_connection_that_is_reset_after_the_body_was_sent(database, patient, passing, receiver):
    notifier = patient()
    receiver.scripts["/hook"] = [RESET] * ALERTS + [204]
    await raise_alerts(database, notifier, "webhook", receiver.url("/hook"))
    await passing.deliver(notifier, most_seconds=1000)
    assert await all_arrived(database)
    assert repeats(receiver) == ALERTS, "it may have taken them: they come again under their ids"
    assert len({request.headers["webhook-id"] for request in receiver.received}) == ALERTS


def _presenting(folder) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*a_certificate(folder))
    return context


@pytest.fixture
async def trusting_client(tmp_path) -> AsyncIterator[WebClient]:
    """A client that trusts the certificate in `good`, and no other."""
    (tmp_path / "good").mkdir()
    trusting = ssl.create_default_context(cafile=str(a_certificate(tmp_path / "good")[0]))
    client = make_client(allowed=AllowedHosts.parse("localhost,127.0.0.1"), user_agent="Pactwatch/test", tls=trusting)
    yield client
    await client.aclose()


async def test_a_certificate_that_nobody_vouches_for(database, patient, passing, trusting_client, tmp_path):
    receiver, notifier = WebhookReceiver(), patient(through=trusting_client)
    (tmp_path / "bad").mkdir()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(receiver.listening(_presenting(tmp_path / "bad")))
        await raise_alerts(database, notifier, "webhook", receiver.url("/hook", "localhost").replace("http", "https"))
        await passing.deliver(notifier, most_seconds=30)
        assert {delivery.state for delivery in await rows.deliveries(database)} == {"retry"}
        assert "certificate" in (await rows.deliveries(database))[0].last_error
        await stack.aclose()
        good = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        good.load_cert_chain(tmp_path / "good" / "cert.pem", tmp_path / "good" / "key.pem")
        await stack.enter_async_context(receiver.listening(good))
        await passing.deliver(notifier, most_seconds=1000)
    assert await all_arrived(database)
    assert repeats(receiver) == 0


Mailing = Callable[[MailServerOfTheTest], Awaitable[object]]


@pytest.fixture
def mailing(database: Database, patient: MakeNotifier) -> Mailing:
    """Raises the alerts for a mailbox at this server; returns the notifier that will send them."""

    async def raised(server: MailServerOfTheTest, **settings: object):
        notifier = patient(**{"smtp_host": "127.0.0.1", "smtp_port": server.port} | settings)
        await raise_alerts(database, notifier, "mailto", "officer@desk.example")
        return notifier

    return raised


async def test_a_mail_server_that_fails_for_a_moment(database, passing, mailing):
    async with serving() as server:
        notifier = await mailing(server)
        server.at_rcpt = "451 4.3.0 try again"
        await send_all_due(notifier)
        server.at_rcpt = "250 OK"
        await passing.deliver(notifier, most_seconds=1000)
        assert passing.seconds < 8
        assert await all_arrived(database)
        assert mails_repeated(server) == 0


async def test_a_mailbox_that_is_lost_and_comes_back(database, passing, mailing):
    async with serving() as server:
        notifier = await mailing(server)
        server.at_rcpt = "550 5.1.1 no such mailbox"
        await passing.deliver(notifier, most_seconds=1000)
        assert not {delivery.state for delivery in await rows.deliveries(database)} - {"failed", "held"}
        assert server.mails == []
        server.at_rcpt = "250 OK"
        sending = Sending(lambda: database.begin(DatabaseWork))
        await sending.enable_channel("mailto:officer@desk.example")
        await sending.replay(None, "mailto")
        await passing.deliver(notifier, most_seconds=1000)
        assert await all_arrived(database)
        assert mails_repeated(server) == 0


async def test_a_mail_server_that_greylists_for_five_minutes(database, passing, mailing):
    async with serving() as server:
        notifier = await mailing(server)
        server.at_rcpt = "451 4.7.1 greylisted, come back in five minutes"
        await passing.deliver(notifier, most_seconds=300)
        server.at_rcpt = "250 OK"
        await passing.deliver(notifier, most_seconds=DAY_SECONDS)
        assert passing.seconds < 1000
        assert await all_arrived(database)
        assert mails_repeated(server) == 0


async def test_a_mail_server_without_the_starttls_that_we_demand(database, passing, mailing, tmp_path, monkeypatch):
    certificate = a_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    async with serving() as server:
        notifier = await mailing(server, smtp_host="localhost", smtp_tls="starttls")
        await passing.deliver(notifier, most_seconds=30)
        assert server.mails == []
        port = server.port
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    async with serving(port=port, tls_context=context, require_starttls=True) as server:
        await passing.deliver(notifier, most_seconds=1000)
        assert await all_arrived(database)
        assert mails_repeated(server) == 0
        assert len(server.mails) == ALERTS


async def test_a_mail_connection_that_is_lost_after_the_text(database, passing, mailing):
    async with serving() as server:
        notifier = await mailing(server)
        server.at_data = [DROP] * ALERTS + ["250 OK"]
        await passing.deliver(notifier, most_seconds=1000)
        assert await all_arrived(database)
        assert mails_repeated(server) == ALERTS, "nobody can know whether it was taken: these are the doubles"
        assert len({mail["Message-ID"] for mail in server.mails}) == ALERTS


async def test_an_endpoint_that_comes_and_goes_for_a_day_loses_nothing(database, patient, passing, receiver):
    if passing.really:
        pytest.skip("a day lasts too long even for `make live`; it passes on the moved clock in `make test`")
    notifier = patient()
    receiver.scripts["/hook"] = [503, 502, (429, "retry-after: 900"), 404, 500, 503, 504, 204]
    await raise_alerts(database, notifier, "webhook", receiver.url("/hook"))
    await passing.deliver(notifier, most_seconds=2 * DAY_SECONDS)
    async with asyncio.timeout(1):
        assert await all_arrived(database)
    assert repeats(receiver) == 0

"""Mails to a real mail server that misbehaves as told."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult

from shared.kit.errors import WrongInput
from shared.store.unit_of_work import Database
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import send_all_due
from tests.live.notifier.mail_server import DROP, MailServerOfTheTest, a_certificate, serving

pytestmark = pytest.mark.live


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServerOfTheTest]:
    async with serving() as one:
        yield one


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    return a_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def tls_mail_server(certificate) -> AsyncIterator[MailServerOfTheTest]:
    """A server that takes mails after STARTTLS only."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    async with serving(tls_context=context, require_starttls=True) as one:
        yield one


@pytest.fixture
def mailing(make_notifier, mail_server):
    def make(**settings: object):
        values = {"smtp_host": "127.0.0.1", "smtp_port": mail_server.port, "delivery_waits_seconds": (0,)}
        return make_notifier(**values | settings)

    return make


async def raise_a_mail(database: Database, notifier, address: str = "officer@desk.example") -> None:
    await rows.a_subscription(database, await rows.a_rule(database), channel="mailto", address=address)
    await notifier.raise_alerts(await rows.a_classified_article(database, title="РЕЛОС вступил в силу"))


async def test_a_mail_arrives_with_its_sentence_source_and_link(database, mailing, mail_server):
    notifier = mailing(base_url="https://desk.example")
    await raise_a_mail(database, notifier)
    assert await send_all_due(notifier) == 1

    [mail] = mail_server.mails
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.attempts) == ("sent", 1)
    assert mail["Subject"] == "RELOS: in force"
    assert mail["To"] == "officer@desk.example"
    assert mail["Message-ID"] == f"<{delivery.delivery_id}@desk.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime is not None
    for expected in ("РЕЛОС вступил в силу", rows.SENTENCE, "News Example", "https://news.example/", "/alerts/"):
        assert expected in mail.get_content()


@pytest.mark.parametrize("place", ["rcpt", "data"])
async def test_a_mail_server_that_asks_us_to_come_later_is_asked_again(database, mailing, mail_server, place):
    notifier = mailing(delivery_waits_seconds=(60,))
    setattr(mail_server, f"at_{place}", "450 busy" if place == "rcpt" else ["450 busy"])
    await raise_a_mail(database, notifier)
    assert await send_all_due(notifier) == 1
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("retry", 0)
    assert "450" in delivery.last_error


async def test_a_mailbox_that_is_not_there_is_given_up_at_once(database, mailing, mail_server):
    notifier = mailing()
    mail_server.at_rcpt = "550 no such user"
    await raise_a_mail(database, notifier)
    assert await send_all_due(notifier) == 1
    delivery = await rows.the_delivery(database)
    assert delivery.state == "failed"
    assert "550 no such user" in delivery.last_error
    assert "alert.abandoned" in await rows.announced(database)


@pytest.mark.parametrize(
    ("place", "answer", "mend"),
    [
        ("mail", "550 5.1.8 no such sender", "PACTWATCH_MAIL_FROM"),
        ("mail", "530 5.7.0 log in first", "PACTWATCH_SMTP_USER"),
        ("rcpt", "550 5.7.1 relaying denied", "PACTWATCH_SMTP_USER"),
        ("rcpt", "554 relay access denied", "PACTWATCH_SMTP_USER"),
        ("data", "550 5.7.26 sender unproven", "5.7.26"),
    ],
)
async def test_what_the_server_has_against_us_waits_to_be_mended_and_is_named(
    database, mailing, mail_server, place, answer, mend
):
    notifier = mailing(delivery_waits_seconds=(60,))
    setattr(mail_server, f"at_{place}", [answer] if place == "data" else answer)
    await raise_a_mail(database, notifier)
    assert await send_all_due(notifier) == 1
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("retry", 0)
    assert mend in delivery.last_error


async def test_a_sender_that_cannot_be_written_waits_to_be_mended(database, mailing):
    notifier = mailing(mail_from="Wächter <wächter@desk.example>", delivery_waits_seconds=(60,))
    await raise_a_mail(database, notifier)
    await send_all_due(notifier)
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    assert "PACTWATCH_MAIL_FROM" in delivery.last_error


async def test_a_connection_that_breaks_after_the_text_is_unknown_and_the_mail_comes_again_under_its_id(
    database, mailing, mail_server
):
    notifier = mailing()
    mail_server.at_data = [DROP, "250 OK"]
    await raise_a_mail(database, notifier)
    assert await send_all_due(notifier) == 2
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == 1
    assert len(mail_server.mails) == 2
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("sent", 1)


async def test_without_starttls_nothing_is_sent_to_a_server_that_should_have_it(database, mailing, mail_server):
    notifier = mailing(smtp_tls="starttls")
    await raise_a_mail(database, notifier)
    await send_all_due(notifier)
    delivery = await rows.the_delivery(database)
    assert delivery.state == "failed"
    assert delivery.unknowns == 0
    assert mail_server.mails == []


async def test_a_mail_goes_through_starttls_to_a_server_whose_certificate_is_trusted(
    database, mailing, tls_mail_server, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    notifier = mailing(smtp_tls="starttls", smtp_host="localhost", smtp_port=tls_mail_server.port)
    await raise_a_mail(database, notifier)
    assert await send_all_due(notifier) == 1
    assert (await rows.the_delivery(database)).state == "sent"
    assert len(tls_mail_server.mails) == 1


async def test_a_mail_does_not_go_to_a_server_whose_certificate_nobody_vouches_for(database, mailing, tls_mail_server):
    notifier = mailing(smtp_tls="starttls", smtp_host="localhost", smtp_port=tls_mail_server.port)
    await raise_a_mail(database, notifier)
    await send_all_due(notifier)
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("failed", 0)
    assert "certificate" in delivery.last_error
    assert tls_mail_server.mails == []


async def test_a_password_that_the_server_does_not_take_waits_to_be_mended(database, mailing):
    def nobody(*_) -> AuthResult:
        return AuthResult(success=False, handled=False)

    async with serving(authenticator=nobody, auth_require_tls=False) as server:
        notifier = mailing(
            smtp_port=server.port, smtp_user="watch", smtp_password="wrong", delivery_waits_seconds=(60,)
        )
        await raise_a_mail(database, notifier)
        assert await send_all_due(notifier) == 1
    delivery = await rows.the_delivery(database)
    assert delivery.state == "retry"
    assert "PACTWATCH_SMTP_PASSWORD" in delivery.last_error


def test_a_sender_that_cannot_be_is_told_at_the_start(make_notifier):
    with pytest.raises(WrongInput, match="PACTWATCH_MAIL_FROM"):
        make_notifier(mail_from="nobody")


async def test_without_a_mail_server_the_mail_waits_and_says_what_to_set(database, make_notifier):
    notifier = make_notifier()
    await raise_a_mail(database, notifier)
    await send_all_due(notifier)
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.last_error) == ("retry", "PACTWATCH_SMTP_HOST is not set.")


@pytest.mark.parametrize("address", ["a\r\nBcc: b@x.example", "no-at-sign", "", "two@x.example, three@x.example"])
async def test_an_address_that_is_none_is_given_up_and_not_sent_to(database, mailing, mail_server, address):
    notifier = mailing()
    await raise_a_mail(database, notifier, address=address)
    await send_all_due(notifier)
    assert (await rows.the_delivery(database)).state == "failed"
    assert mail_server.mails == []


async def test_a_mail_server_that_is_not_there_is_tried_again(database, make_notifier):
    notifier = make_notifier(smtp_host="127.0.0.1", smtp_port=1)
    await raise_a_mail(database, notifier)
    await send_all_due(notifier)
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("retry", 0)

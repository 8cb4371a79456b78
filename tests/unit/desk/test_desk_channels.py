"""Where alerts may go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.channels import Channel, masked, parse_channel
from shared.kit.errors import WrongInput


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("inbox", Channel("inbox", "")),
        (" Inbox ", Channel("inbox", "")),
        ("webhook:https://example.org/hook?k=1", Channel("webhook", "https://example.org/hook?k=1")),
        ("mailto:Desk.Officer+ru@Example.ORG", Channel("mailto", "Desk.Officer+ru@example.org")),
        ("mailto:pactwatch@localhost", Channel("mailto", "pactwatch@localhost")),
    ],
)
def test_a_channel_is_read(text: str, channel: Channel):
    assert parse_channel(text) == channel


@pytest.mark.parametrize(
    "text",
    [
        "",
        "webhook",
        "webhook:",
        "webhook:ftp://example.org",
        "webhook:file:///etc/passwd",
        "slack:token",
        "slack:http://hooks.slack.com/services/x",
        "slack:https://hooks.slack.com/",
        "telegram:110201543/-100123",
        "telegram:110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0",
        "telegram:110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0/chat",
        "telegram:110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0/../../etc",
        "feed:two words",
        "feed:../x",
        "inbox:me",
        "mailto:",
        "mailto:nobody",
        "mailto:a@b@c.org",
        "mailto:a b@example.org",
        "mailto:a@example.org\r\nBcc: all@example.org",
        "mailto:a@example.org\n",
        "mailto:<a@example.org>",
        "mailto:a@example.org,b@example.org",
        "mailto:a@example.org?subject=x",
        "mailto:a@-example.org",
        "mailto:.a@example.org",
        "mailto:" + "a" * 65 + "@example.org",
        "mailto:a@" + "b" * 64 + ".org",
    ],
)
def test_what_nobody_could_send_to_is_refused_with_a_mend(text: str):
    if text.endswith("\n"):
        text += "x"
    with pytest.raises(WrongInput) as refused:
        parse_channel(text)
    assert refused.value.field == "--channel"
    assert refused.value.mend


@given(st.text())
def test_no_mail_address_ever_holds_white_space_or_a_control_character(text: str):
    try:
        channel = parse_channel(f"mailto:{text}")
    except WrongInput:
        return
    assert channel.address.isascii()
    assert channel.address.isprintable()
    assert " " not in channel.address
    assert channel.address.count("@") == 1


def test_a_shown_address_gives_away_neither_the_token_nor_the_person():
    assert masked("webhook", "https://hooks.example.org:8443/services/T0/secret") == "https://hooks.example.org:8443/…"
    assert masked("mailto", "anna.ivanova@example.org") == "a…@example.org"
    assert masked("inbox", "") == ""


TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"


@pytest.mark.parametrize(
    ("text", "address", "secret"),
    [
        (f"telegram:{TOKEN}/-1001234567890", "bot110201543/-1001234567890", TOKEN),
        (f"telegram:{TOKEN}/-1001234567890/42", "bot110201543/-1001234567890/42", TOKEN),
        (f"telegram:{TOKEN}/@pact_news", "bot110201543/@pact_news", TOKEN),
        ("feed", "", ""),
        ("feed:desk-1", "desk-1", ""),
    ],
)
def test_what_is_secret_in_a_channel_is_kept_apart(text: str, address: str, secret: str):
    channel = parse_channel(text)
    assert (channel.address, channel.secret) == (address, secret)
    assert not secret or secret.partition(":")[2] not in repr(channel) + str(channel)
    assert not secret or secret.partition(":")[2] not in masked(channel.kind, channel.address)


def test_two_slack_channels_are_told_apart_and_neither_is_given_away():
    one, other = (parse_channel(f"slack:https://hooks.slack.com/services/T0/B0/{name * 24}") for name in "ab")
    assert one.address != other.address
    assert one.address.startswith("hooks.slack.com/")
    assert one == parse_channel(f"slack:{one.secret}")
    assert "aaaa" not in repr(one) + str(one) + masked("slack", one.address)


@pytest.mark.parametrize("text", ["slack:http://hooks.slack.com/services/SECRET", f"telegram:{TOKEN}/", "slack:SECRET"])
def test_a_wrong_address_of_a_chat_is_refused_without_showing_it(text: str):
    with pytest.raises(WrongInput) as refused:
        parse_channel(text)
    assert "SECRET" not in str(refused.value)
    assert "AAHd" not in str(refused.value)

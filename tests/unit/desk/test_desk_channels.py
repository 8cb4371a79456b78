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

"""The words of an alert, as a webhook and as a mail."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from services.notifier.domain.alert import Headline
from services.notifier.domain.message import mail_text, webhook_body, webhook_headers
from shared.kit.errors import WrongInput
from tests.unit.notifier.notifier_values import MORNING, SENTENCE, an_alert, an_id

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
WHY = "https://desk.example/alerts/a"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def headers_of(body: bytes, *, now: datetime = MORNING, secret: str | None = SECRET) -> dict[str, str]:
    return webhook_headers(an_id(7), body, secret=secret, now=now, user_agent="Pactwatch/1")


def test_the_body_says_what_fired_where_and_why():
    said = json.loads(webhook_body(an_alert(), WHY))
    assert said == {
        "type": "alert.raised",
        "timestamp": "2026-02-03T06:30:00+00:00",
        "data": {
            "alert_id": str(an_id(10)),
            "rule": "Logistics pact",
            "rule_version": 3,
            "severity": "normal",
            "agreement": "relos",
            "stage": "in_force",
            "sectors": ["defence"],
            "article": {
                "title": "RELOS enters into force",
                "url": "https://news.example/relos",
                "source": "News Example",
                "published": None,
                "language": "en",
            },
            "evidence": SENTENCE,
            "why_url": WHY,
        },
    }


def test_a_repeat_has_the_same_id_and_bytes_but_its_own_time_and_signature():
    body = webhook_body(an_alert(), WHY)
    first, later = headers_of(body), headers_of(body, now=MORNING + timedelta(hours=5))
    assert webhook_body(an_alert(), WHY) == body
    assert first["webhook-id"] == later["webhook-id"] == f"msg_{an_id(7).hex}"
    assert later["webhook-timestamp"] == str(int(first["webhook-timestamp"]) + 5 * 3600)
    assert first["webhook-signature"] != later["webhook-signature"]


@given(evidence=texts, title=texts)
def test_the_reference_library_verifies_our_signature(evidence, title):
    alert = an_alert(evidence=evidence, article=Headline(title, "https://news.example", "N", None, "hi"))
    body = webhook_body(alert, None)
    headers = headers_of(body, now=datetime.now(UTC))
    assert Webhook(SECRET).verify(body, headers)["data"]["evidence"] == evidence
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


def test_a_subscription_without_a_secret_sends_unsigned():
    assert "webhook-signature" not in headers_of(b"{}", secret=None)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***", "c2VjcmV0", "whsec_ü"])
def test_a_secret_that_cannot_sign_is_refused_and_not_shown(secret):
    with pytest.raises(WrongInput) as refusal:
        headers_of(b"{}", secret=secret)
    assert refusal.value.field == "secret"
    assert "***" not in str(refusal.value)


def test_a_mail_names_the_agreement_and_its_stage_in_its_subject():
    text = mail_text(an_alert(), WHY, {"relos": "RELOS logistics pact"})
    assert text.subject == "RELOS logistics pact: in force"
    for expected in (SENTENCE, "Source: News Example", "https://news.example/relos", WHY, "Published: not stated"):
        assert expected in text.body


def test_a_mail_about_no_agreement_names_the_rule():
    assert mail_text(an_alert(agreement=None, stage=None), None, {}).subject == "Logistics pact"


@given(rule_name=texts, title=texts, source=texts)
def test_no_text_from_outside_can_add_a_line_to_a_subject(rule_name, title, source):
    alert = an_alert(rule_name=rule_name, agreement=None, article=Headline(title, "u", source, None, None))
    text = mail_text(alert, None, {})
    assert len(text.subject.splitlines()) <= 1
    assert len(text.subject) <= 150

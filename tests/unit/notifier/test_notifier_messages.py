"""The words of an alert as a webhook, and its signatures."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from services.notifier.domain.alert import Headline
from services.notifier.domain.message import webhook_body, webhook_headers
from shared.contracts.signing_secrets import rotated, secrets_in_force
from shared.kit.errors import WrongInput
from tests.unit.notifier.notifier_values import MORNING, SENTENCE, an_alert, an_id

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
WHY = "https://desk.example/alerts/a"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def headers_of(body: bytes, *, now: datetime = MORNING, secret: str | None = SECRET) -> dict[str, str]:
    return webhook_headers(an_id(7), body, secret=secret, now=now, user_agent="Pactwatch/1")


def test_the_body_says_what_fired_where_and_why():
    said = json.loads(webhook_body(an_alert(), WHY))
    found = {
        "alert_id": str(an_id(10)),
        "rule": "Logistics pact",
        "rule_version": 3,
        "severity": "normal",
        "agreement": "relos",
        "stage": "in_force",
        "evidence": SENTENCE,
        "why_url": WHY,
    }
    assert said == {
        "version": 2,
        "type": "alert.raised",
        "timestamp": "2026-02-03T06:30:00+00:00",
        "data": found
        | {
            "matched": [found],
            "raised_at": "2026-02-03T06:30:00+00:00",
            "sectors": ["defence"],
            "article": {
                "title": "RELOS enters into force",
                "url": "https://news.example/relos",
                "source": "News Example",
                "published": None,
                "language": "en",
            },
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


def test_while_a_secret_is_changed_a_receiver_with_either_believes_us():
    fresh = "whsec_" + base64.b64encode(b"f" * 32).decode()
    now = datetime.now(UTC)
    kept = rotated(SECRET, fresh, now=now, until=now + timedelta(hours=24))
    body = webhook_body(an_alert(), WHY)
    both = headers_of(body, now=now, secret=kept)
    assert len(both["webhook-signature"].split(" ")) == 2
    for known in (SECRET, fresh):
        assert Webhook(known).verify(body, both)
    later = headers_of(body, now=now + timedelta(hours=24), secret=kept)
    assert later["webhook-signature"].count("v1,") == 1


def test_secrets_that_have_ended_are_forgotten_at_the_next_change():
    day = timedelta(days=1)
    kept = "whsec_first"
    for number in range(5):
        kept = rotated(kept, f"whsec_{number}", now=MORNING + number * day / 10, until=MORNING + 2 * day)
    assert secrets_in_force(kept, MORNING) == ("whsec_4", "whsec_3", "whsec_2")
    assert secrets_in_force(kept, MORNING + 2 * day) == ("whsec_4",)
    assert rotated(kept, "whsec_n", now=MORNING + 3 * day, until=MORNING + 4 * day).split(" ")[1].startswith("whsec_4@")
    assert rotated(kept, "whsec_n", now=MORNING, until=MORNING) == "whsec_n"


def test_a_former_secret_whose_end_cannot_be_read_signs_no_more():
    assert secrets_in_force("whsec_a whsec_b@soon whsec_c@2999-01-01T00:00:00", MORNING) == ("whsec_a",)

"""A webhook's body and signature, of an alert or of what operators are told.

A webhook follows Standard Webhooks 1.0: the id is the delivery's and stays over all attempts, so that a receiver can
drop a repeat; the body's bytes stay too; only the time of the attempt, and with it the signature, are new.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from services.notifier.domain.alert import SAMPLE, Alert
from services.notifier.domain.parcel import Together
from services.notifier.domain.trouble import OperatorAlert, Tidings
from shared.contracts.signing_secrets import secrets_in_force
from shared.kit.errors import WrongInput

VERSION = 2  # of what is said of alerts: 2 brought `matched` and digests; within a version fields are only ever added
SECRET_PREFIX = "whsec_"  # noqa: S105  (how a secret begins, not one)


def webhook_id(delivery_id: UUID) -> str:
    """Return the id under which a receiver may know a repeat."""
    return f"msg_{delivery_id.hex}"


def webhook_body(alert: Alert, why_url: str | None) -> bytes:
    """Return the body: canonical JSON in UTF-8, the same bytes on every attempt."""
    return _canonical(_raised(alert, [(alert, why_url)]))


def webhook_body_of_together(message: Together, why_url: Callable[[Alert], str | None]) -> bytes:
    """Return the body of several alerts: of one article as one alert with all that matched, else as a digest."""
    told = [(reason.alert, why_url(reason.alert)) for reason in message.reasons]
    if not message.digest:
        return _canonical(_raised(told[0][0], told))
    said = {
        "version": VERSION,
        "type": "alert.digest",
        "timestamp": max(alert.raised_at for alert, _ in told).isoformat(),
        "data": {"count": len(told), "alerts": [_alert(alert, why) for alert, why in told]},
    }
    return _canonical(said)


def _raised(first: Alert, told: Sequence[tuple[Alert, str | None]]) -> dict[str, object]:
    """Return an alert's message; `matched` has every rule that found it, the first of them as the rest says it."""
    return {
        "version": VERSION,
        "type": "alert.sample" if first.fact == SAMPLE else "alert.raised",
        "timestamp": first.raised_at.isoformat(),
        "data": _alert(*told[0]) | {"matched": [_match(alert, why) for alert, why in told]},
    }


def _alert(alert: Alert, why_url: str | None) -> dict[str, object]:
    return {
        **_match(alert, why_url),
        "sectors": list(alert.sectors),
        "article": asdict(alert.article),
        "raised_at": alert.raised_at.isoformat(),
    }


def _match(alert: Alert, why_url: str | None) -> dict[str, object]:
    """Return what one rule found."""
    return {
        "alert_id": str(alert.alert_id),
        "rule": alert.rule_name,
        "rule_version": alert.rule_version,
        "severity": alert.severity,
        "agreement": alert.agreement,
        "stage": alert.stage,
        "evidence": alert.evidence,
        "why_url": why_url,
    }


def webhook_body_for_operators(tidings: Tidings) -> bytes:
    """Return the body of what operators are told: its fields are the same for a beginning and for an end."""
    alert, over = tidings.alert, tidings.over
    said = {
        "type": "trouble.changed",
        "timestamp": _moment(alert, over=over).isoformat(),
        "data": {
            "operator_alert_id": str(alert.operator_alert_id),
            "kind": alert.kind,
            "about": alert.about,
            "state": alert.state,
            "sentence": alert.sentence,
            "mend": alert.mend,
            "since": alert.since.isoformat(),
            "over": over,
            "over_at": alert.over_at.isoformat() if over and alert.over_at else None,
            "over_sentence": alert.over_sentence if over else None,
        },
    }
    return _canonical(said)


def _moment(alert: OperatorAlert, *, over: bool) -> datetime:
    return alert.over_at if over and alert.over_at is not None else alert.opened_at


def _canonical(said: Mapping[str, object]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def webhook_headers(
    delivery_id: UUID,
    body: bytes,
    *,
    secret: str | None,
    now: datetime,
    user_agent: str,
    other_secrets: Sequence[str] = (),
) -> dict[str, str]:
    """Return the headers of one attempt at `now`; a subscription without a secret sends unsigned.

    A message by several subscriptions is signed for each of them (`other_secrets`): its receiver knows one of them.

    While a secret is being changed (`shared.contracts.signing_secrets`) the new and the old one sign.
    Raises WrongInput for a secret that is not `whsec_` and base64.
    """
    message_id, timestamp = webhook_id(delivery_id), str(int(now.timestamp()))
    headers = {
        "content-type": "application/json",
        "user-agent": user_agent,
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
    }
    stored = [each for each in (secret, *other_secrets) if each is not None]
    if stored:
        signed = f"{message_id}.{timestamp}.".encode() + body
        in_force = dict.fromkeys(each for one in stored for each in secrets_in_force(one, now))
        signatures = [_signature(each, signed) for each in in_force]
        headers["webhook-signature"] = " ".join(signatures)
    return headers


def _signature(secret: str, signed: bytes) -> str:
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key or not secret.startswith(SECRET_PREFIX):
        raise WrongInput(
            "secret",
            "(not shown)",
            "cannot sign a message",
            mend=f"Give {SECRET_PREFIX} and at least 24 bytes in base64.",
        )
    return key

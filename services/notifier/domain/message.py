"""A webhook's body and signature, of an alert, a correction of one, or what operators are told.

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
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from services.notifier.domain.alert import SAMPLE, Alert
from services.notifier.domain.correction import Corrected, Correction
from services.notifier.domain.parcel import Together
from services.notifier.domain.trouble import OperatorAlert, Tidings
from shared.contracts.signing_secrets import secrets_in_force
from shared.kit.errors import WrongInput

VERSION = 2  # of what is said of alerts: 2 brought `matched` and digests; within a version fields are only ever added
CORRECTION_VERSION = 1  # of what `alert.corrected` holds; fields are added, never changed, within one
NO_CORRECTIONS: Mapping[UUID, Correction] = MappingProxyType({})
SECRET_PREFIX = "whsec_"  # noqa: S105  (how a secret begins, not one)


def webhook_id(delivery_id: UUID) -> str:
    """Return the id under which a receiver may know a repeat."""
    return f"msg_{delivery_id.hex}"


def webhook_body(alert: Alert, why_url: str | None, correction: Correction | None = None) -> bytes:
    """Return the body: canonical JSON in UTF-8, the same bytes on every attempt.

    `correction` is what has become of its article before the alert was first told.
    """
    return _canonical(_raised([_Said(alert, why_url, correction)]))


def webhook_body_of_together(
    message: Together, why_url: Callable[[Alert], str | None], corrections: Mapping[UUID, Correction] = NO_CORRECTIONS
) -> bytes:
    """Return the body of several alerts: of one article as one alert with all that matched, else as a digest."""
    alerts = [reason.alert for reason in message.reasons]
    told = [_Said(alert, why_url(alert), corrections.get(alert.alert_id)) for alert in alerts]
    if not message.digest:
        return _canonical(_raised(told))
    said = {
        "version": VERSION,
        "type": "alert.digest",
        "timestamp": max(alert.raised_at for alert in alerts).isoformat(),
        "data": {
            "count": len(told),
            "part": message.part,
            "parts": message.parts,
            "alerts": [_alert(each) for each in told],
        },
    }
    return _canonical(said)


def webhook_body_of_correction(corrected: Corrected, why_url: str | None) -> bytes:
    """Return the body of a correction: which alert, what it told, and what stands now."""
    alert, correction = corrected.alert, corrected.correction
    said = {
        "type": "alert.corrected",
        "timestamp": correction.corrected_at.isoformat(),
        "data": {
            "version": CORRECTION_VERSION,
            "alert_id": str(alert.alert_id),
            "rule": alert.rule_name,
            "agreement": alert.agreement,
            "article": asdict(alert.article),
            "told": {"stage": alert.stage, "evidence": alert.evidence, "raised_at": alert.raised_at.isoformat()},
            "correction": _corrected(correction),
            "why_url": why_url,
        },
    }
    return _canonical(said)


@dataclass(frozen=True)
class _Said:
    """An alert as a body says it."""

    alert: Alert
    why_url: str | None
    correction: Correction | None


def _raised(told: Sequence[_Said]) -> dict[str, object]:
    """Return an alert's message; `matched` has every rule that found it, the first of them as the rest says it."""
    first = told[0].alert
    return {
        "version": VERSION,
        "type": "alert.sample" if first.fact == SAMPLE else "alert.raised",
        "timestamp": first.raised_at.isoformat(),
        "data": _alert(told[0]) | {"matched": [_match(each) for each in told]},
    }


def _alert(said: _Said) -> dict[str, object]:
    alert = said.alert
    return {
        **_match(said),
        "sectors": list(alert.sectors),
        "article": asdict(alert.article),
        "raised_at": alert.raised_at.isoformat(),
    }


def _match(said: _Said) -> dict[str, object]:
    """Return what one rule found."""
    alert, correction = said.alert, said.correction
    return {
        "alert_id": str(alert.alert_id),
        "rule": alert.rule_name,
        "rule_version": alert.rule_version,
        "severity": alert.severity,
        "agreement": alert.agreement,
        "stage": alert.stage,
        "evidence": alert.evidence,
        "why_url": said.why_url,
    } | ({} if correction is None else {"correction": _corrected(correction)})


def _corrected(correction: Correction) -> dict[str, object]:
    return {
        "correction_id": str(correction.correction_id),
        "kind": correction.kind,
        "revision": correction.revision,
        "sentence": correction.sentence,
        "before": correction.before,
        "after": correction.after,
        "stands": correction.stands,
        "stage": correction.stage,
        "corrected_at": correction.corrected_at.isoformat(),
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

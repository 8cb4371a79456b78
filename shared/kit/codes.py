"""Codes of an authenticator app: six digits that change every half minute (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
_SECRET_BYTES = 20  # as long as the hash, as RFC 4226 recommends
_LATE_STEPS = 1  # a code that somebody began to type before it changed


def new_code_secret() -> str:
    """Return a fresh secret, as people type it into an app (base32)."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def code_address(secret: str, who: str, issuer: str) -> str:
    """Return the address by which an app takes the secret up."""
    return _codes(secret).get_provisioning_uri(who, issuer)


def step_of(secret: str, code: str, now: datetime, *, after: int | None = None) -> int | None:
    """Return the step whose code this is: the one of now, or the one before; None for any other code.

    A step that is not later than `after` does not count: a code works once.
    """
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current, current - _LATE_STEPS - 1, -1):
        if (after is None or step > after) and _is_code(secret, typed, step):
            return step
    return None


def code_at(secret: str, now: datetime) -> str:
    """Return the code of a moment, as an app shows it."""
    return _codes(secret).generate(int(now.timestamp())).decode("ascii")


def _is_code(secret: str, typed: str, step: int) -> bool:
    try:
        _codes(secret).verify(typed.encode("ascii"), step * STEP_SECONDS)
    except InvalidToken:
        return False
    return True


def _codes(secret: str) -> TOTP:
    try:
        key = base64.b32decode(secret)
    except binascii.Error as wrong:
        raise ValueError("a secret of codes is no base32") from wrong
    return TOTP(key, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  (what apps know; an HMAC's SHA-1 is sound)

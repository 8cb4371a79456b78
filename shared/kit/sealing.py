"""Secrets at rest: sealed before they are stored, and tokens that nobody can guess.

Sealing is Fernet's (AES-128-CBC, then HMAC-SHA256; https://github.com/fernet/spec), with several keys. A key may be a
text of any make: what Fernet is given is derived from it by HKDF (RFC 5869), and each use has a key of its own. A
sealed text names its make (`pw1.`), so that a later one can stand beside it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.kit.errors import PactwatchError, WrongInput

SETTING = "PACTWATCH_SECRET_KEY"
MAKE = "pw1."  # what a sealed text begins with
LEAST_KEY_CHARACTERS = 32  # 128 bits in hexadecimal, more in base64: less could be guessed
_KEY_BYTES = 32
_TOKEN_MAC_BYTES = 16  # 128 bits: nobody tries them out, and a link stays on one line


class CannotOpen(PactwatchError):
    """What was sealed cannot be opened with the keys that we have."""

    def __init__(self) -> None:
        super().__init__(
            "The secret of this subscription cannot be opened.",
            mend=f"Give {SETTING} here the keys with which the desk sealed it, older ones after the newest.",
        )


@dataclass(frozen=True)
class Seals:
    """Seals with the newest key, opens with any: keys are rotated by putting a new one first."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Seals:
        """Read comma-separated keys, the newest first. Raises WrongInput, which does not show them."""
        keys = [part.strip() for part in text.split(",") if part.strip()]
        if not keys or any(len(key) < LEAST_KEY_CHARACTERS for key in keys):
            raise WrongInput(
                SETTING,
                "(not shown)",
                f"holds a key of less than {LEAST_KEY_CHARACTERS} characters",
                mend="Give the output of: openssl rand -hex 32",
            )
        return cls(tuple(key.encode() for key in keys))

    def seal(self, text: str) -> str:
        """Return the text sealed: nobody reads or changes it without a key."""
        return MAKE + self._newest.encrypt(text.encode()).decode("ascii").rstrip("=")

    def open(self, sealed: str) -> str:
        """Return what was sealed; a text from before there were seals is returned as it is. Raises CannotOpen."""
        return self._opened(sealed, self._any) if is_sealed(sealed) else sealed

    def is_fresh(self, sealed: str) -> bool:
        """Tell whether this is sealed with the newest key; False also for what is not sealed at all."""
        try:
            return is_sealed(sealed) and self._opened(sealed, self._newest) is not None
        except CannotOpen:
            return False

    def token(self, purpose: str, subject: UUID) -> str:
        """Return what stands in a link for this subject and purpose alone: it cannot be guessed, and needs no table."""
        return _spelled(subject.bytes + _vouch(self.keys[0], purpose, subject))

    def read_token(self, purpose: str, token: str) -> UUID | None:
        """Return the subject of a token that was made for this purpose with one of our keys; None for any other."""
        told = _read(token)
        if told is None or len(told) != 16 + _TOKEN_MAC_BYTES:
            return None
        subject = UUID(bytes=told[:16])
        vouched = [hmac.compare_digest(told[16:], _vouch(key, purpose, subject)) for key in self.keys]
        return subject if any(vouched) else None

    @cached_property
    def _fernets(self) -> tuple[Fernet, ...]:
        return tuple(Fernet(base64.urlsafe_b64encode(_for(key, "seal"))) for key in self.keys)

    @property
    def _newest(self) -> Fernet:
        return self._fernets[0]

    @property
    def _any(self) -> MultiFernet:
        return MultiFernet(self._fernets)

    @staticmethod
    def _opened(sealed: str, fernet: Fernet | MultiFernet) -> str:
        told = _read(sealed.removeprefix(MAKE))  # Fernet itself takes a text in more than one spelling
        if told is None:
            raise CannotOpen
        try:
            return fernet.decrypt(base64.urlsafe_b64encode(told)).decode()
        except InvalidToken:
            raise CannotOpen from None


def is_sealed(text: str) -> bool:
    """Tell whether a text is sealed; one from before there were seals is not."""
    return text.startswith(MAKE)


def new_key() -> str:
    """Return a fresh key."""
    return secrets.token_hex(32)


def _for(key: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=f"pactwatch {use}".encode()).derive(key)


def _vouch(key: bytes, purpose: str, subject: UUID) -> bytes:
    return hmac.digest(_for(key, f"token {purpose}"), subject.bytes, "sha256")[:_TOKEN_MAC_BYTES]


def _spelled(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def _read(text: str) -> bytes | None:
    """Return the bytes of an unpadded base64url text in its one spelling, None for any other text."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if _spelled(content) == text else None

"""Secrets at rest: sealed before they are stored, and tokens that nobody can guess.

Until a library of ciphers is among our dependencies the sealing is made of HMAC-SHA256 (RFC 2104) alone, in the way of
encrypt-then-MAC: the key stream is HMAC over a nonce and a counter, which is counter mode over a pseudo-random
function (NIST SP 800-108, section 4.1), and the whole is authenticated before it is opened. Each use has a key of its
own. A sealed text names its make (`pw1.`), so that a later one can stand beside it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.kit.errors import PactwatchError, WrongInput

SETTING = "PACTWATCH_SECRET_KEY"
MAKE = "pw1."  # what a sealed text begins with
LEAST_KEY_CHARACTERS = 32  # 128 bits in hexadecimal, more in base64: less could be guessed
_NONCE_BYTES = 16
_MAC_BYTES = 32
_TOKEN_MAC_BYTES = 16  # 128 bits: nobody tries them out, and a link stays on one line
_BLOCK_BYTES = 32  # of HMAC-SHA256


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
        nonce = secrets.token_bytes(_NONCE_BYTES)
        hidden = _masked(self.keys[0], nonce, text.encode())
        return MAKE + _spelled(nonce + hidden + _mac(self.keys[0], nonce + hidden))

    def open(self, sealed: str) -> str:
        """Return what was sealed; a text from before there were seals is returned as it is. Raises CannotOpen."""
        if not is_sealed(sealed):
            return sealed
        key, nonce, hidden = self._vouched(sealed)
        return _masked(key, nonce, hidden).decode()

    def is_fresh(self, sealed: str) -> bool:
        """Tell whether this is sealed with the newest key; False also for what is not sealed at all."""
        try:
            return is_sealed(sealed) and self._vouched(sealed)[0] == self.keys[0]
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

    def _vouched(self, sealed: str) -> tuple[bytes, bytes, bytes]:
        told = _read(sealed.removeprefix(MAKE))
        if told is None or len(told) < _NONCE_BYTES + _MAC_BYTES:
            raise CannotOpen
        body, mac = told[:-_MAC_BYTES], told[-_MAC_BYTES:]
        for key in self.keys:
            if hmac.compare_digest(mac, _mac(key, body)):
                return key, body[:_NONCE_BYTES], body[_NONCE_BYTES:]
        raise CannotOpen


def is_sealed(text: str) -> bool:
    """Tell whether a text is sealed; one from before there were seals is not."""
    return text.startswith(MAKE)


def new_key() -> str:
    """Return a fresh key."""
    return secrets.token_hex(32)


def _for(key: bytes, use: str) -> bytes:
    return hmac.digest(key, f"pactwatch {use}".encode(), "sha256")


def _masked(key: bytes, nonce: bytes, content: bytes) -> bytes:
    stream_key = _for(key, "seal")
    blocks: Sequence[int] = range(-(-len(content) // _BLOCK_BYTES))
    stream = b"".join(hmac.digest(stream_key, nonce + block.to_bytes(8, "big"), "sha256") for block in blocks)
    return bytes(one ^ other for one, other in zip(content, stream, strict=False))


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(_for(key, "seal mac"), body, "sha256")


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

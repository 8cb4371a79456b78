"""Passwords at rest: Argon2id (RFC 9106), in the PHC form that every implementation reads.

The work is the second choice of RFC 9106, section 4: 64 MiB, three passes, four lanes; a fifth of a second of one core.
A stored hash says with which work it was made, so that more can be asked of later ones.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_SALT_BYTES = 16
_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class PasswordHashes:
    """Makes and checks hashes with so much work. Both take long: call them in a thread."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def make(self, password: str) -> str:
        """Return the hash of a password, with a salt of its own."""
        argon = Argon2id(
            salt=secrets.token_bytes(_SALT_BYTES),
            length=_HASH_BYTES,
            iterations=self.passes,
            lanes=self.lanes,
            memory_cost=self.memory_kib,
        )
        return argon.derive_phc_encoded(_spelled(password))

    def holds(self, stored: str, password: str) -> bool:
        """Tell whether this is the password of a stored hash."""
        try:
            Argon2id.verify_phc_encoded(_spelled(password), stored)
        except InvalidKey:
            return False
        return True

    def decoy(self) -> str:
        """Return what is checked in the place of a hash where there is none: as much work, and never right."""
        salt, made_up = (_in_phc(secrets.token_bytes(count)) for count in (_SALT_BYTES, _HASH_BYTES))
        return f"$argon2id$v=19$m={self.memory_kib},t={self.passes},p={self.lanes}${salt}${made_up}"

    def is_stale(self, stored: str) -> bool:
        """Tell whether a hash was made with other work than this."""
        return f"$m={self.memory_kib},t={self.passes},p={self.lanes}$" not in stored


def _spelled(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _in_phc(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii").rstrip("=")

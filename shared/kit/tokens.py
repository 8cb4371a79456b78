"""Tokens that nobody can guess: made here, stored only as their hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32  # 256 bits


def new_token() -> str:
    """Return a fresh token, fit for an address or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return what is stored of a token. A plain hash is enough: 256 random bits cannot be tried out."""
    return hashlib.sha256(token.encode()).hexdigest()


def proof_of(token: str) -> str:
    """Return what a page of ours puts into its forms: only who has the token's cookie and reads the page knows it."""
    return hmac.digest(token.encode(), b"pactwatch form", "sha256").hex()


def is_proof(given: str, token: str) -> bool:
    """Tell, in constant time, whether this is the proof of the token."""
    return hmac.compare_digest(given.encode(), proof_of(token).encode())

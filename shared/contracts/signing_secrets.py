"""A webhook's signing secrets as they are kept: the newest first, then older ones with the moment they end.

    whsec_AAAA whsec_BBBB@2026-11-23T12:00:00+00:00

While a secret is being changed both sign, as Standard Webhooks allows: a receiver takes either signature.
"""

from __future__ import annotations

from datetime import datetime

MOST_SECRETS = 3  # of one receiver at once: more would make every message pay for somebody's mistake


def secrets_in_force(kept: str, now: datetime) -> tuple[str, ...]:
    """Return the secrets that sign at this moment, the newest first; an odd ending counts as ended."""
    newest, *older = kept.split(" ")
    return (newest, *(secret for secret, until in map(_read, older) if until is not None and until > now))


def rotated(kept: str | None, fresh: str, *, now: datetime, until: datetime) -> str:
    """Return what is kept once a fresh secret signs: the secrets so far sign beside it until then, if not ended."""
    former = secrets_in_force(kept, now) if kept else ()
    ending = [f"{secret}@{until.isoformat()}" for secret in former[: MOST_SECRETS - 1]]
    return " ".join([fresh, *(ending if until > now else [])])


def _read(part: str) -> tuple[str, datetime | None]:
    secret, _, spelled = part.partition("@")
    try:
        until = datetime.fromisoformat(spelled)
    except ValueError:
        return secret, None
    return secret, until if until.tzinfo else None

"""How long a server asks us to wait: the Retry-After header (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,9}")  # more digits than 30 years of seconds are nonsense


def retry_after_seconds(value: str | None, *, now: datetime) -> int | None:
    """Return the seconds to wait from `now`, 0 for a moment that has passed, None for no or nonsensical advice."""
    text = (value or "").strip()
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        return int(text)
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0, round((aware - now).total_seconds()))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None

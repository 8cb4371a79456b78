"""Moments as sentences say them."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(moment: datetime | None) -> str:
    """Return the moment to the second, in UTC; "an unknown time" for none."""
    return "an unknown time" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

"""What tokens in readers' links are for; a token made for one purpose opens nothing else."""

from __future__ import annotations

from urllib.parse import quote

UNSUBSCRIBE = "unsubscribe"
FEED = "feed"
FOLLOW = "follow"


def follow_path(token: str, agreement_id: str) -> str:
    """Return the path, without its first slash, by which a reader follows an agreement beside what they follow."""
    return f"f/{token}/{quote(agreement_id, safe='')}"

"""What tokens in readers' links are for; a token made for one purpose opens nothing else."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

UNSUBSCRIBE = "unsubscribe"
UNSUBSCRIBE_MAIL = "unsubscribe mail"
FEED = "feed"
FOLLOW = "follow"


def opting_out(person_id: UUID) -> str:
    """Return what a token is for by which this member alone ends the mails of a team's subscription."""
    return f"{UNSUBSCRIBE} {person_id}"


def unsubscribe_path(token: str, member: UUID | None = None) -> str:
    """Return the path, without its first slash, by which a reader ends a subscription; a `member` for himself."""
    return f"u/{token}" if member is None else f"u/{token}/{member}"


def mail_exit_path(token: str) -> str:
    """Return the path, without its first slash, by which a reader ends all subscriptions that one message named."""
    return f"u/mail/{token}"


def follow_path(token: str, agreement_id: str) -> str:
    """Return the path, without its first slash, by which a reader follows an agreement beside what they follow."""
    return f"f/{token}/{quote(agreement_id, safe='')}"

"""Where alerts go: `webhook:URL`, `mailto:ADDRESS` or `inbox`, checked, and masked for showing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from shared.kit.errors import WrongInput
from shared.kit.urls import checked_url

FIELD = "--channel"
_MEND = "Give webhook:https://example.org/hook, mailto:desk@example.org or inbox."
LONGEST_MAIL_CHARACTERS = 254  # RFC 5321 section 4.5.3.1, less the angle brackets
LONGEST_LOCAL_PART_CHARACTERS = 64  # the same section
# RFC 5322 dot-atom before the @, RFC 1123 host names after it: what every mail server takes.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$&'*+/=^_`{|}~-]+(\.[A-Za-z0-9!#$&'*+/=^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to a reader: `kind` is webhook, mailto or inbox; the inbox has no address."""

    kind: str
    address: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}" if self.address else self.kind


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who hears of a rule's alerts, or (`rule_id` None) of what operators should know.

    `secret` signs a webhook's messages.
    """

    subscription_id: UUID
    rule_id: UUID | None
    channel: Channel
    secret: str | None
    created_at: datetime
    removed_at: datetime | None = None


def parse_channel(text: str) -> Channel:
    """Read a channel. Raises WrongInput for an unknown kind and for an address that nobody could send to."""
    spelled = text.strip()
    kind, _, address = spelled.partition(":")
    match kind.lower():
        case "inbox" if not address:
            return Channel("inbox", "")
        case "webhook":
            return Channel("webhook", checked_url(address, field=FIELD))
        case "mailto":
            return Channel("mailto", _checked_mail(address))
    raise WrongInput(FIELD, text, "is no channel", mend=_MEND)


def _checked_mail(address: str) -> str:
    local, _, host = address.rpartition("@")
    fits = len(address) <= LONGEST_MAIL_CHARACTERS and len(local) <= LONGEST_LOCAL_PART_CHARACTERS
    if fits and _LOCAL_PART.fullmatch(local) and _MAIL_HOST.fullmatch(host):
        return f"{local}@{host.lower()}"
    raise WrongInput(
        FIELD,
        f"mailto:{address}",
        "is not a mail address",
        mend="Give one plain address after mailto:, for example mailto:desk@example.org.",
    )


def masked(kind: str, address: str) -> str:
    """Return the address as it may be shown on a page: a webhook's path may hold a token, a mailbox is a person."""
    if kind == "webhook":
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"
    if kind == "mailto":
        local, _, host = address.rpartition("@")
        return f"{local[:1]}…@{host}"
    return ""

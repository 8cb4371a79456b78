"""Where alerts go, checked, and masked for showing.

    webhook:https://example.org/hook                 signed messages for a program
    mailto:desk@example.org                          mail
    slack:https://hooks.slack.com/services/…         an incoming webhook of Slack
    telegram:BOT_TOKEN/CHAT or …/CHAT/TOPIC          a chat, group or channel that the bot may write to
    apprise:ntfys://host/topic                       Teams, Mattermost, Matrix, ntfy and others, as apprise writes them
    feed or feed:NAME                                Atom and JSON Feed under a secret address
    inbox                                            the desk's own list

What is secret in them (Slack's and apprise's address, a bot's token) is kept apart from the address, which may be shown
and compared.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from services.desk.domain.following import Follows
from services.desk.domain.wishes import PLAIN, Wishes
from shared.contracts.apprise_addresses import checked_apprise
from shared.kit.errors import WrongInput
from shared.kit.urls import checked_url

FIELD = "--channel"
_MEND = (
    "Give webhook:https://example.org/hook, mailto:desk@example.org, slack:https://hooks.slack.com/…, "
    "telegram:BOT_TOKEN/CHAT, apprise:ADDRESS, feed or inbox."
)
_HIDDEN = "…"
_SLACK_MEND = (
    "Give slack: and the address that Slack shows for the incoming webhook: https://hooks.slack.com/services/…"
)
_TELEGRAM_MEND = (
    "Give telegram:BOT_TOKEN/CHAT: the token as BotFather gave it (110201543:AAH…), and the chat's number "
    "(-1001234567890) or @name; for a topic of a group /NUMBER after it."
)
LONGEST_MAIL_CHARACTERS = 254  # RFC 5321 section 4.5.3.1, less the angle brackets
LONGEST_LOCAL_PART_CHARACTERS = 64  # the same section
# RFC 5322 dot-atom before the @, RFC 1123 host names after it: what every mail server takes.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$&'*+/=^_`{|}~-]+(\.[A-Za-z0-9!#$&'*+/=^_`{|}~-]+)*")
_BOT = r"(?P<bot>[0-9]{5,16}):[A-Za-z0-9_-]{30,64}"
_CHAT = r"(?P<chat>-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31})(?:/(?P<topic>[0-9]{1,12}))?"
_TELEGRAM = re.compile(rf"(?P<token>{_BOT})/{_CHAT}")
_FEED_NAME = re.compile(r"[\w.@-]{1,60}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to a reader. The inbox has no address, and the address of a feed is but its name.

    `secret` is what the way needs and nobody may see: Slack's whole address, a bot's token, all of apprise's address;
    empty for other kinds.
    """

    kind: str
    address: str
    secret: str = field(default="", repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}" if self.address else self.kind


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who hears of a rule's alerts, or (`rule_id` None) of what operators should know.

    `secret` signs a webhook's messages, or is the channel's own; sealed as it is stored. It is of a person, of a team,
    or of nobody that the house knows. `follows` is what was asked for, where that was more than a rule's name.
    """

    subscription_id: UUID
    rule_id: UUID | None
    channel: Channel
    secret: str | None
    created_at: datetime
    removed_at: datetime | None = None
    person_id: UUID | None = None
    team_id: UUID | None = None
    follows: Follows | None = None
    wishes: Wishes = PLAIN


def parse_channel(text: str) -> Channel:
    """Read a channel. Raises WrongInput for an unknown kind and for an address that nobody could send to."""
    spelled = text.strip()
    kind, _, address = spelled.partition(":")
    channel = _parsed(kind.lower(), address)
    if channel is None:
        raise WrongInput(FIELD, text, "is no channel", mend=_MEND)
    return channel


def _parsed(kind: str, address: str) -> Channel | None:
    if kind in _SECRET_WAYS:
        return _SECRET_WAYS[kind](address)
    match kind:
        case "inbox" if not address:
            return Channel("inbox", "")
        case "webhook":
            return Channel("webhook", checked_url(address, field=FIELD))
        case "mailto":
            return Channel("mailto", checked_mail(address))
        case "feed" if not address or _FEED_NAME.fullmatch(address):
            return Channel("feed", address)
    return None


def _slack(address: str) -> Channel:
    try:
        parts = urlsplit(checked_url(address))
    except WrongInput as wrong:
        raise WrongInput(FIELD, f"slack:{_HIDDEN}", wrong.why, mend=_SLACK_MEND) from None
    if parts.scheme != "https" or len(parts.path) <= 1:
        raise WrongInput(FIELD, f"slack:{_HIDDEN}", "is no address of an incoming webhook", mend=_SLACK_MEND)
    return Channel("slack", f"{parts.netloc}/{fingerprint(address)}", address)


def _telegram(address: str) -> Channel:
    read = _TELEGRAM.fullmatch(address)
    if read is None:
        raise WrongInput(FIELD, f"telegram:{_HIDDEN}", "is not a bot's token and a chat", mend=_TELEGRAM_MEND)
    topic = f"/{read['topic']}" if read["topic"] else ""
    return Channel("telegram", f"bot{read['bot']}/{read['chat']}{topic}", read["token"])


def _apprise(address: str) -> Channel:
    return Channel("apprise", f"{checked_apprise(address)}/{fingerprint(address)}", address)


_SECRET_WAYS = {"slack": _slack, "telegram": _telegram, "apprise": _apprise}


def fingerprint(secret: str) -> str:
    """Return what tells one long random secret from another, and gives neither away."""
    return hashlib.sha256(b"pactwatch channel\0" + secret.encode()).hexdigest()[:12]


def checked_mail(address: str, *, field: str = FIELD) -> str:
    """Return the mail address, its host in lower case. Raises WrongInput."""
    local, _, host = address.rpartition("@")
    fits = len(address) <= LONGEST_MAIL_CHARACTERS and len(local) <= LONGEST_LOCAL_PART_CHARACTERS
    if fits and _LOCAL_PART.fullmatch(local) and _MAIL_HOST.fullmatch(host):
        return f"{local}@{host.lower()}"
    after, prefix = (" after mailto:", "mailto:") if field == FIELD else ("", "")
    raise WrongInput(
        field,
        f"{prefix}{address}",
        "is not a mail address",
        mend=f"Give one plain address{after}, for example {prefix}desk@example.org.",
    )


def masked(kind: str, address: str) -> str:
    """Return the address as it may be shown on a page: a webhook's path may hold a token, a mailbox is a person."""
    if kind == "webhook":
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"
    if kind == "mailto":
        local, _, host = address.rpartition("@")
        return f"{local[:1]}…@{host}"
    if kind in ("slack", "apprise"):
        return f"{address.partition('/')[0]}/…{address[-4:]}"
    if kind == "telegram":
        bot, _, chat = address.partition("/")
        return f"{bot}/…{chat[-4:]}"
    return address if kind == "feed" else ""

"""Which services apprise may reach for us, and how their addresses are written; the same for the desk and the notifier.

An address is apprise's own (https://appriseit.com/services/), and a password as a whole: it is sealed as it is stored,
and nothing but its scheme is ever shown. Only services over HTTPS are taken. What acts on this machine or on another
protocol (`syslog`, `dbus`, `mqtt`, `mailto` …), what is plain HTTP, and what the house has of its own is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from shared.kit.errors import WrongInput

FIELD = "--channel"
HIDDEN = "apprise:…"
SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "workflows": "Microsoft Teams",
        "workflow": "Microsoft Teams",
        "mmosts": "Mattermost",
        "matrixs": "Matrix",
        "ntfys": "ntfy",
        "discord": "Discord",
        "gchat": "Google Chat",
        "rockets": "Rocket.Chat",
        "zulip": "Zulip",
        "wxteams": "Webex",
        "webex": "Webex",
        "twist": "Twist",
        "nctalks": "Nextcloud Talk",
        "synologys": "Synology Chat",
        "cliq": "Zoho Cliq",
        "zoom": "Zoom",
        "flock": "Flock",
        "ryver": "Ryver",
        "lark": "Lark",
        "feishu": "Feishu",
        "dingtalk": "DingTalk",
        "wecombot": "WeCom",
        "signals": "Signal",
        "threema": "Threema",
        "gotifys": "Gotify",
        "pover": "Pushover",
        "pbul": "Pushbullet",
        "opsgenie": "Opsgenie",
        "pagerduty": "PagerDuty",
        "signl4": "SIGNL4",
        "ilert": "ilert",
        "squadcast": "Squadcast",
    }
)
# The services' own settings. Not among them: files and templates that would be read here, headers, certificates that
# are not checked, redirects, retries and time limits of apprise's own.
_SETTINGS = frozenset(
    """
    to token auth mode user key channel channels team botname avatar image icon_url priority tags xtags thread topic
    msgtype version silent sound region service location severity ver id sig workspace organization stream format
    """.split()
)
_LONGEST_CHARACTERS = 2000
_SHAPE = re.compile(r"(?P<scheme>[a-z0-9]+)://[!-~]+", re.IGNORECASE)
_MEND = f"Give apprise: and one of {', '.join(sorted(SERVICES))}, as https://appriseit.com/services/ says."


def checked_apprise(address: str) -> str:
    """Return the scheme of an address that we take. Raises WrongInput, which does not show the address."""
    shape = _SHAPE.fullmatch(address)
    if shape is None or len(address) > _LONGEST_CHARACTERS:
        raise WrongInput(FIELD, HIDDEN, "is no address of apprise", mend=_MEND)
    scheme = shape["scheme"].lower()
    if scheme not in SERVICES:
        raise WrongInput(FIELD, f"apprise:{scheme}://…", _why_not(scheme), mend=_MEND)
    try:
        settings = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    except ValueError as wrong:
        raise WrongInput(FIELD, HIDDEN, "is no address of apprise", mend=_MEND) from wrong
    for name, _ in settings:
        if name.lower() not in _SETTINGS:
            why = (
                f"has the setting {name!r}, which is not taken: we check certificates, follow nobody and read no files"
            )
            raise WrongInput(FIELD, f"apprise:{scheme}://…", why, mend=f"Leave out ?{name}=….")
    return scheme


def _why_not(scheme: str) -> str:
    own = {"json": "webhook:", "jsons": "webhook:", "mailto": "mailto:", "mailtos": "mailto:", "tgram": "telegram:"}
    own |= {"slack": "slack:", "http": "webhook:", "https": "webhook:"}
    if scheme in own:
        return f"is what {own[scheme]} is for"
    if f"{scheme}s" in SERVICES:
        return f"is not encrypted; {scheme}s:// is"
    return "is none of the services that we reach through apprise: over HTTPS alone, and nothing on this machine"

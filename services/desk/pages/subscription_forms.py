"""What the forms of subscriptions say: what to hear of, where, when; and what is wrong with it, as a page says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from starlette.datastructures import QueryParams

from services.desk.domain.receivers import For
from services.desk.domain.rules import FollowTarget, RuleTarget, Target
from services.desk.domain.wishes import WishesGiven
from services.desk.pages.account_pages import Complaint
from services.desk.pages.forms import Form
from services.desk.pages.languages import marked as _
from shared.contracts.apprise_addresses import SERVICES
from shared.kit.errors import WrongInput
from shared.kit.text import storable

KINDS = ("mailto", "inbox", "webhook", "slack", "telegram", "feed", "apprise")
_WHAT = ("agreement", "sector", "stage", "source", "country")
_ADDRESSES = ("mailto", "webhook", "slack", "telegram", "chat", "apprise")
_OPTION = re.compile(r"--[a-z-]+")
_AT_AN_HOUR = ("daily", "weekly")
_PERSON, _TEAM = "person:", "team:"

# Fields as the command line spells them, as the page does, and what to say where its advice is for the other.
_FIELDS: Mapping[str, tuple[str, str]] = {
    "--agreement": ("what", "The agreement"),
    "--sector": ("what", "The sector"),
    "--stage": ("what", "The stage"),
    "--source": ("what", "The source"),
    "--country": ("what", "The country"),
    "what": ("what", "What to hear of"),
    "rule": ("rule", "The rule"),
    "--digest": ("schedule", "The schedule"),
    "--at": ("at", "The hour"),
    "--on": ("on", "The day"),
    "--min-severity": ("min_severity", "The severity"),
    "--language": ("language", "The language"),
    "--time-zone": ("time_zone", "The time zone"),
    "--quiet": ("quiet", "The quiet hours"),
    "--until": ("until", "The end"),
    "--from": ("from", "The beginning"),
    "--for": ("span", "The time"),
    "mute": ("until", "The time"),
    "person": ("whom", "The person"),
    "team": ("whom", "The team"),
    "--person": ("whom", "The person"),
    "--team": ("whom", "The team"),
    "channel": ("channel", "Where"),
    "subscription": ("channel", "The subscription"),
}
_MENDS: Mapping[str, str] = {
    "what": _("Choose from the list."),
    "rule": _("Choose one of the list, or ask an admin for a rule."),
    "schedule": _("Choose “at once”, or a channel that messages are sent to."),
    "whom": _("Choose somebody of the list."),
    "channel": _("Choose one of the ways below."),
    "until": _("Give a day or a time that is still to come."),
}
_ADDRESS_MENDS: Mapping[str, str] = {
    "mailto": _("Give one plain address, for example desk@example.org."),
    "webhook": _("Give the address that your program listens at, for example https://example.org/hook."),
    "slack": _("Give the address that Slack shows for the incoming webhook: https://hooks.slack.com/services/…"),
    "telegram": _("Give the token as BotFather gave it (110201543:AAH…), and the chat's number or @name."),
    "apprise": f"Give it as appriseit.com/services writes it, beginning with one of {', '.join(sorted(SERVICES))}.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A form of following, as it was filled in."""

    what: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rule: str = ""
    whom: str = ""
    kind: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)
    wishes: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Form | QueryParams) -> Self:
        """Return what was filled in, or stands in an address."""
        every = given.all if isinstance(given, Form) else given.getlist
        names = ("schedule", "at", "on", "urgent", "min_severity")
        return cls(
            what={name: tuple(map(storable, every(name))) for name in _WHAT},
            rule=storable(given.get("rule", "")),
            whom=storable(given.get("whom", "")),
            kind=given.get("channel", ""),
            addresses={name: storable(given.get(f"to_{name}", "")).strip() for name in _ADDRESSES},
            wishes={name: given[name] for name in names if name in given},
            languages=tuple(every("language")),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing to hear of."""
        return not self.rule and not any(self.what.values())

    def target(self) -> Target:
        """Return what to hear of. Raises WrongInput."""
        named = any(self.what.values())
        if self.rule and named:
            mend = "Choose the rule alone, or take it back: agreements, sectors and the rest make a rule of their own."
            raise WrongInput("rule", self.rule, "stands beside something else to hear of", mend=mend)
        if self.rule:
            return RuleTarget(self.rule)
        if not named:
            mend = "Tick at least one agreement, sector, stage, source or country, or choose a rule."
            raise WrongInput("what", None, "is not chosen yet", mend=mend)
        return FollowTarget(*(self.what[name] for name in _WHAT))

    def channel(self) -> str:
        """Return the channel as the house spells it. Raises WrongInput."""
        if self.kind not in KINDS:
            raise WrongInput("channel", self.kind, "is not chosen yet", mend=_MENDS["channel"])
        address = self.addresses.get(self.kind, "")
        if self.kind == "telegram":
            address = f"{address}/{self.addresses.get('chat', '')}"
        return f"{self.kind}:{address}" if address or self.kind in ("webhook", "slack", "apprise") else self.kind

    def receiver(self, otherwise: For) -> For:
        """Return for whom it is."""
        return receiver_named(self.whom) or otherwise

    def given(self) -> WishesGiven:
        """Return the wishes."""
        schedule = self.wishes.get("schedule", "immediate")
        wishes = WishesGiven(
            digest=schedule,
            min_severity=self.wishes.get("min_severity", "low"),
            languages=self.languages or ("all",),
            urgent=bool(self.wishes.get("urgent")),
        )
        if schedule in _AT_AN_HOUR and self.wishes.get("at"):
            wishes["at"] = self.wishes["at"]
        if schedule == "weekly" and self.wishes.get("on"):
            wishes["on"] = self.wishes["on"]
        return wishes


def receiver_named(whom: str) -> For | None:
    """Return the person or team that a chooser names; None for no one."""
    if whom.startswith(_PERSON):
        return For(person=whom.removeprefix(_PERSON))
    return For(team=whom.removeprefix(_TEAM)) if whom.startswith(_TEAM) else None


def chooser_name(whom: For) -> str:
    """Return how a chooser names a person or a team."""
    if whom.person is not None:
        return f"{_PERSON}{whom.person}"
    return f"{_TEAM}{whom.team}" if whom.team is not None else ""


def complaint_of(wrong: WrongInput, kind: str = "") -> Complaint:
    """Return what is wrong with a form, named and mended as on a page; `kind` is the channel that was chosen."""
    if wrong.field == "--channel":
        if kind == "mailto" and "no e-mail" in wrong.why:
            return Complaint("to_mailto", "No mail address is known.", "Give one, or ask an admin to add it.")
        return Complaint(f"to_{kind}", f"This {wrong.why}.", _ADDRESS_MENDS.get(kind, _MENDS["channel"]))
    name, label = _FIELDS.get(wrong.field, (wrong.field.lstrip("-"), "This"))
    why = _OPTION.sub(lambda found: _FIELDS.get(found[0], ("", "the other"))[1].lower(), wrong.why)
    for_console = "--" in wrong.mend or "pactwatch" in wrong.mend
    return Complaint(name, f"{label} {why}.", _MENDS.get(name, "") if for_console else wrong.mend)

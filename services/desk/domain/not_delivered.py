"""Answers to "why not?": what became of an alert on its way to a reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.desk.domain.moments import utc
from services.desk.domain.names import in_shell
from services.desk.domain.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class NoSubscriber(Outcome):
    """The alert was raised, and nobody was to hear of it; or not the one who is asked for."""

    code: ClassVar[str] = "no_subscriber"
    rule: str
    alert_id: UUID
    raised_at: datetime
    asked_for: str | None
    subscribed_at: datetime | None
    ended_at: datetime | None

    @property
    def sentence(self) -> str:
        """Say what happened."""
        who = self.asked_for or "Nobody"
        heard = f'{who} did not hear of "{self.rule}"' if self.asked_for else f'Nobody heard of "{self.rule}"'
        told = f"The alert was raised at {utc(self.raised_at)}. {heard} then"
        if self.ended_at:
            return f"{told}: the subscription had ended at {utc(self.ended_at)}."
        if self.subscribed_at:
            return f"{told}: the subscription is of {utc(self.subscribed_at)}."
        return f"{told}."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        if self.subscribed_at and not self.ended_at:
            return f"Alerts after that are sent; this one stands in: pactwatch why {self.alert_id}"
        return f"Hear of it: pactwatch subscribe add --rule '{self.rule}' --channel inbox"


@dataclass(frozen=True, slots=True)
class OptedOut(Outcome):
    """Whoever is asked for is a member of a team that hears of it, and wants no mails of this subscription."""

    code: ClassVar[str] = "opted_out"
    alert_id: UUID
    subscription_id: UUID
    team: str
    member: str
    since: datetime

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return (
            f"The alert was raised, and {self.member} wants no mails of this subscription of the team {self.team}: "
            f"they ended them for themselves at {utc(self.since)}."
        )

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        team, member = in_shell(self.team), in_shell(self.member)
        return (
            "Who joins anew has all mails of the team again: "
            f"pactwatch team leave {team} {member}; pactwatch team join {team} {member}"
        )


@dataclass(frozen=True, slots=True)
class BelowSeverity(Outcome):
    """Whoever follows the rule wants to hear of louder alerts only."""

    code: ClassVar[str] = "below_severity"
    alert_id: UUID
    subscription_id: UUID
    to: str
    severity: str
    min_severity: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return (
            f"The alert was raised, and is below the minimum severity of {self.to}: "
            f"it is {self.severity}, and {self.min_severity} is asked for."
        )

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "Ask for less: pactwatch subscribe edit changes what is wanted. The alert stands in the desk's list."


@dataclass(frozen=True, slots=True)
class LanguageNotWanted(Outcome):
    """Whoever follows the rule wants to hear of articles in other languages."""

    code: ClassVar[str] = "language_not_wanted"
    alert_id: UUID
    subscription_id: UUID
    to: str
    language: str
    languages: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what happened."""
        wanted = ", ".join(self.languages)
        return f"The alert was raised, and its article is in {self.language}: {self.to} wants {wanted} only."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "Ask for more: pactwatch subscribe edit changes what is wanted. The alert stands in the desk's list."


@dataclass(frozen=True, slots=True)
class ToldLater(Outcome):
    """The alert waits: for the digest, for the end of quiet hours, of a mute or a vacation, or of a burst."""

    code: ClassVar[str] = "told_later"
    alert_id: UUID
    to: str
    waits_for: str
    schedule: str
    since: datetime
    due_at: datetime | None

    @property
    def sentence(self) -> str:
        """Say what happened."""
        if self.due_at is None:
            return f"The alert waited for {self.to}, who does not want it any more."
        if self.waits_for == "burst":
            return f"The alert waits with others for the end of a burst of messages to {self.to}: some minutes."
        reasons = {
            "digest": f"the {self.schedule} digest of {self.to}, due",
            "quiet": f"the quiet hours of {self.to}, until",
            "muted": f"the end of the mute of {self.to}, until",
            "away": f"the return of {self.to}, until",
        }
        return f"The alert waits for {reasons.get(self.waits_for, self.to)} {utc(self.due_at)}."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "It is told then by itself. If it is overdue: pactwatch doctor says what is away."


@dataclass(frozen=True, slots=True)
class NotSentYet(Outcome):
    """The message waits for its turn, or is being sent."""

    code: ClassVar[str] = "not_sent_yet"
    alert_id: UUID
    delivery_id: UUID
    to: str
    since: datetime
    under_way: bool

    @property
    def sentence(self) -> str:
        """Say what happened."""
        doing = "is being sent" if self.under_way else "waits to be sent"
        return f"The message to {self.to} {doing}; its alert was raised at {utc(self.since)}."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "This takes seconds. If it stays so: pactwatch doctor says what is away."


@dataclass(frozen=True, slots=True)
class SentAgainLater(Outcome):
    """The message could not be sent so far, and is tried again."""

    code: ClassVar[str] = "sent_again_later"
    alert_id: UUID
    delivery_id: UUID
    to: str
    attempts: int
    why: str
    next_try_at: datetime

    @property
    def sentence(self) -> str:
        """Say what happened."""
        tries = "attempt" if self.attempts == 1 else "attempts"
        return f"The message to {self.to} did not get through in {self.attempts} {tries}: {self.why}"

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"It is tried again at {utc(self.next_try_at)} by itself."


@dataclass(frozen=True, slots=True)
class SendingFailed(Outcome):
    """The message was given up; `maybe_sent`: nobody can tell whether it arrived."""

    code: ClassVar[str] = "sending_failed"
    alert_id: UUID
    delivery_id: UUID
    to: str
    attempts: int
    why: str
    maybe_sent: bool

    @property
    def sentence(self) -> str:
        """Say what happened."""
        how = "may have arrived, and nobody could tell" if self.maybe_sent else "was given up"
        return f"The message to {self.to} {how} after {self.attempts} attempts: {self.why}"

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"Once what ails it is mended: pactwatch alerts replay {self.delivery_id}"


@dataclass(frozen=True, slots=True)
class SendingHeld(Outcome):
    """Somebody stopped sending, or the receiver failed for so long that its channel is disabled."""

    code: ClassVar[str] = "sending_held"
    alert_id: UUID
    delivery_id: UUID
    to: str
    last_error: str | None

    @property
    def sentence(self) -> str:
        """Say what happened."""
        last = f" The last attempt: {self.last_error}" if self.last_error else ""
        return f"The message to {self.to} is held: sending is paused, or its channel is disabled.{last}"

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "See which: pactwatch sending status. Then: pactwatch sending resume, or pactwatch channel enable"


@dataclass(frozen=True, slots=True)
class SendingCancelled(Outcome):
    """The subscription ended before the message was sent, or (`ended_at` None) what was held was dropped."""

    code: ClassVar[str] = "sending_cancelled"
    alert_id: UUID
    delivery_id: UUID
    to: str
    ended_at: datetime | None
    why: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        why = self.why if self.ended_at is None else f"its subscription ended at {utc(self.ended_at)}."
        return f"The message to {self.to} was cancelled: {why}"

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"See the alert: pactwatch why {self.alert_id}"


@dataclass(frozen=True, slots=True)
class Sent(Outcome):
    """Nothing stopped it: the message was sent."""

    code: ClassVar[str] = "sent"
    alert_id: UUID
    delivery_id: UUID
    to: str
    sent_at: datetime | None
    attempts: int
    answer: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        if self.to == "inbox":
            return f"It was told: it stands in the inbox since {utc(self.sent_at)}."
        if self.to == "feed" or self.to.startswith("feed "):
            return f"It was told: it stands in the {self.to} since {utc(self.sent_at)}."
        answer = f" The receiver answered: {self.answer}" if self.answer else ""
        return f"It was told: {self.to} took the message at {utc(self.sent_at)}.{answer}"

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"See everything about it: pactwatch why {self.alert_id}"

"""Answers to "why not?": what keeps a rule from speaking of an article that was judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.desk.domain.moments import utc
from services.desk.domain.outcomes import Outcome
from shared.rules import Explanation


@dataclass(frozen=True, slots=True)
class NotMatchedYet(Outcome):
    """The verdict waits for the notifier."""

    code: ClassVar[str] = "not_matched_yet"
    judged_at: datetime

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f"It was judged at {utc(self.judged_at)}, and waits for the notifier."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "This takes seconds. If it stays so: pactwatch doctor says what is away."


@dataclass(frozen=True, slots=True)
class RuleIsNewer(Outcome):
    """The rule was made after the article was judged; `matches` tells whether it would match."""

    code: ClassVar[str] = "rule_is_newer"
    made_at: datetime
    judged_at: datetime
    matches: bool
    explanation: Explanation | None

    @property
    def sentence(self) -> str:
        """Say what happened."""
        would = "it would match" if self.matches else "it would not match either"
        return f"The rule was made at {utc(self.made_at)}, after the article was judged; {would}."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "Rules hear of what is judged from then on; what a rule would have matched: pactwatch rule test QUERY"


@dataclass(frozen=True, slots=True)
class RulePaused(Outcome):
    """The rule was paused when the article was judged."""

    code: ClassVar[str] = "rule_paused"
    rule: str
    since: datetime
    author: str
    reason: str
    still: bool

    @property
    def sentence(self) -> str:
        """Say what happened."""
        still = "is" if self.still else "was"
        return f'"{self.rule}" {still} paused{_by(self.author, self.reason)} since {utc(self.since)}.'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        if not self.still:
            return "It is live again, for what is judged from now on."
        return f"pactwatch rule resume '{self.rule}'"


@dataclass(frozen=True, slots=True)
class RuleRemoved(Outcome):
    """The rule had been removed when the article was judged."""

    code: ClassVar[str] = "rule_removed"
    rule: str
    since: datetime
    author: str
    reason: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f'"{self.rule}" was removed{_by(self.author, self.reason)} at {utc(self.since)}.'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "Make it anew: pactwatch rule add NAME QUERY"


@dataclass(frozen=True, slots=True)
class RuleAsleep(Outcome):
    """A sector's rule raises alerts only while somebody subscribes to it, and nobody did."""

    code: ClassVar[str] = "rule_asleep"
    rule: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f'Nobody subscribed to "{self.rule}" when the article was judged, so that it was not asked.'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"Hear of it from now on: pactwatch subscribe add --rule '{self.rule}' --channel inbox"


@dataclass(frozen=True, slots=True)
class RuleBroken(Outcome):
    """The rule could not be read, and so matched nothing."""

    code: ClassVar[str] = "rule_broken"
    rule: str
    version: int
    complaint: str
    advice: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f'"{self.rule}" (version {self.version}) matches nothing, because it cannot be read: {self.complaint}'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return self.advice


@dataclass(frozen=True, slots=True)
class JudgedIrrelevant(Outcome):
    """The rule asks for findings, and an article judged irrelevant has none."""

    code: ClassVar[str] = "judged_irrelevant"
    relevance: float
    classifier: str
    judged_at: datetime
    version: int
    explanation: Explanation

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return (
            f"It was judged irrelevant ({self.relevance:.2f}) at {utc(self.judged_at)}, so that it has no agreement, "
            f"stage or sector: {self.explanation.nearest}"
        )

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return (
            "Say what it is about (pactwatch correction add), or write a rule for its words: words look at every "
            "article."
        )


@dataclass(frozen=True, slots=True)
class ClauseFailed(Outcome):
    """A clause of the rule is not true of the article: `explanation` says which, and what came nearest."""

    code: ClassVar[str] = "clause_failed"
    rule: str
    version: int
    explanation: Explanation

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f'"{self.rule}" (version {self.version}) does not match it: {self.explanation.nearest}'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"See what another query would match: pactwatch rule diff '{self.rule}' QUERY"


@dataclass(frozen=True, slots=True)
class RuleChangedSince(Outcome):
    """The version that judged the article did not match it; the present one does."""

    code: ClassVar[str] = "rule_changed_since"
    rule: str
    judged_by: int
    judged_at: datetime
    now: int
    changed_at: datetime
    author: str
    reason: str
    explanation: Explanation

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return (
            f'"{self.rule}" was at version {self.judged_by} when it judged the article at {utc(self.judged_at)}, and '
            f"did not match: {self.explanation.nearest} Version {self.now}, saved{_by(self.author, self.reason)} at "
            f"{utc(self.changed_at)}, matches."
        )

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "A rule judges what comes after it was saved; earlier articles: pactwatch rule test QUERY"


@dataclass(frozen=True, slots=True)
class JudgedAgainSince(Outcome):
    """The verdict of that day did not match; the archive was judged again since, and now it does."""

    code: ClassVar[str] = "judged_again_since"
    judged_at: datetime
    again_at: datetime
    classifier: str
    explanation: Explanation

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return (
            f"The verdict of {utc(self.judged_at)} did not match: {self.explanation.nearest} It was judged again at "
            f"{utc(self.again_at)} ({self.classifier}), and matches since, without an alert."
        )

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "To be told of what a second judgement changes: pactwatch reclassify --alert-since DATE"


@dataclass(frozen=True, slots=True)
class CopyOfStory(Outcome):
    """The rule speaks once of each story, and had spoken of this one."""

    code: ClassVar[str] = "copy_of_story"
    alert_id: UUID
    raised_at: datetime
    source: str
    title: str
    article_url: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return (
            f"It is a copy of a story already told: the alert of {utc(self.raised_at)} is on "
            f'"{self.title}" of {self.source}, {self.article_url}'
        )

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"See it: pactwatch why {self.alert_id} To hear of copies too, give the rule the policy each_article."


@dataclass(frozen=True, slots=True)
class FactTold(Outcome):
    """The rule speaks of new facts only, and had told this one."""

    code: ClassVar[str] = "fact_already_told"
    alert_id: UUID
    raised_at: datetime
    fact: str
    source: str
    article_url: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return (
            f"What it reports was told already ({self.fact}): the alert of {utc(self.raised_at)} is on an article of "
            f"{self.source}, {self.article_url}"
        )

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"See it: pactwatch why {self.alert_id} To hear of every story, give the rule the policy each_story."


@dataclass(frozen=True, slots=True)
class NotTold(Outcome):
    """By all that is known it should have alerted."""

    code: ClassVar[str] = "not_told"
    rule: str
    version: int
    judged_at: datetime
    explanation: Explanation
    judged_by: str = ""
    upgraded: bool = False

    @property
    def sentence(self) -> str:
        """Say what happened."""
        said = (
            f'"{self.rule}" (version {self.version}) matches it as the catalogue stands now, and raised no alert when '
            f"it was judged at {utc(self.judged_at)}."
        )
        if self.upgraded:
            said += f" That was before Pactwatch or its catalogue became another: it was judged by {self.judged_by}."
        return said

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        if self.upgraded:
            return (
                "What was told, and how rules read, may have been otherwise then. News of today is judged as of today."
            )
        return "Where the catalogue did not change since, this is a fault: show it to whoever mends Pactwatch."


def _by(author: str, reason: str) -> str:
    who = f" by {author}" if author else ""
    return f"{who} ({reason})" if reason else who

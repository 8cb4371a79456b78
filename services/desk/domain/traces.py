"""What the house has written down of one address and one rule: the facts on which "why not?" is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.desk.domain.article_views import ArticleVersion
from services.desk.domain.people import OptOut
from services.desk.domain.views import AttemptView
from shared.contracts.saved_rules import Policy, Severity
from shared.contracts.verdict import Verdict


@dataclass(frozen=True, slots=True)
class SourceTrace:
    """A source of the address's host, and how it stands; `mend` says what can be done about its state."""

    name: str
    url: str
    paused: bool
    removed_at: datetime | None
    state: str
    state_since: datetime | None
    last_look_at: datetime | None
    last_error: str | None
    in_trouble: bool
    mend: str


@dataclass(frozen=True, slots=True)
class EntryTrace:
    """The entry of a feed that names the address. `alert_since` is its own, which a backfill gives, or its source's."""

    source_name: str
    found_at: datetime
    failures: int
    next_try_at: datetime
    being_read: bool
    last_error: str | None
    alert_since: datetime | None
    from_backfill: bool


@dataclass(frozen=True, slots=True)
class NewsTrace:
    """An event: when it was written down, when the bus had it, and when its taker had dealt with it."""

    written_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A message in quarantine."""

    quarantine_id: UUID
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VerdictTrace:
    """A verdict, and what became of its news.

    `news` None: it was never announced, or so long ago that this is forgotten. `taken_at`: the notifier dealt with it.
    """

    verdict_id: UUID
    verdict: Verdict
    classifier: str
    judged_at: datetime
    news: NewsTrace | None
    taken_at: datetime | None
    set_aside: SetAside | None


@dataclass(frozen=True, slots=True)
class ArticleTrace:
    """The article of the address: `versions` the oldest first, `verdicts` too."""

    article_id: UUID
    story_id: UUID
    source_name: str
    source_country: str | None
    url: str
    language: str | None
    text_from: str
    published_at: datetime | None
    fetched_at: datetime
    alertable: bool
    gate: str | None
    versions: tuple[ArticleVersion, ...]
    news: NewsTrace | None
    set_aside: SetAside | None
    verdicts: tuple[VerdictTrace, ...]

    def version_at(self, moment: datetime) -> ArticleVersion:
        """Return the article as it stood then."""
        return next((each for each in reversed(self.versions) if each.seen_at <= moment), self.versions[0])


@dataclass(frozen=True, slots=True)
class RuleVersionTrace:
    """What a rule was from `saved_at` on, who saved it and why."""

    version: int
    name: str
    query: str
    policy: Policy
    severity: Severity
    paused: bool
    removed: bool
    author: str
    reason: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionTrace:
    """Who hears of the rule, from when, and until when. `reader` is the name of the person or team that it is for.

    `opted_out` are the members of the team who want no mails of it.
    """

    subscription_id: UUID
    channel: str
    address: str
    created_at: datetime
    removed_at: datetime | None
    min_severity: Severity = "low"
    languages: tuple[str, ...] = ()
    reader: str = ""
    opted_out: tuple[OptOut, ...] = ()

    def opt_out_of(self, asked_for: str | None) -> OptOut | None:
        """Return the opting out of a member, whom somebody means by name or e-mail; None where there is none."""
        wanted = (asked_for or "").strip().casefold().removeprefix("mailto:")
        if not wanted:
            return None
        return next((each for each in self.opted_out if wanted in (each.name.casefold(), each.email.casefold())), None)

    def stood_at(self, moment: datetime) -> bool:
        """Tell whether it was live then."""
        return self.created_at <= moment and (self.removed_at is None or self.removed_at > moment)


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule with its versions, the oldest first, and all who ever heard of it."""

    rule_id: UUID
    name: str
    origin: str
    versions: tuple[RuleVersionTrace, ...]
    subscriptions: tuple[SubscriptionTrace, ...]

    @property
    def now(self) -> RuleVersionTrace:
        """Return the rule as it stands."""
        return self.versions[-1]

    def at(self, moment: datetime) -> RuleVersionTrace | None:
        """Return the rule as it stood then; None before it was made."""
        return next((each for each in reversed(self.versions) if each.saved_at <= moment), None)


@dataclass(frozen=True, slots=True)
class ListVersionTrace:
    """What a named list held from `saved_at` on."""

    list_id: UUID
    name: str
    members: tuple[str, ...]
    removed: bool
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class AlertTrace:
    """An alert of the rule: on this article, on its story, or on a claim that this article makes too."""

    alert_id: UUID
    article_id: UUID
    story_id: UUID
    fact: str
    title: str
    url: str
    source_name: str
    rule_version: int
    raised_at: datetime
    severity: Severity = "normal"
    language: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingTrace:
    """An alert that is told later: what it waits for, and when it is due as its reader wants it now.

    `due_at` None: nobody wants it any more. `ended_at` is when it was gathered, or let go.
    """

    alert_id: UUID
    subscription_id: UUID
    channel: str
    masked_address: str
    why: str
    schedule: str
    waits_since: datetime
    due_at: datetime | None
    ended_at: datetime | None
    gathered: bool

    @property
    def to(self) -> str:
        """Return where it goes, as it may be shown."""
        return f"{self.channel} {self.masked_address}".strip()


@dataclass(frozen=True, slots=True)
class DeliveryTrace:
    """A delivery of the alert on this article, alone or beside others, with every attempt."""

    delivery_id: UUID
    subscription_id: UUID
    channel: str
    address: str
    masked_address: str
    state: str
    attempts: int
    next_try_at: datetime
    sent_at: datetime | None
    last_error: str | None
    tries: tuple[AttemptView, ...]

    @property
    def to(self) -> str:
        """Return where it goes, as it may be shown."""
        return f"{self.channel} {self.masked_address}".strip()


@dataclass(frozen=True, slots=True)
class Trace:
    """All that is known of one address, and of one rule in respect of it.

    `judge_now` is the version by which the house judges today, where that is known.
    """

    url: str
    host: str
    rule: RuleTrace
    sources: tuple[SourceTrace, ...] = ()
    entry: EntryTrace | None = None
    article: ArticleTrace | None = None
    lists: tuple[ListVersionTrace, ...] = ()
    alerts: tuple[AlertTrace, ...] = ()
    deliveries: tuple[DeliveryTrace, ...] = ()
    waiting: tuple[WaitingTrace, ...] = ()
    judge_now: str | None = None


def lists_at(versions: Sequence[ListVersionTrace], moment: datetime) -> Mapping[str, tuple[str, ...]]:
    """Return the named lists as they stood then, by name."""
    newest: dict[UUID, ListVersionTrace] = {}
    for each in sorted(versions, key=lambda version: version.saved_at):
        if each.saved_at <= moment:
            newest[each.list_id] = each
    return {each.name: each.members for each in newest.values() if not each.removed}

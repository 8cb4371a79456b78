"""What the desk shows: read-only values for the command line and the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from services.desk.domain.channels import Subscription, masked
from services.desk.domain.following import Follows
from services.desk.domain.rules import Origin, Rule
from services.desk.domain.wishes import PLAIN, Wishes
from shared.contracts.saved_rules import lives_by_subscriptions

OPERATORS = "operators"


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule and how many live subscriptions it has. A sector's rule without any raises no alerts.

    `broken` says why the rule matches nothing until it is mended: its query is no longer in the rule language, or
    names what left the catalogue. None for a rule that can be read. `offered_query` is what the catalogue says now,
    where people's own words stand against that.
    """

    rule_id: UUID
    name: str
    query: str
    origin: Origin
    version: int
    paused: bool
    subscriptions: int
    created_at: datetime
    changed_at: datetime
    broken: str | None = None
    watches: str | None = None
    policy: str = "each_story"
    severity: str = "normal"
    owner: str = ""
    note: str = ""
    offered_query: str | None = None

    @property
    def state(self) -> str:
        """What becomes of it, in a word: live, paused, broken, unheard (a sector's, of nobody) or conflict."""
        if self.broken:
            return "broken"
        if self.paused:
            return "paused"
        if lives_by_subscriptions(self.origin) and not self.subscriptions:
            return "unheard"
        return "live" if self.offered_query is None else "conflict"


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A live subscription. That of an operator has no rule: `rule_name` and `origin` are "operators".

    `address` is as given, less what is secret in it, `masked_address` as it may be shown to others. `secret` is filled
    once, in the answer that made a webhook's subscription; `feed_token`, of a feed, is the secret part of its
    addresses; `already` says that the subscription stood before and nothing was changed. `person` or `team` names whom
    it is for; a team's without an address goes to each member, but for those who `opted_out`.
    """

    subscription_id: UUID
    rule_id: UUID | None
    rule_name: str
    origin: Origin | Literal["operators"]
    channel: str
    address: str
    masked_address: str
    created_at: datetime
    secret: str | None = None
    already: bool = False
    feed_token: str | None = None
    person: str | None = None
    team: str | None = None
    follows: Follows | None = None
    wishes: Wishes = PLAIN
    opted_out: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        subscription: Subscription,
        rule: Rule | None,
        *,
        secret: str | None = None,
        feed_token: str | None = None,
        already: bool = False,
        person: str | None = None,
        team: str | None = None,
    ) -> Self:
        """Return the view of a subscription to this rule (None: an operator's), without its secrets unless given."""
        way = subscription.channel
        return cls(
            subscription_id=subscription.subscription_id,
            rule_id=subscription.rule_id,
            rule_name=rule.name if rule else OPERATORS,
            origin=rule.origin if rule else "operators",
            channel=way.kind,
            address=way.address,
            masked_address=masked(way.kind, way.address),
            created_at=subscription.created_at,
            secret=secret,
            already=already,
            feed_token=feed_token,
            person=person,
            team=team,
            follows=subscription.follows,
            wishes=subscription.wishes,
        )


@dataclass(frozen=True, slots=True)
class Ended:
    """A subscription that was ended, and how many messages waited for it, also as a digest: they are not sent."""

    subscription: SubscriptionView
    cancelled: int


@dataclass(frozen=True, slots=True)
class Followed:
    """A subscription that a reader's own link leads to, and whether it has ended; `team`: for its `member` alone."""

    subscription: SubscriptionView
    ended: bool
    team: str | None = None
    member: UUID | None = None


@dataclass(frozen=True, slots=True)
class ArticleGlance:
    """The article that an alert is about. `url` is as the source gave it: check its scheme before linking."""

    article_id: UUID
    title: str
    url: str
    source: str
    language: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt to deliver; `outcome` None while it runs, or when its process died."""

    attempt: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message to one address, with its address masked. `tries` is filled where a single alert is shown.

    `over`: it tells an operator that a trouble is over, not that it began. One that is told later (`waiting`, until
    `next_try_at`) is no delivery yet, and goes by its alert's id.
    """

    delivery_id: UUID
    channel: str
    masked_address: str
    state: str
    attempts: int
    next_try_at: datetime
    sent_at: datetime | None
    last_error: str | None
    tries: tuple[AttemptView, ...] = ()
    over: bool = False


@dataclass(frozen=True, slots=True)
class AlertCorrectionView:
    """What became of an alert's article; `after` is None where nothing of the sentence is left."""

    correction_id: UUID
    kind: str
    sentence: str
    before: str
    after: str | None
    corrected_at: datetime


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert with what fired it, under the rule's text and version of that moment; corrections newest first."""

    alert_id: UUID
    rule_id: UUID
    rule_name: str
    rule_query: str
    rule_version: int
    matcher_version: str
    agreement: str | None
    stage: str | None
    sectors: tuple[str, ...]
    evidence: str
    article: ArticleGlance
    raised_at: datetime
    deliveries: tuple[DeliveryView, ...]
    corrections: tuple[AlertCorrectionView, ...] = ()


@dataclass(frozen=True, slots=True)
class OperatorAlertView:
    """A trouble that operators were told of: a source's or a language's. `over_at` None while it lasts."""

    operator_alert_id: UUID
    kind: str
    about: str
    state: str
    sentence: str
    mend: str
    since: datetime
    opened_at: datetime
    over_at: datetime | None
    over_sentence: str | None
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A sector or an agreement that the classifier found, and the sentence that says so."""

    id: str
    score: float
    evidence: str
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictView:
    """The newest verdict on an article."""

    relevant: bool
    relevance: float
    relevance_evidence: str
    sectors: tuple[Finding, ...]
    agreements: tuple[Finding, ...]
    classifier: str
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleView:
    """A stored article; `verdict` None while it waits to be classified."""

    article: ArticleGlance
    fetched_at: datetime
    alertable: bool
    verdict: VerdictView | None


@dataclass(frozen=True, slots=True)
class AlertReasons:
    """Everything that answers "why did this alert fire?"; `verdict` None where its record cannot be read."""

    alert: AlertView
    verdict: VerdictView | None


@dataclass(frozen=True, slots=True)
class QuarantinedView:
    """A message that a service could not digest, and why."""

    quarantine_id: UUID
    event_id: UUID | None
    taker: str
    subject: str
    reason: str
    deliveries: int
    quarantined_at: datetime

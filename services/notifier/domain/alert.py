"""From a rule's match to an alert: what fired, on which words, under which versions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from shared.contracts.saved_rules import Policy, Severity
from shared.contracts.severity import NO_STAGES, StageSeverities, severity_of
from shared.contracts.told_facts import is_retold, retold_fact
from shared.contracts.verdict import Verdict
from shared.kit.text import clip, one_line
from shared.rules import Document, Match, Origin, Told, alert_id_of, is_told_by, tellings_of
from shared.rules.facts import Telling

SAMPLE = "sample"  # what the alert tells that a test of a channel sends: nothing
LONGEST_EVIDENCE_CHARACTERS = 600  # a sentence; a page without full stops must not travel whole
LONGEST_TITLE_CHARACTERS = 400


@dataclass(frozen=True)
class Article:
    """An article as the notifier sees it: what rules match on, and what a message says of it.

    `withdrawn`: its source has taken it down.
    """

    article_id: UUID
    story_id: UUID
    title: str
    text: str
    url: str
    source_name: str
    language: str | None
    published_at: datetime | None
    fetched_at: datetime
    source_country: str | None = None
    revision: int = 1
    withdrawn: bool = False


@dataclass(frozen=True)
class Headline:
    """What a message says of an article; `published` is ISO 8601 or None."""

    title: str
    url: str
    source: str
    published: str | None
    language: str | None


@dataclass(frozen=True)
class Alert:
    """A rule matched an article. `agreement` and `stage` are the catalogue's ids, None where the rule names none.

    `fact` is what it tells, by the rule's `policy`: a rule tells each fact once.
    """

    alert_id: UUID
    rule_id: UUID
    rule_name: str
    rule_query: str
    rule_version: int
    matcher_version: str
    story_id: UUID
    fact: str
    article_id: UUID
    verdict_id: UUID
    agreement: str | None
    stage: str | None
    sectors: tuple[str, ...]
    evidence: str
    article: Headline
    raised_at: datetime
    correlation_id: UUID
    policy: Policy = "each_story"
    severity: Severity = "normal"

    @property
    def is_retold(self) -> bool:
        """Whether another story tells again what its rule, which is for new facts, has told."""
        return is_retold(self.fact)


@dataclass(frozen=True)
class Occasion:
    """What all alerts of one article share: the article, what was judged of it, when, and by which matcher.

    `stages` tells of each stage of the catalogue how much it is waited for.
    """

    article: Article
    verdict_id: UUID
    verdict: Verdict
    matcher_version: str
    raised_at: datetime
    correlation_id: UUID
    stages: StageSeverities = field(default_factory=lambda: NO_STAGES)


def document_of(article: Article, verdict: Verdict) -> Document:
    """Return the article as the rules see it."""
    origin = Origin(
        source=article.source_name,
        country=article.source_country,
        url=article.url,
        published=article.published_at,
        language=article.language,
    )
    return Document(article.title, article.text, verdict, origin)


def compose_alerts(match: Match, occasion: Occasion) -> tuple[Alert, ...]:
    """Return the alerts that a match gives rise to, one for each thing that it tells."""
    article = occasion.article
    told = tellings_of(match, occasion.verdict, article.article_id, article.story_id, article.published_at)
    return tuple(_composed(match, telling, occasion) for telling in told)


def teller_of(alert: Alert, told: Iterable[Told]) -> UUID | None:
    """Return the alert that has told the same before, None where nobody has."""
    rule_id, said = alert.rule_id, (alert.fact, alert.article_id, alert.story_id, alert.raised_at)
    return next((each.alert_id for each in told if each.rule_id == rule_id and is_told_by(each, *said)), None)


def retellings(alerts: Iterable[Alert], told: Collection[Told], tellers: Mapping[UUID, UUID | None]) -> list[Alert]:
    """Return an alert for each rule for new facts to which an article brings none: once for each of its other stories.

    `tellers` are the alerts that told the same before, by the ids of these.
    """
    of_rule: dict[UUID, list[Alert]] = {}
    for alert in alerts:
        if alert.policy == "new_facts":
            of_rule.setdefault(alert.rule_id, []).append(alert)
    return [
        _retelling(mine[0])
        for rule_id, mine in of_rule.items()
        if all(tellers[alert.alert_id] is not None for alert in mine)
        and not any(each.rule_id == rule_id and each.story_id == mine[0].story_id for each in told)
    ]


def _retelling(alert: Alert) -> Alert:
    fact = retold_fact(alert.story_id)
    return replace(alert, alert_id=alert_id_of(alert.rule_id, alert.story_id, fact), fact=fact, severity="low")


def _composed(match: Match, telling: Telling, occasion: Occasion) -> Alert:
    """Return one alert; the same rule and fact give the same `alert_id`."""
    rule, article = match.rule, occasion.article
    return Alert(
        alert_id=alert_id_of(rule.rule_id, article.story_id, telling.fact),
        rule_id=rule.rule_id,
        rule_name=rule.name,
        rule_query=rule.query,
        rule_version=rule.version,
        matcher_version=occasion.matcher_version,
        story_id=article.story_id,
        fact=telling.fact,
        article_id=article.article_id,
        verdict_id=occasion.verdict_id,
        agreement=telling.agreement,
        stage=telling.stage,
        sectors=tuple(finding.id for finding in occasion.verdict.sectors),
        evidence=clip(one_line(telling.evidence), LONGEST_EVIDENCE_CHARACTERS),
        article=_headline(article, occasion.verdict),
        raised_at=occasion.raised_at,
        correlation_id=occasion.correlation_id,
        policy=rule.policy,
        severity=severity_of(rule.severity, telling.stage, occasion.stages),
    )


def _headline(article: Article, verdict: Verdict) -> Headline:
    return Headline(
        title=clip(one_line(article.title), LONGEST_TITLE_CHARACTERS),
        url=article.url,
        source=one_line(article.source_name),
        published=article.published_at.isoformat() if article.published_at else None,
        language=article.language or verdict.language,
    )

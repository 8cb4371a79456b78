"""How many alerts and messages a subscription would have had: the archive's matches, told as the notifier would."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.desk.domain.backtests import Archive, WholeArticle
from services.desk.domain.rules import Rule
from services.desk.domain.wishes import SCHEDULES, Wishes
from shared.contracts.saved_rules import Severity
from shared.contracts.severity import LOUDNESS, StageSeverities, severity_of
from shared.contracts.timing import Timing, appointment
from shared.rules import Query, Told, alert_id_of, claimed_agreement, is_told_by, match_of, tellings_of
from shared.rules import Rule as AskedRule

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Foretold:
    """An alert that would have been raised, on the first article that told its fact."""

    moment: datetime
    article_id: UUID
    severity: Severity
    language: str
    title: str
    source: str
    url: str
    evidence: str
    agreement: str | None
    stage: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a subscription would have had from `since` to `until`.

    `articles` matched; of the alerts that they make (`alerts`, the newest first) those are counted which the
    subscription wants. `weeks` are those that begin on each day, the last seven days being the last. `messages` is how
    many it would have been sent with its wishes, `by_schedule` how many with each schedule instead. `stopped` says why
    there is nothing to tell; `cut` that the days before `since` were too many to read.
    """

    rule_name: str
    query: str
    archive: Archive
    since: datetime
    until: datetime
    articles: int = 0
    alerts: tuple[Foretold, ...] = ()
    unwanted: int = 0
    messages: int = 0
    by_schedule: tuple[tuple[str, int], ...] = ()
    cut: bool = False
    stopped: str | None = None

    @property
    def number_of_weeks(self) -> float:
        """How many weeks the figures are of: at least one day's part of one."""
        return max((self.until - self.since) / WEEK, 1 / 7)

    @property
    def alerts_a_week(self) -> float | None:
        """How many alerts a week; None where nothing can be said."""
        return self.a_week(len(self.alerts))

    @property
    def by_severity(self) -> tuple[tuple[Severity, int], ...]:
        """How many alerts of each severity, the loud first."""
        counted = Counter(each.severity for each in self.alerts)
        return tuple((severity, counted[severity]) for severity in sorted(LOUDNESS, key=LOUDNESS.__getitem__)[::-1])

    @property
    def weeks(self) -> tuple[tuple[date, int], ...]:
        """The first day of each week, and how many alerts it had."""
        numbers = range(-(-(self.until - self.since) // WEEK))
        counted = Counter((self.until - each.moment) // WEEK for each in self.alerts)
        return tuple(((self.until - (number + 1) * WEEK).date(), counted[number]) for number in reversed(numbers))

    def a_week(self, count: int) -> float | None:
        """Return how many a week that is; None where nothing can be said."""
        known = self.stopped is None and self.archive.articles
        return count / self.number_of_weeks if known else None


def foretold_by(
    rule: Rule, query: Query, article: WholeArticle, stages: StageSeverities
) -> Sequence[tuple[Told, Foretold]]:
    """Return the alerts that an article would have raised if it were alone, each with what it would have told."""
    asked = AskedRule(rule.rule_id, rule.name, rule.query, rule.version, rule.policy, rule.severity)
    document = article.document
    match = match_of(asked, query, document)
    return [
        (
            Told(
                alert_id_of(rule.rule_id, article.story_id, telling.fact),
                rule.rule_id,
                article.article_id,
                article.story_id,
                telling.fact,
                article.moment,
            ),
            Foretold(
                moment=article.moment,
                article_id=article.article_id,
                severity=severity_of(rule.severity, telling.stage, stages),
                language=document.language,
                title=document.title,
                source=document.origin.source,
                url=article.url,
                evidence=telling.evidence,
                agreement=telling.agreement,
                stage=telling.stage,
            ),
        )
        for telling in tellings_of(
            match, document.verdict, article.article_id, article.story_id, document.origin.published
        )
    ]


def told_once(found: Iterable[tuple[Told, Foretold]]) -> list[Foretold]:
    """Return each alert once, as its first article tells it, the newest first."""
    alerts: dict[UUID, Foretold] = {}
    claims: defaultdict[str, list[Told]] = defaultdict(list)
    for told, each in sorted(found, key=lambda pair: (pair[1].moment, pair[1].article_id)):
        agreement = claimed_agreement(told.fact)
        if told.alert_id in alerts or (agreement is not None and _is_told(told, claims[agreement])):
            continue
        alerts[told.alert_id] = each
        if agreement is not None:
            claims[agreement].append(told)
    return sorted(alerts.values(), key=lambda each: (each.moment, each.article_id), reverse=True)


def _is_told(news: Told, before: Iterable[Told]) -> bool:
    return any(is_told_by(each, news.fact, news.article_id, news.story_id, news.moment) for each in before)


def is_wanted(alert: Foretold, wishes: Wishes) -> bool:
    """Tell whether a subscription with these wishes hears of the alert."""
    if LOUDNESS[alert.severity] < LOUDNESS[wishes.min_severity]:
        return False
    return not wishes.languages or alert.language in wishes.languages


def messages_of(alerts: Iterable[Foretold], timing: Timing) -> int:
    """Return in how many messages the alerts are told: one for each article, or for what came together."""
    told: set[object] = set()
    for alert in alerts:
        meeting = appointment(timing, alert.moment, alert.moment, loud=alert.severity == "high")
        told.add(alert.article_id if meeting.why is None else meeting.at)
    return len(told)


def messages_by_schedule(alerts: Sequence[Foretold], timing: Timing) -> tuple[tuple[str, int], ...]:
    """Return in how many messages the alerts are told with each schedule, all else being as it is."""
    others: Mapping[str, Timing] = {
        "immediate": replace(timing, schedule="immediate"),
        "hourly": replace(timing, schedule="hourly"),
        "daily": replace(timing, schedule="daily"),
        "weekly": replace(timing, schedule="weekly"),
    }
    return tuple((schedule, messages_of(alerts, others[schedule])) for schedule in SCHEDULES)

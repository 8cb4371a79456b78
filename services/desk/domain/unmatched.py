"""Why a rule did not speak of an article that was judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.desk.domain.clauses import Held, Vocabulary, document_of, held_against, lacks_findings
from services.desk.domain.not_matched import (
    ClauseFailed,
    CopyOfStory,
    FactTold,
    JudgedAgainSince,
    JudgedIrrelevant,
    NotMatchedYet,
    NotTold,
    RuleAsleep,
    RuleBroken,
    RuleChangedSince,
    RuleIsNewer,
    RulePaused,
    RuleRemoved,
)
from services.desk.domain.not_read import InQuarantine
from services.desk.domain.outcomes import Outcome
from services.desk.domain.traces import (
    AlertTrace,
    ArticleTrace,
    RuleTrace,
    RuleVersionTrace,
    Trace,
    VerdictTrace,
    lists_at,
)
from shared.contracts.saved_rules import lives_by_subscriptions
from shared.kit.errors import WrongInput
from shared.rules import Told, is_told_by
from shared.rules.facts import STORY

_NOW = datetime.max.replace(tzinfo=UTC)  # whatever was saved, was saved before


@dataclass(frozen=True, slots=True)
class Hearing:
    """The article before the rule: which verdict the notifier had in hand, and when."""

    trace: Trace
    article: ArticleTrace
    verdict: VerdictTrace
    vocabulary: Vocabulary

    @property
    def rule(self) -> RuleTrace:
        """Return the rule."""
        return self.trace.rule

    @property
    def moment(self) -> datetime:
        """Return when the rules were asked."""
        return self.verdict.taken_at or self.verdict.judged_at

    @property
    def before_an_upgrade(self) -> bool:
        """Tell whether the article was judged by another version than the house judges by today."""
        return self.trace.judge_now is not None and self.trace.judge_now != self.verdict.classifier

    def ask(
        self, version: RuleVersionTrace, *, verdict: VerdictTrace | None = None, lists_of: datetime | None = None
    ) -> Held | WrongInput:
        """Hold a version of the rule against the article as it was."""
        words = self.article.version_at(self.moment)
        document = document_of(self.article, words.title, words.text, (verdict or self.verdict).verdict)
        lists = lists_at(self.trace.lists, lists_of or self.moment)
        return held_against(version, document, self.article, self.vocabulary, lists)


def why_not_matched(trace: Trace, article: ArticleTrace, vocabulary: Vocabulary) -> Outcome:
    """Return why the rule raised no alert on the article; it has a verdict, and no alert."""
    waiting = _why_not_asked(article.verdicts[-1])
    if waiting is not None:
        return waiting
    hearing = Hearing(trace, article, _counted(article), vocabulary)
    then = trace.rule.at(hearing.moment)
    if then is None:
        return _newer(hearing)
    unasked = _why_unasked(hearing, then)
    if unasked is not None:
        return unasked
    held = hearing.ask(then)
    if isinstance(held, WrongInput):
        return RuleBroken(then.name, then.version, held.sentence, held.mend)
    if not held.facts:
        return _false(hearing, then, held)
    return _told_before(hearing, held.facts) or _not_told(hearing, then, held)


def _why_not_asked(newest: VerdictTrace) -> Outcome | None:
    if newest.taken_at is not None:
        return None
    if newest.set_aside is not None:
        aside = newest.set_aside
        return InQuarantine("notifier", aside.reason, aside.at, aside.quarantine_id)
    return NotMatchedYet(newest.judged_at) if newest.news is not None else None


def _counted(article: ArticleTrace) -> VerdictTrace:
    """Return the verdict that the rules were asked with: the last that the notifier took; else, long ago, the newest.

    A second judgement of the archive keeps new verdicts without announcing them.
    """
    taken = [each for each in article.verdicts if each.taken_at is not None]
    return taken[-1] if taken else article.verdicts[-1]


def _newer(hearing: Hearing) -> Outcome:
    rule = hearing.rule
    held = hearing.ask(rule.now, lists_of=_NOW)
    if isinstance(held, WrongInput):
        return RuleBroken(rule.now.name, rule.now.version, held.sentence, held.mend)
    return RuleIsNewer(rule.versions[0].saved_at, hearing.moment, bool(held.facts), held.explanation)


def _why_unasked(hearing: Hearing, then: RuleVersionTrace) -> Outcome | None:
    rule = hearing.rule
    if then.removed:
        first = _first_in_a_row(rule, then, lambda version: version.removed)
        return RuleRemoved(then.name, first.saved_at, first.author, first.reason)
    if then.paused:
        first = _first_in_a_row(rule, then, lambda version: version.paused)
        return RulePaused(rule.name, first.saved_at, first.author, first.reason, still=rule.now.paused)
    heard = any(each.stood_at(hearing.moment) for each in rule.subscriptions)
    if lives_by_subscriptions(rule.origin) and not heard:
        return RuleAsleep(rule.name)
    return None


def _first_in_a_row(
    rule: RuleTrace, then: RuleVersionTrace, is_so: Callable[[RuleVersionTrace], bool]
) -> RuleVersionTrace:
    """Return the version with which it began: later saves may have left it so."""
    first = then
    for version in reversed(rule.versions[: rule.versions.index(then)]):
        if not is_so(version):
            break
        first = version
    return first


def _false(hearing: Hearing, then: RuleVersionTrace, held: Held) -> Outcome:
    now, verdict, again = hearing.rule.now, hearing.verdict, hearing.article.verdicts[-1]
    if now.version != then.version and not now.removed and _matches(hearing.ask(now, lists_of=_NOW)):
        saved = (now.version, now.saved_at, now.author, now.reason)
        return RuleChangedSince(now.name, then.version, hearing.moment, *saved, held.explanation)
    if again is not verdict and _matches(hearing.ask(then, verdict=again)):
        return JudgedAgainSince(verdict.judged_at, again.judged_at, again.classifier, held.explanation)
    if not verdict.verdict.relevant and lacks_findings(held.explanation):
        relevance = verdict.verdict.relevance
        return JudgedIrrelevant(relevance, verdict.classifier, verdict.judged_at, then.version, held.explanation)
    return ClauseFailed(then.name, then.version, held.explanation)


def _matches(held: Held | WrongInput) -> bool:
    return isinstance(held, Held) and bool(held.facts)


def _told_before(hearing: Hearing, facts: Sequence[str]) -> Outcome | None:
    """Return which alert told the first of these; None unless each was told.

    What one version of Pactwatch takes for the same another may not; before an upgrade any alert on the story will do.
    """
    tellers = [_teller(hearing, fact) for fact in facts]
    first = tellers[0]
    if first is None or None in tellers:
        first = _teller(hearing, STORY) if hearing.before_an_upgrade else None
        facts = (STORY,)
    if first is None:
        return None
    if facts[0] == STORY:
        return CopyOfStory(first.alert_id, first.raised_at, first.source_name, first.title, first.url)
    return FactTold(first.alert_id, first.raised_at, facts[0], first.source_name, first.url)


def _not_told(hearing: Hearing, then: RuleVersionTrace, held: Held) -> Outcome:
    judged_by, upgraded = hearing.verdict.classifier, hearing.before_an_upgrade
    return NotTold(then.name, then.version, hearing.moment, held.explanation, judged_by, upgraded=upgraded)


def _teller(hearing: Hearing, fact: str) -> AlertTrace | None:
    rule_id, article = hearing.rule.rule_id, hearing.article
    for alert in hearing.trace.alerts:
        told = Told(alert.alert_id, rule_id, alert.article_id, alert.story_id, alert.fact, alert.raised_at)
        if is_told_by(told, fact, article.article_id, article.story_id, hearing.moment):
            return alert
    return None

"""Follows an address through the whole house, and finds the first thing that stopped it. Pure: the facts are given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from services.desk.domain.clauses import Vocabulary
from services.desk.domain.outcomes import Answer, Outcome, Step
from services.desk.domain.traces import AlertTrace, ArticleTrace, DeliveryTrace, RuleTrace, Trace, VerdictTrace
from services.desk.domain.undelivered import is_for, why_not_delivered
from services.desk.domain.unmatched import why_not_matched
from services.desk.domain.unread import why_no_article, why_not_judged
from shared.kit.text import one_line

_LAST = datetime.max.replace(tzinfo=UTC)


def answer(trace: Trace, vocabulary: Vocabulary, asked_for: str | None = None) -> Answer:
    """Return the first thing that stopped the address on its way to a reader of the rule, and what was before it.

    `asked_for` names one reader: a channel, an address, or the beginning of a subscription's id.
    """
    steps = sorted(_steps(trace, asked_for), key=lambda step: step.at or _LAST)
    return Answer(trace.url, trace.rule.name, _outcome(trace, vocabulary, asked_for), tuple(steps))


def _outcome(trace: Trace, vocabulary: Vocabulary, asked_for: str | None) -> Outcome:
    article = trace.article
    if article is None:
        return why_no_article(trace)
    alert = _alert_on(article, trace)
    if alert is not None:
        return why_not_delivered(trace, alert, asked_for)
    return why_not_judged(article, trace.entry) or why_not_matched(trace, article, vocabulary)


def _alert_on(article: ArticleTrace, trace: Trace) -> AlertTrace | None:
    mine = [alert for alert in trace.alerts if alert.article_id == article.article_id]
    return max(mine, key=lambda alert: alert.raised_at, default=None)


def _steps(trace: Trace, asked_for: str | None) -> Iterator[Step]:
    if trace.entry is not None:
        how = "found by the backfill of" if trace.entry.from_backfill else "listed by"
        yield Step(trace.entry.found_at, f'{how} "{trace.entry.source_name}"')
    yield from _of_rule(trace.rule)
    article = trace.article
    if article is None:
        return
    yield from _of_article(article)
    for verdict in article.verdicts:
        yield from _of_verdict(verdict)
    alert = _alert_on(article, trace)
    if alert is not None:
        yield Step(alert.raised_at, f"alert {alert.alert_id} raised by version {alert.rule_version} of the rule")
        meant = {each.subscription_id for each in trace.rule.subscriptions if is_for(asked_for, each)}
        for delivery in trace.deliveries:
            if delivery.subscription_id in meant:
                yield from _of_delivery(delivery)
        for waiting in trace.waiting:
            if waiting.subscription_id in meant:
                yield Step(waiting.waits_since, f"kept for {waiting.to}: {waiting.why}")
                if waiting.ended_at is not None:
                    how = "gathered into a message for" if waiting.gathered else "not wanted any more by"
                    yield Step(waiting.ended_at, f"{how} {waiting.to}")


def _of_rule(rule: RuleTrace) -> Iterator[Step]:
    for version in rule.versions:
        who = f" by {version.author}" if version.author else ""
        why = f": {one_line(version.reason)}" if version.reason else ""
        state = ", removed" if version.removed else ", paused" if version.paused else ""
        yield Step(version.saved_at, f"rule saved as version {version.version}{state}{who}{why}")


def _of_article(article: ArticleTrace) -> Iterator[Step]:
    held = "; held back by the gate" if article.gate is not None else ""
    yield Step(article.fetched_at, f"read, from the {article.text_from}{held}")
    for version in article.versions[1:]:
        yield Step(version.seen_at, f"rewritten by its source (version {version.revision} of the article)")


def _of_verdict(trace: VerdictTrace) -> Iterator[Step]:
    verdict = trace.verdict
    found = [f"{each.id} ({each.stage})" if each.stage else each.id for each in verdict.agreements]
    found += [each.id for each in verdict.sectors]
    what = f": {', '.join(found)}" if found and verdict.relevant else ""
    relevance = "relevant" if verdict.relevant else "irrelevant"
    yield Step(trace.judged_at, f"judged {relevance} ({verdict.relevance:.2f}) by {trace.classifier}{what}")
    if trace.taken_at is not None:
        yield Step(trace.taken_at, "held against all rules by the notifier")


def _of_delivery(delivery: DeliveryTrace) -> Iterator[Step]:
    for each in delivery.tries:
        outcome = each.outcome or "not finished"
        detail = f": {one_line(each.detail)}" if each.detail else ""
        yield Step(each.started_at, f"attempt {each.attempt} to {delivery.to}: {outcome}{detail}")

"""Answers to "why?" and "why not?" as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from services.cli.moments import day_and_time
from services.desk.domain.alert_reasons import AlertWhy
from services.desk.domain.outcomes import Answer
from services.desk.domain.views import DeliveryView
from shared.kit.text import clip, one_line
from shared.rules import Explanation

_LABEL_CELLS = 12
_CLAUSE_CHARACTERS = 100
_HITS = 4


def why_not_page(answer: Answer) -> Iterator[str]:
    """Return the lines that say what stopped an address, and what was before that."""
    outcome = answer.outcome
    yield one_line(outcome.sentence)
    if outcome.mend:
        yield outcome.mend
    explanation = getattr(outcome, "explanation", None)
    if isinstance(explanation, Explanation):
        yield ""
        yield from clauses(explanation)
    if answer.steps:
        yield ""
        yield "What happened:"
        for step in answer.steps:
            yield f"  {_to_the_second(step.at)}  {one_line(step.what)}"


def why_page(told: AlertWhy) -> Iterator[str]:
    """Return the lines about an alert."""
    alert, saved = told.alert, told.saved
    yield one_line(alert.article.title) or "(no title)"
    yield _labelled("address", alert.article.url)
    yield _labelled("source", f"{alert.article.source}, published {day_and_time(alert.article.published_at)}")
    yield _labelled("alert", f"{alert.alert_id}, raised {day_and_time(alert.raised_at)}")
    yield _labelled("tells", f"{_fact(told)}; severity {told.severity}, policy {told.policy}")
    yield _labelled("sentence", one_line(alert.evidence) or "(none was kept)")
    yield ""
    yield f'Rule "{one_line(saved.name)}", version {saved.version}{_saved(told)}'
    yield f"  {saved.query}"
    if told.rule_now != saved.version:
        yield f"  It is at version {told.rule_now} now; this is the query that fired."
    if told.unread is not None:
        yield f"  It cannot be read any more: {told.unread}"
    if told.explanation is not None:
        yield from clauses(told.explanation)
    yield ""
    yield from _verdict(told)
    yield from _story(told)
    yield ""
    yield from _deliveries(told)


def clauses(explanation: Explanation, depth: int = 1) -> Iterator[str]:
    """Return the lines of a rule that was held against an article: each clause, true or not, and by what."""
    said = "true " if explanation.holds else "false"
    reason = _found(explanation) if explanation.holds else explanation.nearest
    shown = clip(one_line(explanation.query), _CLAUSE_CHARACTERS)
    yield f"{'  ' * depth}{said}  {shown}{f'   ({one_line(reason)})' if reason else ''}"
    for part in explanation.parts:
        yield from clauses(part, depth + 1)


def _found(explanation: Explanation) -> str:
    hits = [repr(one_line(hit)) for hit in explanation.hits[:_HITS]]
    more = len(explanation.hits) - len(hits)
    return ", ".join(hits) + (f" and {more} more" if more > 0 else "")


def _fact(told: AlertWhy) -> str:
    alert = told.alert
    if alert.agreement is None:
        return "no agreement"
    return f"{alert.agreement}, {alert.stage}" if alert.stage else alert.agreement


def _saved(told: AlertWhy) -> str:
    saved = told.saved
    who = f" by {saved.author}" if saved.author else ""
    why = f": {one_line(saved.reason)}" if saved.reason else ""
    return f", saved {day_and_time(saved.saved_at)}{who}{why}"


def _verdict(told: AlertWhy) -> Iterator[str]:
    verdict = told.verdict
    if verdict is None:
        yield "The record of the verdict cannot be read."
        return
    relevance = "relevant" if verdict.relevant else "irrelevant"
    yield f"Judged {relevance} ({verdict.relevance:.2f}) {day_and_time(verdict.judged_at)}"
    for each in verdict.agreements:
        yield f"  {each.id}{f', {each.stage}' if each.stage else ''} ({each.score:.2f}): {one_line(each.evidence)}"
    for each in verdict.sectors:
        yield f"  sector {each.id} ({each.score:.2f}): {one_line(each.evidence)}"
    yield f"  classifier and catalogue {verdict.classifier}; matcher {told.alert.matcher_version}"


def _story(told: AlertWhy) -> Iterator[str]:
    if told.article_versions > 1:
        yield f"  version {told.article_version} of {told.article_versions} of the article fired it"
    if told.copies:
        yield f"Story: told by {len(told.copies) + 1} articles"
    for copy in told.copies:
        yield f"  {day_and_time(copy.fetched_at)}  {one_line(copy.source_name)}: {one_line(copy.title)}  {copy.url}"


def _deliveries(told: AlertWhy) -> Iterator[str]:
    if not told.alert.deliveries:
        yield "To nobody: the rule had no subscription when the alert was raised."
    for each in told.alert.deliveries:
        yield f"To {f'{each.channel} {each.masked_address}'.strip()}: {each.state}{_when(each)}"
        for attempt in each.tries:
            outcome = attempt.outcome or "not finished"
            detail = f": {one_line(attempt.detail)}" if attempt.detail else ""
            yield f"  {day_and_time(attempt.started_at)}  attempt {attempt.attempt}: {outcome}{detail}"


def _when(delivery: DeliveryView) -> str:
    if delivery.sent_at is not None:
        return f" {day_and_time(delivery.sent_at)}"
    if delivery.state == "retry":
        return f", again {day_and_time(delivery.next_try_at)}"
    if delivery.state == "waiting":
        return f", to be told {day_and_time(delivery.next_try_at)}"
    return ""


def _to_the_second(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}" if moment else "?"


def _labelled(label: str, value: str) -> str:
    return f"  {label:<{_LABEL_CELLS}}{value}"

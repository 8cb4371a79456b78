"""Why an alert fired: the rule as it was, clause by clause, the article as it was, and everything that followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.desk.domain.article_views import CopyView
from services.desk.domain.clauses import Vocabulary, document_of, held_against
from services.desk.domain.traces import ArticleTrace, ListVersionTrace, RuleVersionTrace, lists_at
from services.desk.domain.views import AlertView, VerdictView
from shared.contracts.saved_rules import Policy, Severity
from shared.contracts.verdict import Verdict
from shared.kit.errors import WrongInput
from shared.rules import Explanation


@dataclass(frozen=True, slots=True)
class FiredAlert:
    """An alert with what it rests on, as it is stored.

    `fired` is the rule with the query that fired; who saved it and why stand there as far as they were kept.
    """

    alert: AlertView
    policy: Policy
    severity: Severity
    fact: str
    verdict: Verdict
    verdict_view: VerdictView | None
    article: ArticleTrace
    fired: RuleVersionTrace
    rule_now: int
    lists: Sequence[ListVersionTrace]
    copies: tuple[CopyView, ...]


@dataclass(frozen=True, slots=True)
class AlertWhy:
    """Everything that answers "why did this alert fire?".

    `explanation` holds the query as it fired against the article as it was, in today's catalogue; `unread` says why
    that query cannot be read any more. `article_version` is the one that fired, of `article_versions`.
    """

    alert: AlertView
    policy: Policy
    severity: Severity
    fact: str
    saved: RuleVersionTrace
    rule_now: int
    explanation: Explanation | None
    unread: str | None
    verdict: VerdictView | None
    article_version: int
    article_versions: int
    copies: tuple[CopyView, ...]


def why(fired: FiredAlert, vocabulary: Vocabulary) -> AlertWhy:
    """Return why the alert fired."""
    raised_at = fired.alert.raised_at
    words = fired.article.version_at(raised_at)
    document = document_of(fired.article, words.title, words.text, fired.verdict)
    lists: Mapping[str, tuple[str, ...]] = lists_at(fired.lists, raised_at)
    held = held_against(fired.fired, document, fired.article, vocabulary, lists)
    unread = held.sentence if isinstance(held, WrongInput) else None
    return AlertWhy(
        alert=fired.alert,
        policy=fired.policy,
        severity=fired.severity,
        fact=fired.fact,
        saved=fired.fired,
        rule_now=fired.rule_now,
        explanation=None if isinstance(held, WrongInput) else held.explanation,
        unread=unread,
        verdict=fired.verdict_view,
        article_version=words.revision,
        article_versions=fired.article.versions[-1].revision,
        copies=fired.copies,
    )

"""One article against all rules."""

from __future__ import annotations

from dataclasses import dataclass

from shared.rules.document import Document
from shared.rules.evidence import reason_for
from shared.rules.query import Query
from shared.rules.rule import Rule
from shared.rules.rule_set import RuleSet


@dataclass(frozen=True)
class Match:
    """A rule that an article fired, and the sentence that fired it.

    `agreement` is the one the rule asked for, else the one that the article is surest about; `stage` is what the
    article reports of it. `named` are all agreements that the clauses which hit ask for.
    """

    rule: Rule
    evidence: str
    agreement: str | None
    stage: str | None
    named: frozenset[str] = frozenset()


def percolate(rules: RuleSet, document: Document) -> tuple[Match, ...]:
    """The rules that the article matches, in the rules' order; the same article always gives the same answer."""
    return tuple(match_of(rule, query, document) for rule, query in rules.matching_queries(document))


def match_of(rule: Rule, query: Query, document: Document) -> Match:
    """The match of a rule that asks this query, with an article that it holds for."""
    reason = reason_for(query, document)
    return Match(rule, reason.evidence, reason.agreement, reason.stage, reason.named)

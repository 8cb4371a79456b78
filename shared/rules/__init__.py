"""The watch-rule language: parse a query, and ask all rules of one article.

Pure: it knows the words of a text (`shared.language`) and the verdict on it (`shared.contracts`), nothing else.
docs/rules.md explains the language to those who write rules.
"""

from shared.rules.cautions import cautions
from shared.rules.complaints import WrongQuery
from shared.rules.document import Document, Origin
from shared.rules.explanation import Explanation, explain
from shared.rules.facts import (
    FRESH_DAYS,
    Told,
    alert_id_of,
    claimed_agreement,
    is_told_by,
    tellings_of,
)
from shared.rules.implicit import implicit_agreement_query, implicit_sector_query
from shared.rules.live_rules import CompileRules, LiveRules
from shared.rules.parsing import RULE_LANGUAGE_VERSION, parse
from shared.rules.percolation import Match, match_of, percolate
from shared.rules.query import (
    And,
    Exact,
    Field,
    Named,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Query,
    Relevance,
    Stage,
    Title,
    Word,
)
from shared.rules.rule import Rule
from shared.rules.rule_set import RuleSet
from shared.rules.spans import Span
from shared.rules.spelling import show

__all__ = [
    "FRESH_DAYS",
    "RULE_LANGUAGE_VERSION",
    "And",
    "CompileRules",
    "Document",
    "Exact",
    "Explanation",
    "Field",
    "LiveRules",
    "Match",
    "Named",
    "Near",
    "Not",
    "Or",
    "Origin",
    "Phrase",
    "Prefix",
    "Published",
    "Query",
    "Relevance",
    "Rule",
    "RuleSet",
    "Span",
    "Stage",
    "Title",
    "Told",
    "Word",
    "WrongQuery",
    "alert_id_of",
    "cautions",
    "claimed_agreement",
    "explain",
    "implicit_agreement_query",
    "implicit_sector_query",
    "is_told_by",
    "match_of",
    "parse",
    "percolate",
    "show",
    "tellings_of",
]

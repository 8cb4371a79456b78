"""The watch-rule language: parse a query, and ask all rules of one article.

Pure: it knows the words of a text (`shared.language`) and the verdict on it (`shared.contracts`), nothing else.
docs/rules.md explains the language to those who write rules.
"""

from shared.rules.cautions import cautions
from shared.rules.complaints import WrongQuery
from shared.rules.document import Document
from shared.rules.implicit import implicit_agreement_query, implicit_sector_query
from shared.rules.parsing import RULE_LANGUAGE_VERSION, parse
from shared.rules.percolation import Match, percolate
from shared.rules.query import And, Field, Not, Or, Phrase, Query, Word, show
from shared.rules.rule_set import Rule, RuleSet

__all__ = [
    "RULE_LANGUAGE_VERSION",
    "And",
    "Document",
    "Field",
    "Match",
    "Not",
    "Or",
    "Phrase",
    "Query",
    "Rule",
    "RuleSet",
    "Word",
    "WrongQuery",
    "cautions",
    "implicit_agreement_query",
    "implicit_sector_query",
    "parse",
    "percolate",
    "show",
]

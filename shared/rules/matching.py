"""Whether a query holds for an article: the meaning of the language, asked clause by clause.

Percolation gives the same answer for many rules at once; this is what it is held against.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import ge, gt, le, lt

from shared.rules.document import Document, value_key
from shared.rules.passage import Passage
from shared.rules.places import near, places
from shared.rules.query import (
    And,
    Fact,
    Field,
    Named,
    Near,
    Not,
    Or,
    Place,
    Published,
    Query,
    Relevance,
    Stage,
    Title,
)

COMPARES = {">": gt, ">=": ge, "<": lt, "<=": le}


def holds(query: Query, document: Document) -> bool:
    """Whether the article is what the query asks for."""
    return holds_in(query, document, document.passages)


def holds_in(query: Query, document: Document, passages: Sequence[Passage]) -> bool:
    """The same, its words asked of these passages only."""
    match query:
        case And(parts):
            return all(holds_in(part, document, passages) for part in parts)
        case Or(parts):
            return any(holds_in(part, document, passages) for part in parts)
        case Not(part):
            return not holds_in(part, document, passages)
        case Title(part):
            return holds_in(part, document, document.passages[:1])
        case Field() | Stage() | Relevance() | Published():
            return is_fact(query, document)
        case _:
            return any(_stands(query, passage) for passage in passages)


def _stands(clause: Place | Near, passage: Passage) -> bool:
    match clause:
        case Near():
            return near(clause, passage) is not None
        case Named(_, members):
            return any(_stands(member, passage) for member in members)
        case _:
            return next(places(clause, passage), None) is not None


def is_fact(fact: Fact, document: Document) -> bool:
    """Whether the verdict or the origin of the article is as asked."""
    match fact:
        case Field(name, value):
            return value_key(name, value) in document.facts[name]
        case Stage(value, of):
            found = document.agreements
            return any(found[each].stage == value for each in of or found if each in found)
        case Relevance(sign, bound):
            return bool(COMPARES[sign](document.verdict.relevance, bound))
        case Published(first, last):
            day = document.day
            return day is not None and (first is None or first <= day) and (last is None or day <= last)

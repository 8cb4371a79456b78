"""What a watch rule asks, as a tree of frozen values.

Query
├── Word, Phrase, Prefix, Exact   words of the article, see `terms`
├── Named   a list of such terms under one name: @india-side-ministers
├── Near    two of them, few words apart
├── Title   any of these, and AND, OR, NOT of them, in the title alone
├── Field   a finding of the verdict or a fact of the article: agreement:relos, source:TASS, lang:ru
├── Stage   the stage that the article reports of an agreement
├── Relevance, Published   a range
├── And, Or two or more queries; never directly inside their own kind (`all_of` and `any_of` flatten)
└── Not     one query

`at` is a place in the text of the query, in characters from 0; two queries that differ in it are equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from shared.rules.terms import Exact, Phrase, Prefix, Term, Word


@dataclass(frozen=True, slots=True)
class Named:
    """A list by its name, without the @; `members` are empty until the list is looked up."""

    name: str
    members: tuple[Term, ...] = ()
    at: int = field(default=0, compare=False, repr=False)


Place: TypeAlias = Word | Phrase | Prefix | Exact | Named
"""What stands at a place of the text."""


@dataclass(frozen=True, slots=True)
class Near:
    """One of the left and one of the right, in either order, with at most `words` words between them."""

    left: tuple[Place, ...]
    words: int
    right: tuple[Place, ...]
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Title:
    """The part must hold for the title alone; it asks for words only."""

    part: Query
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A finding of the verdict or a fact of the article; `at` is the place of the value."""

    name: str
    value: str
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """The article reports this stage of one of these agreements, or of any where none is named.

    `of` are the agreements that the nearest AND around the clause names, in their order.
    """

    value: str
    of: tuple[str, ...] = ()
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Relevance:
    """How relevant the classifier found the article, 0 to 1: `sign` is one of >, >=, <, <=."""

    sign: str
    bound: float
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Published:
    """The day of publication, in UTC, from `first` to `last`, both counted; None leaves a side open."""

    first: date | None
    last: date | None
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts must hold."""

    parts: tuple[Query, ...]
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Or:
    """One of the parts must hold."""

    parts: tuple[Query, ...]
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Query
    at: int = field(default=0, compare=False, repr=False)


Fact: TypeAlias = Field | Stage | Relevance | Published
"""What is asked of the verdict and the article's origin, not of its words."""

Clause: TypeAlias = Word | Phrase | Prefix | Exact | Named | Near | Title | Field | Stage | Relevance | Published
Query: TypeAlias = Clause | And | Or | Not

__all__ = [
    "And",
    "Clause",
    "Exact",
    "Fact",
    "Field",
    "Named",
    "Near",
    "Not",
    "Or",
    "Phrase",
    "Place",
    "Prefix",
    "Published",
    "Query",
    "Relevance",
    "Stage",
    "Title",
    "Word",
    "all_of",
    "any_of",
    "parts_of",
]


def all_of(parts: Iterable[Query]) -> Query:
    """The parts joined by AND: flat, and a single part stands for itself. Raises ValueError when there is none."""
    flat: list[Query] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else (part,))
    return _one_or(And, flat)


def any_of(parts: Iterable[Query]) -> Query:
    """The parts joined by OR: flat, and a single part stands for itself. Raises ValueError when there is none."""
    flat: list[Query] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Or) else (part,))
    return _one_or(Or, flat)


def parts_of(query: Query) -> tuple[Query, ...]:
    """The queries directly inside a query; of a clause there are none but a title's."""
    match query:
        case And(parts) | Or(parts):
            return parts
        case Not(part) | Title(part):
            return (part,)
        case _:
            return ()


def _one_or(kind: type[And | Or], parts: list[Query]) -> Query:
    if not parts:
        raise ValueError("a query needs at least one part")
    return parts[0] if len(parts) == 1 else kind(tuple(parts), at=parts[0].at)

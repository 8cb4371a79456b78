"""Asks a query of articles out of the archive: exactly what `matching.holds` would say of the articles themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.contracts.verdict import Verdict
from shared.rules.archive_query import NO_FEEDS, Bounds, Condition, Every, Having, Some, Without, bounds_of
from shared.rules.archive_terms import OVERLONG, key_term
from shared.rules.archived import all_terms
from shared.rules.document import Document
from shared.rules.matching import holds, stands
from shared.rules.packed import PackedPassage
from shared.rules.passage import Passage
from shared.rules.query import (
    And,
    Clause,
    Exact,
    Field,
    Named,
    Near,
    Not,
    Or,
    Phrase,
    Place,
    Prefix,
    Published,
    Query,
    Relevance,
    Stage,
    Title,
    Word,
    all_of,
    any_of,
)

_NOT_JUDGED = Verdict(language="en", relevant=False, relevance=0)


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as it was found in the archive.

    `terms` are those that the reader needs: of the facts, or all. `text` is the article's own, needed where the query
    asks for letters, and of an article whose terms are too many to be kept.
    """

    title: str
    terms: str
    words: str
    joins: str
    text: str | None = None


class Reader:
    """A query, made ready for asking many articles."""

    def __init__(self, query: Query, feeds_of: Mapping[str, Collection[str]] = NO_FEEDS) -> None:
        self.query = query
        self._feeds_of = feeds_of
        self.bounds: Bounds = bounds_of(query, feeds_of)
        self._by_terms: dict[Clause, Condition] = {}
        for clause in clauses_of(query):
            bounds = bounds_of(clause, feeds_of)
            if bounds.is_exact:
                self._by_terms[clause] = bounds.possible
        self.needs_text = any(_asks_for_letters(clause) for clause in clauses_of(query) if clause not in self._by_terms)
        self.needs_terms = any(
            not isinstance(clause, Field | Stage | Relevance | Published) for clause in self._by_terms
        )

    def of_the_undecided(self) -> Reader:
        """A reader for articles that are possible and not sure: what the terms alone decide is not asked again."""
        return Reader(_undecided(self.query, self._by_terms), self._feeds_of)

    def holds(self, kept: Kept) -> bool:
        """Whether the article is what the query asks for. Raises ValueError where its text is needed and not there."""
        if OVERLONG in kept.terms and kept.text is not None:
            kept = replace(kept, terms=kept.terms + all_terms(kept.title, kept.text))
        return _Asking(self._by_terms, kept, needs_text=self.needs_text).holds(self.query)


def _undecided(query: Query, decided: Collection[Clause]) -> Query:
    """What is left of a query where its terms neither make it true nor false.

    Beside AND, a part that the terms decide is then true, and beside OR it is false.
    """
    match query:
        case And(parts) | Or(parts):
            left = [part for part in parts if not all(clause in decided for clause in clauses_of(part))]
            if len(left) == 1:
                return _undecided(left[0], decided)
            return (all_of if isinstance(query, And) else any_of)(left) if left else query
        case Not(part):
            return Not(_undecided(part, decided), at=query.at)
        case _:
            return query


class _Asking:
    """One article while a query is asked of it."""

    def __init__(self, by_terms: Mapping[Clause, Condition], kept: Kept, *, needs_text: bool) -> None:
        if needs_text and kept.text is None:
            raise ValueError("the query asks for letters, and the text is not there")
        self._by_terms = by_terms
        self._terms = f"{kept.terms} "
        self._titled = Document(kept.title, "", _NOT_JUDGED)
        self._kept = kept
        self._passages: Sequence[Passage] | None = None

    def holds(self, query: Query) -> bool:
        match query:
            case And(parts):
                return all(self.holds(part) for part in parts)
            case Or(parts):
                return any(self.holds(part) for part in parts)
            case Not(part):
                return not self.holds(part)
        condition = self._by_terms.get(query)
        if condition is not None:
            return self._is_so(condition)
        if isinstance(query, Title):
            return holds(query, self._titled)
        return any(stands(_of_words(query), passage) for passage in self._both())

    def _both(self) -> Sequence[Passage]:
        if self._passages is None:
            kept = self._kept
            body = PackedPassage(kept.words, kept.joins) if kept.text is None else Passage(kept.text)
            self._passages = (body, self._titled.passages[0])
        return self._passages

    def _is_so(self, condition: Condition) -> bool:
        match condition:
            case Having(term, is_beginning):
                return f" {term}" in self._terms if is_beginning else f" {term} " in self._terms
            case Every(parts):
                return all(map(self._is_so, parts))
            case Some(parts):
                return any(map(self._is_so, parts))
            case Without(part):
                return not self._is_so(part)


def clauses_of(query: Query) -> Sequence[Clause]:
    """The clauses of a query in order, each once; a title's is one."""
    match query:
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(clause for part in parts for clause in clauses_of(part)))
        case Not(part):
            return clauses_of(part)
        case _:
            return (query,)


def _of_words(clause: Clause) -> Place | Near:
    if isinstance(clause, Word | Phrase | Prefix | Exact | Named | Near):
        return clause
    raise TypeError(clause)  # pragma: no cover - facts and titles are decided before


def _asks_for_letters(clause: Clause) -> bool:
    """Whether places are asked for that the keys of the body do not tell: of beginnings, of exact or odd words."""
    match clause:
        case Prefix() | Exact():
            return True
        case Named(_, members):
            return any(map(_asks_for_letters, members))
        case Near(left, _, right):
            return any(map(_asks_for_letters, (*left, *right)))
        case Phrase(stems=stems, joined_stems=joined):
            return any(key is not None and key_term(key) != key for key in (*stems, *joined))
        case Title() | Field() | Stage() | Relevance() | Published() | Word():
            return False

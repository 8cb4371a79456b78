"""Asks a query of articles out of the archive: exactly what `matching.holds` would say of the articles themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from shared.contracts.verdict import Verdict
from shared.rules.archive_query import NO_FEEDS, Bounds, Condition, Every, Having, Some, Without, bounds_of
from shared.rules.archive_terms import KEPT_OF_AN_OVERLONG_WORD, LONGEST_TERM_CHARACTERS, OVERLONG, short
from shared.rules.archived import filed_words
from shared.rules.document import Document
from shared.rules.matching import holds_in
from shared.rules.packed import PackedPassage, packed
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
from shared.rules.terms import Term
from shared.rules.vocabulary import flat

_NOTHING = Document("", "", Verdict(language="en", relevant=False, relevance=0))  # words are asked of passages alone


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as it was found in the archive, see `archived.Archived`.

    `terms` and `words` may be left out where the reader does not need them. `text` is the article's own, needed for odd
    words, and of an article whose words are too many to be kept.
    """

    title: str
    facts: str
    terms: str
    words: str
    joins: str
    text: str | None = None

    @property
    def is_overlong(self) -> bool:
        """Whether its words are too many to be kept."""
        return OVERLONG in self.facts


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
        left = [term for clause in clauses_of(query) if clause not in self._by_terms for term in _terms_of(clause)]
        self.needs_words = not all(isinstance(clause, Title) for clause in clauses_of(query))
        self.needs_text = any(map(_is_odd, left))
        self.needs_terms = any(isinstance(term, Prefix | Exact) for term in left) or any(
            not isinstance(clause, Field | Stage | Relevance | Published) for clause in self._by_terms
        )

    def of_the_undecided(self) -> Reader:
        """A reader for articles that are possible and not sure: what the terms alone decide is not asked again."""
        return Reader(_undecided(self.query, self._by_terms), self._feeds_of)

    def holds(self, kept: Kept) -> bool:
        """Whether the article is what the query asks for. Raises ValueError where its text is needed and not there."""
        if kept.text is None and (self.needs_text or kept.is_overlong):
            raise ValueError("the query asks for letters that are not kept, and the text is not there")
        if kept.is_overlong:
            words = filed_words(Passage(kept.title), Passage(kept.text or ""))
            kept = replace(kept, terms=words.terms, words=words.words, joins=words.joins)
        return _Asking(self._by_terms, kept, needs_text=self.needs_text).holds(self.query)


@dataclass(frozen=True, slots=True)
class Row:
    """A phrase, as a database can look for it in the row of an article's words: all that cannot have it is left out.

    The article has `keys` one after the other, or one of `glued` among its words, or one of `keys` over a hyphen.
    """

    keys: tuple[str, ...]
    glued: tuple[str, ...]


def rows_of(query: Query) -> tuple[Row, ...]:
    """The phrases of which one must be there; none for a query that asks for anything else."""
    parts = query.parts if isinstance(query, Or) else (query,)
    phrases = [part for part in parts if isinstance(part, Phrase) and not _is_odd(part)]
    if len(phrases) < len(parts):
        return ()
    return tuple(Row(each.stems, tuple(whole for whole in each.joined_stems if whole)) for each in phrases)


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
        self._by_terms = by_terms
        self._terms = f"{kept.facts}{kept.terms}{kept.words} " if by_terms else ""
        self._kept = kept
        self._needs_text = needs_text

    @cached_property
    def _title(self) -> Passage:
        return Passage(self._kept.title.strip())

    @cached_property
    def _passages(self) -> tuple[Passage, Passage]:
        kept = self._kept
        if self._needs_text and kept.text is not None:
            return self._title, Passage(kept.text)
        return packed(kept.words, kept.joins, kept.terms)

    def holds(self, query: Query) -> bool:
        match query:
            case And(parts):
                return all(self.holds(part) for part in parts)
            case Or(parts):
                return any(self.holds(part) for part in parts)
            case Not(part):
                return not self.holds(part)
            case _:
                condition = self._by_terms.get(query)
                return self._clause_holds(query) if condition is None else self._is_so(condition)

    def _clause_holds(self, clause: Clause) -> bool:
        match clause:
            case Title(part):
                return holds_in(part, _NOTHING, (self._title,))
            case Phrase():
                return any(_has(clause, passage) for passage in self._passages)
            case _:
                return holds_in(clause, _NOTHING, self._passages)

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


def _has(phrase: Phrase, passage: Passage) -> bool:
    known = passage.has_in_a_row(phrase) if isinstance(passage, PackedPassage) else None
    return holds_in(phrase, _NOTHING, (passage,)) if known is None else known


def _terms_of(clause: Query) -> Iterator[Term]:
    """The terms whose places in the words that are kept are asked for."""
    match clause:
        case Named(_, members):
            yield from members
        case Near(left, _, right):
            yield from flat((*left, *right))
        case Word() | Phrase() | Prefix() | Exact():
            yield clause
        case _:
            return  # a fact, or asked of the title, which is kept as it is


def _is_odd(term: Term) -> bool:
    """Whether the term is too long, or written too oddly, for the letters that are kept."""
    match term:
        case Prefix():
            return any(len(head) > KEPT_OF_AN_OVERLONG_WORD or " " in head for head in term.heads)
        case Exact():
            return any(map(_is_odd_word, (*term.spellings, *term.in_any_form.stems)))
        case Phrase():
            return any(map(_is_odd_word, (*term.stems, *(whole for whole in term.joined_stems if whole))))
        case Word():
            return _is_odd_word(term.stem)


def _is_odd_word(word: str) -> bool:
    return len(word) > LONGEST_TERM_CHARACTERS // 2 or short(word) != word

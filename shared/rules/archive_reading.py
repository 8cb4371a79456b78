"""Asks a query of articles out of the archive: exactly what `matching.holds` would say of the articles themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from shared.contracts.verdict import Verdict
from shared.rules.archive_batch import Batch, Findable, Found
from shared.rules.archive_query import NO_FEEDS, Bounds, Condition, Every, Having, Some, Without, bounds_of
from shared.rules.archive_terms import KEPT_OF_AN_OVERLONG_WORD, LONGEST_TERM_CHARACTERS, short
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


class Kept(NamedTuple):
    """An article as it was found in the archive, see `archived.Archived`.

    What the reader does not need may be left empty. `text` is the article's own: needed for odd words, and where its
    words are too many to be kept, which is `is_overlong`.
    """

    words: str
    joins: str
    terms: str = ""
    facts: str = ""
    title: str = ""
    text: str | None = None
    is_overlong: bool = False


class Reader:
    """A query, made ready for asking many articles."""

    def __init__(self, query: Query, feeds_of: Mapping[str, Collection[str]] = NO_FEEDS) -> None:
        self.query = query
        self._feeds_of = feeds_of
        self.bounds: Bounds = bounds_of(query, feeds_of)
        self._by_terms: dict[Clause, Condition] = {}
        clauses = clauses_of(query)
        for clause in clauses:
            bounds = bounds_of(clause, feeds_of)
            if bounds.is_exact:
                self._by_terms[clause] = bounds.possible
        left = [term for clause in clauses if clause not in self._by_terms for term in _terms_of(clause)]
        self.needs_title = any(isinstance(clause, Title) for clause in clauses if clause not in self._by_terms)
        self.needs_facts = any(isinstance(clause, Field | Stage | Relevance | Published) for clause in self._by_terms)
        self.needs_words = not all(isinstance(clause, Title) for clause in clauses)
        self.needs_text = any(map(_is_odd, left))
        self.needs_terms = any(isinstance(term, Prefix | Exact) for term in left) or any(
            not isinstance(clause, Field | Stage | Relevance | Published) for clause in self._by_terms
        )

    def of_the_undecided(self) -> Reader:
        """A reader for articles that are possible and not sure: what the terms alone decide is not asked again."""
        return Reader(_undecided(self.query, self._by_terms), self._feeds_of)

    def holds(self, kept: Kept) -> bool:
        """Whether the article is what the query asks for. Raises ValueError where its text is needed and not there."""
        return bool(self.holding((kept,)))

    def holding(self, kept: Sequence[Kept]) -> frozenset[int]:
        """The numbers of the articles that are what the query asks for. Raises ValueError as `holds` does."""
        articles = [self._readable(each) for each in kept]
        everything = frozenset(range(len(articles)))
        return _Asking(articles, self._by_terms, needs_text=self.needs_text).holding(self.query, everything)

    def _readable(self, kept: Kept) -> Kept:
        if kept.text is None and (self.needs_text or kept.is_overlong):
            raise ValueError("the query asks for letters that are not kept, and the text is not there")
        if not kept.is_overlong:
            return kept
        words = filed_words(Passage(kept.title), Passage(kept.text or ""))
        return kept._replace(terms=words.terms, words=words.words, joins=words.joins)


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
    """Articles while a query is asked of them: what many can be asked at once first, and of one what is left."""

    def __init__(self, kept: Sequence[Kept], by_terms: Mapping[Clause, Condition], *, needs_text: bool) -> None:
        self._kept = kept
        self._by_terms = by_terms
        self._needs_text = needs_text
        self._ones: dict[int, _One] = {}
        self._found: dict[Findable, Found] = {}

    def holding(self, query: Query, among: frozenset[int]) -> frozenset[int]:
        """Those of the articles for which the query is true."""
        match query:
            case And(parts):
                for part in sorted(parts, key=self._is_slow):
                    among = self.holding(part, among) if among else among
                return among
            case Or(parts):
                rest = among
                for part in sorted(parts, key=self._is_slow):
                    rest -= self.holding(part, rest) if rest else rest
                return among - rest
            case Not(part):
                return among - self.holding(part, among)
            case _:
                return self._of_clause(query, among)

    def _of_clause(self, clause: Clause, among: frozenset[int]) -> frozenset[int]:
        condition = self._by_terms.get(clause)
        if condition is not None:
            return frozenset(number for number in among if self._one(number).meets(condition))
        if isinstance(clause, Title | Field | Stage | Relevance | Published) or any(map(_is_odd, _terms_of(clause))):
            return frozenset(number for number in among if self._one(number).has(clause))
        found = self._find(clause)
        return among & found.sure | {number for number in among & found.unsure if self._one(number).has(clause)}

    def _find(self, clause: Findable) -> Found:
        if clause not in self._found:
            self._found[clause] = self._batch.find(clause)
        return self._found[clause]

    @cached_property
    def _batch(self) -> Batch:
        kept = self._kept
        return Batch([each.words for each in kept], [each.joins for each in kept], [each.terms for each in kept])

    def _one(self, number: int) -> _One:
        if number not in self._ones:
            self._ones[number] = _One(self._kept[number], needs_text=self._needs_text)
        return self._ones[number]

    def _is_slow(self, query: Query) -> bool:
        return any(clause in self._by_terms or isinstance(clause, Title) for clause in clauses_of(query))


class _One:
    """One article, asked by itself."""

    def __init__(self, kept: Kept, *, needs_text: bool) -> None:
        self._kept = kept
        self._needs_text = needs_text

    def meets(self, condition: Condition) -> bool:
        """Whether its terms are so."""
        match condition:
            case Having(term, is_beginning):
                return f" {term}" in self._terms if is_beginning else f" {term} " in self._terms
            case Every(parts):
                return all(map(self.meets, parts))
            case Some(parts):
                return any(map(self.meets, parts))
            case Without(part):
                return not self.meets(part)

    def has(self, clause: Clause) -> bool:
        """Whether its words are so."""
        match clause:
            case Title(part):
                return holds_in(part, _NOTHING, (self._title,))
            case Phrase():
                return any(_has(clause, passage) for passage in self._passages)
            case _:
                return holds_in(clause, _NOTHING, self._passages)

    @cached_property
    def _terms(self) -> str:
        kept = self._kept
        return f"{kept.facts}{kept.terms}{kept.words} "

    @cached_property
    def _title(self) -> Passage:
        return Passage(self._kept.title.strip())

    @cached_property
    def _passages(self) -> tuple[Passage, Passage]:
        kept = self._kept
        if self._needs_text and kept.text is not None:
            return self._title, Passage(kept.text)
        return packed(kept.words, kept.joins, kept.terms)


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

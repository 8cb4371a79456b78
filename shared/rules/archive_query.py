"""A query as a question to the archive: what is surely so by the terms alone, and what may be so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from shared.language.tokens import tokenise
from shared.rules.archive_terms import (
    AS_KEY,
    AS_WRITTEN,
    KEPT_OF_AN_OVERLONG_WORD,
    OTHERWISE_WRITTEN,
    beginnings_between,
    day_digits,
    exact_term,
    fact_term,
    key_terms,
    neighbours_term,
    relevance_span,
    title_term,
)
from shared.rules.document import value_key
from shared.rules.query import (
    And,
    Clause,
    Exact,
    Fact,
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
)
from shared.rules.terms import Term

NO_FEEDS: Mapping[str, Collection[str]] = {}
_FIRST_DAY, _LAST_DAY = "00000000", "99999999"


@dataclass(frozen=True, slots=True)
class Having:
    """The article has this term, or one that begins so."""

    term: str
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts; of none, any article."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of the parts; of none, no article."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Not the part."""

    part: Condition


Condition: TypeAlias = Having | Every | Some | Without
ALWAYS, NEVER = Every(()), Some(())


@dataclass(frozen=True, slots=True)
class Bounds:
    """An article that is `sure` matches; one that is not `possible` does not; the others must be read."""

    sure: Condition
    possible: Condition

    @property
    def is_exact(self) -> bool:
        """Whether the terms alone decide."""
        return self.sure == self.possible


def bounds_of(query: Query, feeds_of: Mapping[str, Collection[str]] = NO_FEEDS, *, in_title: bool = False) -> Bounds:
    """What the terms of an article say of a query; `feeds_of` names for a country the ids of its sources."""
    match query:
        case And(parts) | Or(parts):
            bounds = [bounds_of(part, feeds_of, in_title=in_title) for part in parts]
            join = every if isinstance(query, And) else some
            return Bounds(join(each.sure for each in bounds), join(each.possible for each in bounds))
        case Not(part):
            inner = bounds_of(part, feeds_of, in_title=in_title)
            return Bounds(without(inner.possible), without(inner.sure))
        case Title(part):
            return bounds_of(part, feeds_of, in_title=True)
        case Field() | Stage() | Relevance() | Published():
            return _exactly(_of_fact(query, feeds_of))
        case _:
            return _of_clause(query, in_title=in_title)


def every(parts: Iterable[Condition]) -> Condition:
    """All of the parts, as short as can be."""
    flat = [each for part in parts for each in (part.parts if isinstance(part, Every) else (part,))]
    flat = list(dict.fromkeys(flat))
    if NEVER in flat:
        return NEVER
    return flat[0] if len(flat) == 1 else Every(tuple(flat))


def some(parts: Iterable[Condition]) -> Condition:
    """One of the parts, as short as can be."""
    flat = [each for part in parts for each in (part.parts if isinstance(part, Some) else (part,))]
    flat = list(dict.fromkeys(flat))
    if ALWAYS in flat:
        return ALWAYS
    return flat[0] if len(flat) == 1 else Some(tuple(flat))


def without(part: Condition) -> Condition:
    """Not the part, as short as can be."""
    if part in {ALWAYS, NEVER}:
        return NEVER if part == ALWAYS else ALWAYS
    return part.part if isinstance(part, Without) else Without(part)


def _exactly(condition: Condition) -> Bounds:
    return Bounds(condition, condition)


def _of_clause(clause: Clause, *, in_title: bool) -> Bounds:
    match clause:
        case Named(_, members):
            bounds = [_of_clause(member, in_title=in_title) for member in members]
            return Bounds(some(each.sure for each in bounds), some(each.possible for each in bounds))
        case Near(left, _, right):
            sides = (some(_possible(place, in_title=in_title) for place in side) for side in (left, right))
            return Bounds(NEVER, every(sides))
        case Word() | Phrase() | Prefix() | Exact():
            possible = _of_term(clause, in_title=in_title)
            return Bounds(possible if _is_decided(clause, in_title=in_title) else NEVER, possible)
        case _:
            raise TypeError(clause)  # pragma: no cover - facts and titles are taken before


def _is_decided(term: Term, *, in_title: bool) -> bool:
    """Whether an article that may have the term has it: so of one word, but of the title only its key is filed."""
    match term:
        case Word():
            return True
        case Phrase():
            return len(term.stems) == 1
        case Prefix():
            return not in_title and all(len(head) <= KEPT_OF_AN_OVERLONG_WORD for head in term.heads)
        case Exact():
            return not in_title and len(term.spellings) == 1


def _of_term(term: Term, *, in_title: bool) -> Condition:
    match term:
        case Word():
            return _key(term.stem, in_title=in_title)
        case Phrase():
            return _of_phrase(term, in_title=in_title)
        case Prefix():
            return _of_prefix(term)
        case Exact():
            return _of_exact(term, in_title=in_title)


def _possible(place: Place, *, in_title: bool) -> Condition:
    return _of_clause(place, in_title=in_title).possible


def _key(key: str, *, in_title: bool) -> Condition:
    return Having(title_term(key)) if in_title else some(map(Having, key_terms(key)))


def _of_phrase(phrase: Phrase, *, in_title: bool) -> Condition:
    """Each of its words, by itself or as one with a neighbour, and any two that follow each other side by side."""
    stems, joined = phrase.stems, phrase.joined_stems
    wanted = []
    for at, stem in enumerate(stems):
        glued = (whole for whole in (*joined[max(0, at - 1) : at], *joined[at : at + 1]) if whole is not None)
        wanted.append(some(_key(key, in_title=in_title) for key in (stem, *glued)))
    wanted += (some(_side_by_side(phrase, at, in_title=in_title)) for at in range(1, len(stems)))
    return every(wanted)


def _side_by_side(phrase: Phrase, at: int, *, in_title: bool) -> Iterator[Condition]:
    """A word of the phrase behind the one before it: each perhaps as one with its other neighbour, or both as one."""
    stems, joined = phrase.stems, phrase.joined_stems
    before = stems[at - 1], joined[at - 2] if at >= 2 else None
    after = stems[at], joined[at] if at < len(joined) else None
    for left, right in product(filter(None, before), filter(None, after)):
        yield Having(neighbours_term(left, right))
    if (whole := joined[at - 1]) is not None:
        yield _key(whole, in_title=in_title)


def _of_prefix(prefix: Prefix) -> Condition:
    heads = [head[:KEPT_OF_AN_OVERLONG_WORD] for head in prefix.heads]
    return some(
        Having(mark + head, is_beginning=True) for head in heads for mark in (AS_KEY, AS_WRITTEN, OTHERWISE_WRITTEN)
    )


def _of_exact(exact: Exact, *, in_title: bool) -> Condition:
    tokens = tokenise(exact.text)
    keys = exact.in_any_form.stems
    spelt = every(Having(exact_term(token.surface, token.folded, key)) for token, key in zip(tokens, keys, strict=True))
    if in_title or len(tokens) > 1:
        return every((spelt, _of_phrase(exact.in_any_form, in_title=in_title)))
    return spelt


def _of_fact(fact: Fact, feeds_of: Mapping[str, Collection[str]]) -> Condition:
    match fact:
        case Field("country", value):
            return some(Having(fact_term("feed", feed)) for feed in sorted(feeds_of.get(value, ())))
        case Field(name, value):
            return Having(fact_term(name, value_key(name, value)))
        case Stage(value, of):
            if not of:
                return Having(fact_term("stage", value))
            return some(Having(fact_term("stage", value, agreement)) for agreement in of)
        case Relevance(sign, bound):
            return _between("relevance", *relevance_span(sign, bound))
        case Published(first, last):
            return _between(
                "date",
                _FIRST_DAY if first is None else day_digits(first),
                _LAST_DAY if last is None else day_digits(last),
            )


def _between(name: str, first: str, last: str) -> Condition:
    whole = len(first)
    return some(
        Having(fact_term(name, digits), is_beginning=len(digits) < whole) for digits in beginnings_between(first, last)
    )

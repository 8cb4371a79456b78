"""A query made small and quick for asking: its clauses are numbers of an index, looked up in what an article holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias, cast

from shared.rules.clause_index import ClauseIndex
from shared.rules.cover import Anchor, as_anchor, cover_of
from shared.rules.document import Document
from shared.rules.matching import holds
from shared.rules.passage import Span
from shared.rules.places import are_near, places
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
from shared.rules.terms import Term
from shared.rules.vocabulary import flat

Step: TypeAlias = Literal["any", "every", "and", "or", "not", "near", "asked"]
Asked: TypeAlias = Exact | Near | Title | Stage | Relevance | Published
"""A clause of which an article is asked only when all else that must hold does."""

_NearParts: TypeAlias = "tuple[tuple[Step, tuple[int, ...]], tuple[Step, tuple[int, ...]], Near]"
Program: TypeAlias = "int | Asked | tuple[Step, tuple[Program, ...]]"
"""The number of an indexed clause, or a clause to be asked, or a step over programs.

"any" and "every" are over numbers. "near" has the numbers of both sides before its clause, "asked" a program before its
clause that is false whenever the clause is: both are there to save the asking, and are no part of the query.
"""


class Asking:
    """One article while programs are asked of it: the numbers it holds, and the answers given so far."""

    def __init__(self, document: Document, held: set[int]) -> None:
        self._document = document
        self._held = held
        self._answers: dict[Asked, bool] = {}
        self._occurrences: dict[int, list[Sequence[Span]]] = {}

    def is_true(self, program: Program) -> bool:
        """Whether the program holds for the article; asked of some hundred rules for each, so it calls little."""
        if type(program) is not tuple:
            return program in self._held if type(program) is int else self._answer(cast("Asked", program))
        step, parts = program
        if step == "any":
            return not self._held.isdisjoint(parts)
        if step in {"and", "asked"}:
            return self._are_true(parts)
        return self._is_other_step_true(step, parts)

    def _are_true(self, programs: Iterable[Program]) -> bool:
        held = self._held
        for program in programs:
            if type(program) is tuple and program[0] == "any":
                if held.isdisjoint(program[1]):
                    return False
            elif not self.is_true(program):
                return False
        return True

    def _is_other_step_true(self, step: Step, parts: tuple[Program, ...]) -> bool:
        match step:
            case "not":
                return not self.is_true(parts[0])
            case "every":
                return self._held.issuperset(parts)
            case "near":
                return self._is_near(*cast("_NearParts", parts))
            case _:
                return any(map(self.is_true, parts))

    def _is_near(self, left: tuple[Step, tuple[int, ...]], right: tuple[Step, tuple[int, ...]], clause: Near) -> bool:
        lefts, rights = self._there(left[1], clause.left), self._there(right[1], clause.right)
        for number in range(len(self._document.passages)):
            here = [span for place in lefts for span in place[number]]
            if here and are_near(here, clause.words, [span for place in rights for span in place[number]]):
                return True
        return False

    def _there(self, numbers: tuple[int, ...], places_asked: tuple[Place, ...]) -> list[list[Sequence[Span]]]:
        """For each of the places that the article holds its occurrences in the title and in the body."""
        held = self._held
        return [self._found(place) for number, place in zip(numbers, places_asked, strict=True) if number in held]

    def _found(self, place: Place) -> list[Sequence[Span]]:
        found = self._occurrences.get(id(place))  # many rules ask for the same place, which is one object
        if found is None:
            passages = self._document.passages
            found = self._occurrences[id(place)] = [tuple(places(place, passage)) for passage in passages]
        return found

    def _answer(self, clause: Asked) -> bool:
        answer = self._answers.get(clause)
        if answer is None:
            answer = self._answers[clause] = holds(clause, self._document)
        return answer


def program_of(query: Query, index: ClauseIndex) -> Program:
    """The program of a query; its clauses are filed in the index."""
    match query:
        case Not(part):
            return "not", (program_of(part, index),)
        case And(parts) | Or(parts):
            programs = [program_of(part, index) for part in parts]
            return _step("every", "and", programs) if isinstance(query, And) else _step("any", "or", programs)
        case Named(_, members):
            return _step("any", "or", [program_of(member, index) for member in members])
        case Near():
            return _program_of_near(query, index)
        case _:
            return _program_of_clause(query, index)


def _program_of_clause(clause: Clause, index: ClauseIndex) -> Program:
    match clause:
        case Word() | Phrase() | Prefix() | Field():
            return index.number_of(clause)
        case Title() | Exact() if (cover := cover_of(clause)) is not None:
            return "asked", (_any_number(cover, index), clause)
        case Title() | Exact() | Near() | Stage() | Relevance() | Published():
            return clause
        case Named():
            raise TypeError(clause)  # pragma: no cover - written out before


def _program_of_near(clause: Near, index: ClauseIndex) -> Program:
    sides = flat(clause.left), flat(clause.right)
    numbers = [tuple([index.number_of(as_anchor(place)) for place in side]) for side in sides]
    places = [tuple([_filed(place, index) for place in side]) for side in sides]
    near = Near(places[0], clause.words, places[1], clause.at)
    return "near", (("any", numbers[0]), ("any", numbers[1]), near)


def _filed(term: Term, index: ClauseIndex) -> Term:
    """The term as the index holds it, which for 100,000 rules is far fewer."""
    if isinstance(term, Exact):
        return term
    filed = index.clause(index.number_of(term))
    return filed if isinstance(filed, Word | Phrase | Prefix) else term


def _any_number(cover: Iterable[Anchor], index: ClauseIndex) -> Program:
    numbers = tuple([index.number_of(clause) for clause in cover])
    return numbers[0] if len(numbers) == 1 else ("any", numbers)


def query_of(program: Program, index: ClauseIndex) -> Query:
    """The query that a program asks, in the spelling in which each clause was filed first; lists are written out."""
    if isinstance(program, int):
        return index.clause(program)
    if not isinstance(program, tuple):
        return program
    step, parts = program
    if step in {"near", "asked"}:
        return query_of(parts[-1], index)
    queries = [query_of(part, index) for part in parts]
    match step:
        case "not":
            return Not(queries[0])
        case "and" | "every":
            return all_of(queries)
        case _:
            return any_of(queries)


def _step(of_numbers: Step, of_any: Step, programs: list[Program]) -> Program:
    """Numbers together first, since they cost least; then what must be asked, the quickest first."""
    numbers = tuple(dict.fromkeys(program for program in programs if isinstance(program, int)))
    rest = sorted((program for program in programs if not isinstance(program, int)), key=_cost)
    quick: Program | None = None
    if numbers:
        quick = numbers[0] if len(numbers) == 1 else (of_numbers, numbers)
    if quick is None and len(rest) == 1:
        return rest[0]
    if not rest and quick is not None:
        return quick
    return of_any, (*(() if quick is None else (quick,)), *rest)


def _cost(program: Program) -> int:
    if isinstance(program, int):
        return 0
    if isinstance(program, tuple):
        return 1 + sum(map(_cost, program[1]))
    return 1 if isinstance(program, Stage | Relevance | Published) else 1_000

"""A query made small and quick for asking: its clauses are numbers of an index, looked up in what an article holds."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast

from shared.rules.clause_index import ClauseIndex
from shared.rules.document import Document
from shared.rules.matching import holds
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
    all_of,
    any_of,
)

Step: TypeAlias = Literal["any", "every", "and", "or", "not"]
Asked: TypeAlias = Exact | Near | Title | Stage | Relevance | Published
"""A clause of which an article is asked only when all else that must hold does."""

Program: TypeAlias = "int | Asked | tuple[Step, tuple[Program, ...]]"
"""The number of an indexed clause, or a clause to be asked, or a step over programs: "any" and "every" over numbers."""


class Asking:
    """One article while programs are asked of it: the numbers it holds, and the answers given so far."""

    def __init__(self, document: Document, held: set[int]) -> None:
        self._document = document
        self._held = held
        self._answers: dict[Asked, bool] = {}

    def is_true(self, program: Program) -> bool:
        """Whether the program holds for the article."""
        if isinstance(program, int):
            return program in self._held
        if not isinstance(program, tuple):
            return self._answer(program)
        return self._is_step_true(*program)

    def _is_step_true(self, step: Step, parts: tuple[Program, ...]) -> bool:
        if step == "any":
            return not self._held.isdisjoint(cast("tuple[int, ...]", parts))
        if step == "every":
            return self._held.issuperset(cast("tuple[int, ...]", parts))
        if step == "not":
            return not self.is_true(parts[0])
        stops_at = step == "or"
        for part in parts:
            if self.is_true(part) == stops_at:
                return stops_at
        return not stops_at

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
        case Word() | Phrase() | Prefix() | Field():
            return index.number_of(query)
        case _:
            return query


def query_of(program: Program, index: ClauseIndex) -> Query:
    """The query that a program asks, in the spelling in which each clause was filed first; lists are written out."""
    if isinstance(program, int):
        return index.clause(program)
    if not isinstance(program, tuple):
        return program
    step, parts = program
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

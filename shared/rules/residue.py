"""What is left to ask of a rule when an article holds a clause that the rule is filed under."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import NamedTuple, cast

from shared.rules.program import Program


class Residue(NamedTuple):
    """`one_of` are numbers of clauses of which one must be held, `rest` is what must hold besides; None asks nothing.

    Most rules end with the first, which is looked up without any program.
    """

    one_of: tuple[int, ...] | None
    rest: Program | None


def residue_of(program: Program, under: AbstractSet[int]) -> Residue:
    """What an article that holds one of these clauses must still be asked for the program to hold."""
    if _follows(program, under):
        return Residue(None, None)
    if not isinstance(program, tuple):
        return Residue(None, program)
    step, parts = program
    match step:
        case "any":
            return Residue(cast("tuple[int, ...]", parts), None)
        case "and" | "every" | "asked":
            return _of_all([part for part in parts if not _follows(part, under)])
        case "near":
            sides = [cast("tuple[str, tuple[int, ...]]", side) for side in parts[:2]]
            other = next((numbers for _, numbers in sides if not under <= set(numbers)), None)
            return Residue(other, program)
        case _:
            return Residue(None, program)


def _of_all(parts: list[Program]) -> Residue:
    """One part that is of numbers alone comes first, the others remain as they are."""
    at = next((number for number, part in enumerate(parts) if _one_of(part) is not None), None)
    others = parts if at is None else [*parts[:at], *parts[at + 1 :]]
    rest: Program | None = None
    if others:
        rest = others[0] if len(others) == 1 else ("and", tuple(others))
    return Residue(None if at is None else _one_of(parts[at]), rest)


def _one_of(part: Program) -> tuple[int, ...] | None:
    if isinstance(part, int):
        return (part,)
    return cast("tuple[int, ...]", part[1]) if isinstance(part, tuple) and part[0] == "any" else None


def _follows(program: Program, under: AbstractSet[int]) -> bool:
    """Whether the program holds wherever any of these clauses does."""
    if isinstance(program, int):
        return all(number == program for number in under)
    if not isinstance(program, tuple):
        return False
    step, parts = program
    if step == "any":
        return under <= set(cast("tuple[int, ...]", parts))
    return step == "or" and any(_follows(part, under) for part in parts)

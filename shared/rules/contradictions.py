"""Finds what no article can be: two languages at once, a day before and after, a word that is and is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from shared.rules.query import And, Field, Not, Or, Published, Query, Relevance, parts_of
from shared.rules.spelling import show

_OF_ONE_VALUE = ("lang", "country", "source")
_NEVER = "so that this can never match"


def contradictions(query: Query) -> Iterator[str]:
    """A sentence for each AND of which two parts exclude each other."""
    if isinstance(query, And):
        yield from _of_values(query.parts)
        yield from _of_outlets(query.parts)
        yield from _of_sizes(query.parts)
        yield from _of_days(query.parts)
        yield from _of_opposites(query.parts)
    for part in parts_of(query):
        yield from contradictions(part)


def _of_values(parts: Iterable[Query]) -> Iterator[str]:
    """Two clauses, or groups of them, for a field that has one value in an article."""
    for name in _OF_ONE_VALUE:
        allowed: set[str] | None = None
        asked: list[str] = []
        for part in parts:
            values = _values(part, name)
            if values:
                asked.append(show(part))
                allowed = values if allowed is None else allowed & values
        if allowed is not None and not allowed:
            yield f"An article has one {name}: not {' and '.join(asked)}, {_NEVER}."


def _values(part: Query, name: str) -> set[str]:
    match part:
        case Field(field, value) if field == name:
            return {value.casefold()}
        case Or(parts) if all(isinstance(each, Field) and each.name == name for each in parts):
            return {each.value.casefold() for each in parts if isinstance(each, Field)}
        case _:
            return set()


def _of_outlets(parts: Iterable[Query]) -> Iterator[str]:
    hosts = [part.value for part in parts if isinstance(part, Field) and part.name == "outlet"]
    for number, one in enumerate(hosts):
        for other in hosts[:number]:
            if not (f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")):
                yield f"An article has one outlet: not outlet:{other} and outlet:{one}, {_NEVER}."


def _of_sizes(parts: Iterable[Query]) -> Iterator[str]:
    sizes = [part for part in parts if isinstance(part, Relevance)]
    least = max(((size.bound, size.sign == ">") for size in sizes if size.sign in {">", ">="}), default=(0.0, False))
    most = min(((size.bound, size.sign != "<") for size in sizes if size.sign in {"<", "<="}), default=(1.0, True))
    is_empty = least[0] > most[0] or (least[0] == most[0] and (least[1] or not most[1]))
    if sizes and is_empty:
        yield f"No relevance is {' and '.join(show(size) for size in sizes)}, {_NEVER}."


def _of_days(parts: Iterable[Query]) -> Iterator[str]:
    days = [part for part in parts if isinstance(part, Published)]
    first = max((day.first for day in days if day.first is not None), default=date.min)
    last = min((day.last for day in days if day.last is not None), default=date.max)
    if first > last:
        yield f"No day is {' and '.join(show(day) for day in days)}, {_NEVER}."


def _of_opposites(parts: tuple[Query, ...]) -> Iterator[str]:
    """A part, and NOT what it cannot be without."""
    asked = set(parts)
    for part in parts:
        if isinstance(part, Not):
            excluded = part.part.parts if isinstance(part.part, Or) else (part.part,)
            for each in excluded:
                if each in asked:
                    yield f"{show(each)} is asked for and excluded, {_NEVER}."

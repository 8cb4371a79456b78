"""The one canonical text of a query."""

from __future__ import annotations

from datetime import date

from shared.language.tokens import tokenise
from shared.rules.query import (
    And,
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

KEYWORDS = frozenset({"AND", "OR", "NOT"})
RESERVED_WORDS = frozenset({"NEAR", "XOR"})
BARE_VALUE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._")


def show(query: Query) -> str:
    """The canonical text of a query: keywords written out, only the parentheses that are needed.

    For every query that `parse` returns, `parse(show(query)) == query`.
    """
    match query:
        case Not(part):
            return f"NOT {_inside(part, And, Or)}"
        case And(parts):
            return " AND ".join(_inside(part, Or) for part in parts)
        case Or(parts):
            return " OR ".join(show(part) for part in parts)
        case Near(left, words, right):
            return f"{_side(left)} NEAR/{words} {_side(right)}"
        case Title(part):
            return f"title:{_inside(part, And, Or, Not, Near)}"
        case _:
            return _show_fact(query) if isinstance(query, Field | Stage | Relevance | Published) else _show_place(query)


def _show_fact(fact: Fact) -> str:
    match fact:
        case Field(name, value):
            return f"{name}:{_value(value)}"
        case Stage(value):
            return f"stage:{_value(value)}"
        case Relevance(sign, bound):
            return f"relevance:{sign}{bound:g}"
        case Published(first, last):
            return f"date:{_days(first, last)}"


def is_one_bare_word(written: str) -> bool:
    """Whether the text, without quotes, reads as this one word and as nothing else."""
    if written in KEYWORDS | RESERVED_WORDS:
        return False
    tokens = tokenise(written)
    return len(tokens) == 1 and tokens[0].surface == written


def _show_place(place: Place) -> str:
    match place:
        case Word(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Prefix(text):
            return f"{text}*"
        case Exact(text):
            return f"={text}" if is_one_bare_word(text) else f'="{text}"'
        case Named(name):
            return f"@{name}"


def _side(places: tuple[Place, ...]) -> str:
    shown = " OR ".join(map(_show_place, places))
    return shown if len(places) == 1 else f"({shown})"


def _inside(part: Query, *looser: type[Query]) -> str:
    return f"({show(part)})" if isinstance(part, looser) else show(part)


def _value(value: str) -> str:
    """An id or a name; one that is more than letters and digits stands in quotes."""
    first, rest = value[:1].casefold(), value[1:].casefold()
    is_bare = first.isalnum() and first.isascii() and all(letter in BARE_VALUE or letter == "-" for letter in rest)
    return value if is_bare and value not in KEYWORDS else f'"{value}"'


def _days(first: date | None, last: date | None) -> str:
    if first == last and first is not None:
        return first.isoformat()
    if last is None:
        return f">={first.isoformat()}" if first else ""
    return f"{first.isoformat()}..{last.isoformat()}" if first else f"<={last.isoformat()}"

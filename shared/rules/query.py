"""What a watch rule asks, as a tree of frozen values, and its one canonical spelling.

Query
├── Word    one word, matched by its stem
├── Phrase  words that follow each other, matched by their stems
├── Field   a finding of the verdict: agreement:relos, sector:energy
├── And, Or two or more queries; never directly inside their own kind (`all_of` and `any_of` flatten)
└── Not     one query
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from shared.language.fold import stem_of
from shared.language.tokens import Token, tokenise
from shared.rules.word_key import word_key

_MIN_JOINED_LETTERS = 5  # "e-visa" and "evisa" are one word; "a go" and "ago" are not


@dataclass(frozen=True)
class Word:
    """One word as it was written; `at` is its place in the query, in characters from 0."""

    text: str
    at: int = field(default=0, compare=False, repr=False)

    @cached_property
    def stem(self) -> str:
        """What is looked for."""
        return word_key(tokenise(self.text)[0].stem)


@dataclass(frozen=True)
class Phrase:
    """Words that must follow each other, as they were written, without the quotes."""

    text: str
    at: int = field(default=0, compare=False, repr=False)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """What is looked for, in order."""
        return tuple(word_key(token.stem) for token in self._tokens)

    @cached_property
    def joined_stems(self) -> tuple[str | None, ...]:
        """For each word but the last, the stem of it and the next as one ("visafree"), where that makes sense."""
        return tuple(joined_stem(left, right) for left, right in zip(self._tokens, self._tokens[1:], strict=False))

    @cached_property
    def _tokens(self) -> tuple[Token, ...]:
        return tokenise(self.text)


@dataclass(frozen=True)
class Field:
    """A finding that the verdict must hold; `at` is the place of the value."""

    name: str
    value: str
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class And:
    """All of the parts must hold."""

    parts: tuple[Query, ...]
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Or:
    """One of the parts must hold."""

    parts: tuple[Query, ...]
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Not:
    """The part must not hold."""

    part: Query
    at: int = field(default=0, compare=False, repr=False)


Query: TypeAlias = Word | Phrase | Field | And | Or | Not


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


def show(query: Query) -> str:
    """The canonical text of a query: keywords written out, only the parentheses that are needed.

    For every query that `parse` returns, `parse(show(query)) == query`.
    """
    match query:
        case Word(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Field(name, value):
            return f"{name}:{value}"
        case Not(part):
            return f"NOT {_inside(part, And, Or)}"
        case And(parts):
            return " AND ".join(_inside(part, Or) for part in parts)
        case Or(parts):
            return " OR ".join(show(part) for part in parts)


def joined_stem(left: Token, right: Token) -> str | None:
    """The stem of two words written as one, or None where they are too short or meet at a digit."""
    if len(left.folded) + len(right.folded) < _MIN_JOINED_LETTERS:
        return None
    if left.folded[-1:].isdigit() or right.folded[:1].isdigit():
        return None
    return word_key(stem_of(left.folded + right.folded))


def _inside(part: Query, *looser: type[Query]) -> str:
    return f"({show(part)})" if isinstance(part, looser) else show(part)


def _one_or(kind: type[And | Or], parts: list[Query]) -> Query:
    if not parts:
        raise ValueError("a query needs at least one part")
    return parts[0] if len(parts) == 1 else kind(tuple(parts), at=parts[0].at)

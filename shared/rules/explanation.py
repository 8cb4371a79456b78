"""Why a rule matches an article, or why not: its tree with every clause true or false, and where that stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from shared.kit.text import clip
from shared.rules.document import Document
from shared.rules.matching import holds_in
from shared.rules.near_misses import near_miss
from shared.rules.query import And, Clause, Field, Named, Near, Not, Or, Published, Query, Relevance, Stage, Title
from shared.rules.spans import Span, named_spans, spans_of
from shared.rules.spelling import show

Kind: TypeAlias = Literal["and", "or", "not", "title", "near", "list", "words", "fact"]
NO_NAMES: Mapping[str, Collection[str]] = {}
_MAX_SHOWN_CHARS = 120  # of a clause within a sentence; the whole stands in `query`


@dataclass(frozen=True)
class Explanation:
    """One clause of a rule, asked of one article.

    `query` is its canonical text and `at` its place in the rule, in characters. `spans` are the places that made it
    true (of a NOT that is false, those that it excludes), `hits` the names that stand there: the member of a list, the
    alias of an agreement. `nearest` says of a false clause what came nearest, and is empty for a true one.
    """

    kind: Kind
    query: str
    at: int
    holds: bool
    spans: tuple[Span, ...] = ()
    hits: tuple[str, ...] = ()
    nearest: str = ""
    parts: tuple[Explanation, ...] = ()


def explain(query: Query, document: Document, *, names: Mapping[str, Collection[str]] = NO_NAMES) -> Explanation:
    """The evaluated tree of a query for an article, whether it matches or not.

    `names` gives the names of the catalogue's agreements by id, so that it can be said which of them the text uses.
    """
    return _explained(query, document, (0, 1), names)


def _explained(
    query: Query, document: Document, asked: Sequence[int], names: Mapping[str, Collection[str]]
) -> Explanation:
    """The tree of a part; `asked` are the numbers of the passages that its words may stand in."""
    match query:
        case And(parts) | Or(parts):
            inner = tuple(_explained(part, document, asked, names) for part in parts)
            return _joined(query, inner)
        case Not(part):
            return _negated(query, _explained(part, document, asked, names))
        case Title(part):
            return _titled(query, part, document, names)
        case _:
            return _clause(query, document, asked, names)


def _joined(query: And | Or, parts: tuple[Explanation, ...]) -> Explanation:
    is_and = isinstance(query, And)
    held = [part for part in parts if part.holds]
    true = len(held) == len(parts) if is_and else bool(held)
    nearest = "" if true else _what_failed(parts) if is_and else _best_of(parts)
    spans = _together(held) if true else ()
    return Explanation("and" if is_and else "or", show(query), query.at, true, spans, (), nearest, parts)


def _what_failed(parts: Sequence[Explanation]) -> str:
    """What was found and what was not, in one sentence: "RELOS found, but the sectors are trade"."""
    found = [_shown(part) for part in parts if part.holds and part.kind != "not"]
    failed = "; ".join(part.nearest for part in parts if not part.holds)
    return f"{', '.join(found)} found, but {failed}" if found else failed


def _best_of(parts: Sequence[Explanation]) -> str:
    """Of alternatives that all fail, the one that came nearest: one of which a part was found."""
    near = next((part for part in parts if " found" in part.nearest), parts[0])
    return f"none of the {len(parts)}: {near.nearest}"


def _negated(query: Not, part: Explanation) -> Explanation:
    where = f" at {clip(part.hits[0], 40)!r}" if part.hits else ""
    nearest = f"{_shown(part)} is excluded, and is found{where}" if part.holds else ""
    return Explanation("not", show(query), query.at, not part.holds, part.spans, part.hits, nearest, (part,))


def _titled(query: Title, part: Query, document: Document, names: Mapping[str, Collection[str]]) -> Explanation:
    inner = _explained(part, document, (0,), names)
    nearest = ""
    if not inner.holds:
        elsewhere = holds_in(part, document, document.passages[1:])
        nearest = (
            f"{_shown(inner)} found in the text, not in the title" if elsewhere else f"in the title, {inner.nearest}"
        )
    parts = () if inner.kind == "words" else (inner,)
    return Explanation("title", show(query), query.at, inner.holds, inner.spans, inner.hits, nearest, parts)


def _clause(
    clause: Clause, document: Document, asked: Sequence[int], names: Mapping[str, Collection[str]]
) -> Explanation:
    true = holds_in(clause, document, [document.passages[number] for number in asked])
    spans: tuple[Span, ...] = ()
    hits: tuple[str, ...] = ()
    if true and isinstance(clause, Field) and clause.name == "agreement":
        spans, hits = named_spans(names.get(clause.value, ()), document)
    elif true:
        spans, hits = spans_of(clause, document, asked)
    nearest = "" if true else near_miss(clause, document, asked, names)
    return Explanation(_kind(clause), show(clause), clause.at, true, spans, hits, nearest)


def _kind(clause: Clause) -> Kind:
    match clause:
        case Near():
            return "near"
        case Named():
            return "list"
        case Field() | Stage() | Relevance() | Published():
            return "fact"
        case _:
            return "words"


def _together(parts: Sequence[Explanation]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(span for part in parts if part.kind != "not" for span in part.spans))


def _shown(part: Explanation) -> str:
    return clip(part.query, _MAX_SHOWN_CHARS)

"""Filters one click away: each is a clause of the rule language, put beside the query or taken out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.desk.domain.stories import StoryLine
from shared.kit.errors import WrongInput
from shared.rules import And, Field, Query, Stage, show
from shared.rules.query import all_of
from shared.rules.syntax import read_query

MOST_FACETS = 14
_KINDS = ("agreement", "sector", "stage", "lang", "source")


@dataclass(frozen=True, slots=True)
class Facet:
    """A clause that narrows the stories, of how many it is true on this page, and the query with one click more.

    `on`: it stands in the query already, and `query` is the one without it.
    """

    kind: str
    value: str
    stories: int
    query: str
    on: bool = False


def facets_of(query: str, lines: Iterable[StoryLine]) -> tuple[Facet, ...]:
    """Return the facets of these stories: those in the query first, then the most frequent of each kind."""
    return facets_from(query, Counter(each for line in lines for each in set(_clauses_of(line))), MOST_FACETS)


def facets_from(query: str, counted: Counter[tuple[str, str]], most: int) -> tuple[Facet, ...]:
    """Return so many facets beside those in the query, of clauses (kind and value) that were counted."""
    tree = _tree(query)
    parts = _parts(tree)
    known = {(_named(part)): part for part in parts if _named(part) is not None}
    on = [
        Facet(*name, counted[name], _shown([each for each in parts if each != part]), on=True)
        for name, part in known.items()
        if name is not None
    ]
    new = (name for name in counted if name not in known and _can_be_asked(name))
    offered = sorted(new, key=lambda name: (_KINDS.index(name[0]), -counted[name], name))
    room = _evenly(offered, most)
    return (*on, *(Facet(*name, counted[name], _shown([*parts, _clause(name)])) for name in room))


def beside(query: str, clause: Query) -> str:
    """Return the query with this clause beside it."""
    return _shown([*_parts(_tree(query)), clause])


def _evenly(names: Sequence[tuple[str, str]], most: int) -> Sequence[tuple[str, str]]:
    """Return so many of the names that no kind crowds out another, in their order."""
    ranks: Counter[str] = Counter()
    ranked = []
    for place, name in enumerate(names):
        ranked.append((ranks[name[0]], place, name))
        ranks[name[0]] += 1
    kept = sorted(sorted(ranked)[:most], key=lambda each: each[1])
    return [name for _, _, name in kept]


def _clauses_of(line: StoryLine) -> Iterable[tuple[str, str]]:
    for agreement, stage in line.named:
        yield "agreement", agreement
        if stage:
            yield "stage", stage
    yield from (("sector", sector) for sector in line.subjects)
    if line.article.language:
        yield "lang", line.article.language
    yield "source", line.article.source


def _tree(query: str) -> Query | None:
    try:
        return read_query(query) if query.strip() else None
    except WrongInput:
        return None


def _parts(tree: Query | None) -> list[Query]:
    if tree is None:
        return []
    return list(tree.parts) if isinstance(tree, And) else [tree]


def _named(part: Query) -> tuple[str, str] | None:
    match part:
        case Field(name, value) if name in _KINDS:
            return name, value
        case Stage(value):
            return "stage", value
        case _:
            return None


def _clause(name: tuple[str, str]) -> Query:
    kind, value = name
    return Stage(value) if kind == "stage" else Field(kind, value)


def _can_be_asked(name: tuple[str, str]) -> bool:
    """Tell whether the language can spell the clause: an outlet may call itself by anything."""
    try:
        return read_query(show(_clause(name))) == _clause(name)
    except WrongInput:
        return False


def _shown(parts: Sequence[Query]) -> str:
    return show(all_of(parts)) if parts else ""

"""What an article must hold for a query to have a chance: the clauses under which a rule is filed.

The idea is that of the percolators (Luwak, https://github.com/flaxsearch/luwak): of clauses joined by AND one is
enough, of clauses joined by OR each is needed, and among the choices the rarest is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from shared.language.fold import fold, stem_of
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
)
from shared.rules.word_key import word_key

Anchor: TypeAlias = Word | Phrase | Prefix | Field
"""A clause that can be looked up in an article without asking each rule."""

_COMMON = frozenset(
    word_key(stem_of(fold(word)))
    for word in """
    a an and are as at be by for from has have in into is it its of on or not that the this to was were will with
    india indian russia russian moscow delhi new said year minister ministry agreement cooperation trade government
    и в во на с со о об по для из к за от до не что как это был будет также
    россия россии российский рф индия индии индийский москва дели министр соглашение сотрудничество год
    का की के में से को है हैं और ने पर यह कि लिए गया साथ भारत भारतीय रूस रूसी दिल्ली मॉस्को मंत्री समझौता सहयोग
    """.split()
)
_COST_COMMON = 500  # in nearly every article of this news
_COST_SHORT_PREFIX = 200  # three letters begin many words
_COST_LONG_WORD = 4
_COST_TOGETHER = 400  # two words that meet by chance do so in one article of a thousand for this product of theirs
_COST_PREFIX = 30
_COST_SHORT_WORD = 40  # up to four letters: years, numbers, everyday words
_COST_OF_FIELD = {
    "agreement": 2,  # one article in a hundred, and the test is exact
    "stage": 50,
    "outlet": 60,
    "source": 60,
    "sector": 100,  # one article in ten
    "country": 400,
    "lang": 450,
}


def cover_of(query: Query, *, negated: bool = False) -> frozenset[Anchor] | None:
    """Clauses of which one must be true of an article, or None where the query may hold without any.

    For a query that `parse` returned it is None only where a size or a date alone decides.
    """
    match query:
        case Not(part):
            return cover_of(part, negated=not negated)
        case Title(part):
            return cover_of(part, negated=negated)
        case And(parts) | Or(parts):
            covers = [cover_of(part, negated=negated) for part in parts]
            return _rarest(covers) if isinstance(query, And) != negated else _together(covers)
        case _:
            return None if negated else _cover_of_clause(query)


def _cover_of_clause(clause: Clause) -> frozenset[Anchor] | None:
    match clause:
        case Near(left, _, right):
            return _rarest([_cover_of_places(left), _cover_of_places(right)])
        case Stage(value, of):
            return frozenset(Field("agreement", agreement) for agreement in of) or frozenset({Field("stage", value)})
        case Relevance() | Published() | Title():
            return None
        case Field():
            return frozenset({clause})
        case _:
            return _cover_of_places((clause,))


def _rarest(covers: Iterable[frozenset[Anchor] | None]) -> frozenset[Anchor] | None:
    return min((cover for cover in covers if cover is not None), key=_cost, default=None)


def _together(covers: list[frozenset[Anchor] | None]) -> frozenset[Anchor] | None:
    known = [cover for cover in covers if cover is not None]
    return frozenset().union(*known) if len(known) == len(covers) else None


def _cover_of_places(places: Iterable[Place]) -> frozenset[Anchor]:
    cover: set[Anchor] = set()
    for place in places:
        if isinstance(place, Named):
            cover |= _cover_of_places(place.members)
        else:
            cover.add(as_anchor(place))
    return frozenset(cover)


def as_anchor(term: Word | Phrase | Prefix | Exact) -> Word | Phrase | Prefix:
    """The clause that finds the term: for an exact form its words in any form."""
    return term.in_any_form if isinstance(term, Exact) else term


def _cost(cover: frozenset[Anchor]) -> int:
    return sum(map(cost_of, cover))


def cost_of(anchor: Anchor) -> int:
    """How common the clause is, by its looks: the expected number of articles in a thousand that hold it, roughly."""
    match anchor:
        case Field(name):
            return _COST_OF_FIELD[name]
        case Prefix():
            return _COST_SHORT_PREFIX if len(anchor.heads[0]) <= 4 else _COST_PREFIX
        case Word():
            return cost_of_stem(anchor.stem)
        case Phrase():
            rarest, *others = sorted(map(cost_of_stem, anchor.stems))
            return max(1, min(rarest, rarest * others[0] // _COST_TOGETHER)) if others else rarest


def cost_of_stem(stem: str) -> int:
    """How common the word is, by its looks."""
    if stem in _COMMON:
        return _COST_COMMON
    return _COST_SHORT_WORD if len(stem) <= 4 else _COST_LONG_WORD

"""What an article must hold for a query to have a chance: the keys under which a rule is filed.

The idea is that of the percolators (Luwak, https://github.com/flaxsearch/luwak): of clauses joined by AND one is
enough, of clauses joined by OR each is needed, and among the choices the rarest is taken.
"""

from __future__ import annotations

from typing import TypeAlias

from shared.language.fold import fold, stem_of
from shared.rules.document import Document
from shared.rules.query import And, Field, Not, Or, Phrase, Query, Word
from shared.rules.word_key import word_key

Key: TypeAlias = tuple[str, str]
"""("agreement" | "sector" | "word", id or stem)."""

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
_COST_SECTOR = 100  # one article in ten
_COST_LONG_WORD = 4
_COST_SHORT_WORD = 40  # up to four letters: years, numbers, everyday words
_COST_AGREEMENT = 2  # one article in a hundred, and the test is exact


def keys_of(document: Document) -> set[Key]:
    """Every key that the article holds."""
    keys: set[Key] = {("word", stem) for passage in document.passages for stem in passage.places}
    keys.update(("agreement", agreement) for agreement in document.agreements)
    keys.update(("sector", sector) for sector in document.sectors)
    return keys


def cover_of(query: Query, *, negated: bool = False) -> frozenset[Key] | None:
    """Keys of which an article must hold at least one, or None where the query may hold without any.

    Never None for a query that `parse` returned: it refuses what matches by absence.
    """
    match query:
        case Not(part):
            return cover_of(part, negated=not negated)
        case And(parts) | Or(parts):
            covers = [cover_of(part, negated=negated) for part in parts]
            return _rarest(covers) if isinstance(query, And) != negated else _together(covers)
        case _:
            return None if negated else _cover_of_clause(query)


def _rarest(covers: list[frozenset[Key] | None]) -> frozenset[Key] | None:
    return min((cover for cover in covers if cover is not None), key=_cost, default=None)


def _together(covers: list[frozenset[Key] | None]) -> frozenset[Key] | None:
    known = [cover for cover in covers if cover is not None]
    return frozenset().union(*known) if len(known) == len(covers) else None


def _cover_of_clause(clause: Word | Phrase | Field) -> frozenset[Key]:
    match clause:
        case Word():
            return frozenset({("word", clause.stem)})
        case Phrase():
            return min((_cover_of_word(clause, word) for word in range(len(clause.stems))), key=_cost)
        case Field(name, value):
            return frozenset({(name, value)})


def _cover_of_word(phrase: Phrase, word: int) -> frozenset[Key]:
    """One word of a phrase, alone or written as one with its neighbour."""
    joined = phrase.joined_stems[max(0, word - 1) : word + 1]
    return frozenset(("word", stem) for stem in (phrase.stems[word], *joined) if stem is not None)


def _cost(cover: frozenset[Key]) -> int:
    return sum(_key_cost(kind, value) for kind, value in cover)


def _key_cost(kind: str, value: str) -> int:
    if kind == "agreement":
        return _COST_AGREEMENT
    if kind == "sector":
        return _COST_SECTOR
    if value in _COMMON:
        return _COST_COMMON
    return _COST_SHORT_WORD if len(value) <= 4 else _COST_LONG_WORD

"""Checks what a query names against what exists, spells it as it is spelt there, and looks up its lists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches

from shared.kit.errors import WrongInput
from shared.rules.complaints import WrongQuery
from shared.rules.limits import MAX_LIST_WORDS
from shared.rules.lists import words_in
from shared.rules.query import And, Clause, Field, Named, Near, Not, Or, Place, Query, Stage, Title, parts_of
from shared.rules.vocabulary import Vocabulary

_SUGGESTIONS = 4
_LISTED_IDS = 12  # more than that is no help in a message
_COMPARED_CHARS = 80  # difflib takes quadratic time; no id is longer


def resolved(text: str, query: Query, vocabulary: Vocabulary) -> Query:
    """The query with every name spelt as it is in the vocabulary, its lists filled in, its stages bound.

    Raises WrongQuery for a name that does not exist.
    """
    known = _known(text, query, vocabulary)
    lists = set(_lists(known))
    if (words := sum(words_in(each.members) for each in lists)) > MAX_LIST_WORDS:
        first = min(lists, key=lambda each: each.at)
        why = f"names lists of {words} words together, beginning with @{first.name},"
        raise WrongQuery(text, first.at, why, mend=f"At most {MAX_LIST_WORDS} are taken; make two rules of it.")
    return _bound(known, ())


def _known(text: str, query: Query, vocabulary: Vocabulary) -> Query:
    match query:
        case And(parts, at) | Or(parts, at):
            kind = And if isinstance(query, And) else Or
            return kind(tuple(_known(text, part, vocabulary) for part in parts), at=at)
        case Not(part, at):
            return Not(_known(text, part, vocabulary), at=at)
        case Title(part, at):
            return Title(_known(text, part, vocabulary), at=at)
        case _:
            return _known_clause(text, query, vocabulary)


def _known_clause(text: str, clause: Clause, vocabulary: Vocabulary) -> Query:
    match clause:
        case Field(name, value, at):
            return Field(name, _spelt(text, name, value, at, vocabulary), at=at)
        case Stage(value, at=at):
            return Stage(_spelt(text, "stage", value, at, vocabulary), at=at)
        case Near(left, words, right, at):
            sides = [tuple(_place(text, place, vocabulary) for place in side) for side in (left, right)]
            return Near(sides[0], words, sides[1], at=at)
        case Named():
            return _place(text, clause, vocabulary)
        case _:
            return clause


def _spelt(text: str, name: str, value: str, at: int, vocabulary: Vocabulary) -> str:
    ids = vocabulary.ids_of(name)
    if ids is None:
        return value
    spelt = ids.get(" ".join(value.casefold().split()))
    if spelt is None:
        shown = value[:_COMPARED_CHARS]
        raise WrongQuery(text, at, f"names an unknown {name} {shown!r}", mend=_mend(name, shown, ids.values()))
    return spelt


def _place(text: str, place: Place, vocabulary: Vocabulary) -> Place:
    if not isinstance(place, Named):
        return place
    name = vocabulary.list_named(place.name)
    if name is None:
        mend = _mend("list", place.name, vocabulary.lists.keys())
        raise WrongQuery(text, place.at, f"names an unknown list @{place.name}", mend=mend)
    try:
        return Named(name, vocabulary.members(name), at=place.at)
    except WrongInput as complaint:
        why = f"names the list @{name}, which {complaint.why.rstrip(',')},"
        raise WrongQuery(text, place.at, why, mend=f"Mend the list: {complaint.mend}") from None


def _lists(query: Query) -> Collection[Named]:
    match query:
        case Named():
            return [query]
        case Near(left, _, right):
            return [place for place in (*left, *right) if isinstance(place, Named)]
        case _:
            return [named for part in parts_of(query) for named in _lists(part)]


def _bound(query: Query, agreements: tuple[str, ...]) -> Query:
    """The query with each stage: clause bound to the agreements that the nearest AND around it names."""
    match query:
        case Stage():
            return replace(query, of=agreements)
        case And(parts, at):
            named = tuple(dict.fromkeys(agreement for part in parts for agreement in _agreements_named_by(part)))
            return And(tuple(_bound(part, named or agreements) for part in parts), at=at)
        case Or(parts, at):
            return Or(tuple(_bound(part, agreements) for part in parts), at=at)
        case Not(part, at):
            return Not(_bound(part, agreements), at=at)
        case _:
            return query


def _agreements_named_by(part: Query) -> tuple[str, ...]:
    """The agreements of `agreement:a`, or of an OR of nothing but such clauses."""
    match part:
        case Field("agreement", value):
            return (value,)
        case Or(parts) if all(isinstance(each, Field) and each.name == "agreement" for each in parts):
            return tuple(each.value for each in parts if isinstance(each, Field))
        case _:
            return ()


def _mend(name: str, value: str, ids: Collection[str]) -> str:
    near = _nearest(value.casefold(), ids)
    known = sorted(ids)
    listed = ", ".join(known[:_LISTED_IDS]) + (", …" if len(known) > _LISTED_IDS else "")
    holder = "The catalogue" if name in {"agreement", "sector", "stage"} else "The house"
    if near and len(known) > _LISTED_IDS:
        return f"Did you mean {' or '.join(near)}?"
    if known:
        hint = f"Did you mean {near[0]}? " if near else ""
        return f"{hint}{holder} holds: {listed}."
    return f"{holder} holds no {name} yet."


def _nearest(value: str, ids: Collection[str]) -> list[str]:
    """Ids that hold the value as a part ("health" in "health-jwg"), then ids that are spelt alike."""
    ordered = sorted(ids)
    holding = [known for known in ordered if value and value in known.casefold()]
    alike = get_close_matches(value, ordered, n=_SUGGESTIONS, cutoff=0.5)
    return list(dict.fromkeys(holding + alike))[:_SUGGESTIONS]

"""The fields a rule can ask for, those that are still to come, and the check of their values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Never

from shared.rules.complaints import WrongQuery
from shared.rules.query import And, Field, Not, Or, Query

FIELDS = ("agreement", "sector")
COMING_FIELDS = ("title", "text", "stage", "source", "language", "date")

_SUGGESTIONS = 4
_LISTED_IDS = 12  # more than that is no help in a message
_COMPARED_CHARS = 80  # difflib takes quadratic time; no id is longer


def known_field(query: str, written: str, at: int) -> str:
    """The field that `written` (without its colon) names. Raises WrongQuery when there is none."""
    name = written.casefold()
    if name in FIELDS:
        return name
    known = " and ".join(f"{field}:" for field in FIELDS)
    if name in COMING_FIELDS:
        raise WrongQuery(
            query, at, f"uses the field {name}:, which is not yet available,", mend=f"For now there are {known}."
        )
    near = get_close_matches(name[:_COMPARED_CHARS], FIELDS, n=1)
    hint = f"Did you mean {near[0]}:? " if near else ""
    shown = written[:_COMPARED_CHARS]
    mend = f'{hint}The fields are {known}; to look for the text itself, put it in quotes: "{shown}: …".'
    raise WrongQuery(query, at, f"uses an unknown field {shown}:", mend=mend)


def with_known_values(text: str, query: Query, known: Mapping[str, Mapping[str, str]]) -> Query:
    """The query with every field value spelt as the catalogue spells it.

    `known` gives for each field the case-folded ids and their true spelling. Raises WrongQuery for an unknown id.
    """
    match query:
        case Field(name, value, at):
            if value.casefold() not in known[name]:
                _refuse_value(text, query, known[name].values())
            return Field(name, known[name][value.casefold()], at=at)
        case And(parts, at):
            return And(tuple(with_known_values(text, part, known) for part in parts), at=at)
        case Or(parts, at):
            return Or(tuple(with_known_values(text, part, known) for part in parts), at=at)
        case Not(part, at):
            return Not(with_known_values(text, part, known), at=at)
        case _:
            return query


def _refuse_value(text: str, wrong: Field, ids: Collection[str]) -> Never:
    near = _nearest(wrong.value.casefold()[:_COMPARED_CHARS], ids)
    known = sorted(ids)
    listed = ", ".join(known[:_LISTED_IDS]) + (", …" if len(known) > _LISTED_IDS else "")
    if near and len(known) > _LISTED_IDS:
        mend = f"Did you mean {' or '.join(near)}?"
    elif known:
        hint = f"Did you mean {near[0]}? " if near else ""
        mend = f"{hint}The catalogue holds: {listed}."
    else:
        mend = f"The catalogue holds no {wrong.name} yet."
    raise WrongQuery(text, wrong.at, f"names an unknown {wrong.name} {wrong.value[:_COMPARED_CHARS]!r}", mend=mend)


def _nearest(value: str, ids: Collection[str]) -> list[str]:
    """Ids that hold the value as a part ("health" in "health-jwg"), then ids that are spelt alike."""
    ordered = sorted(ids)
    holding = [known for known in ordered if value and value in known.casefold()]
    alike = get_close_matches(value, ordered, n=_SUGGESTIONS, cutoff=0.5)
    return list(dict.fromkeys(holding + alike))[:_SUGGESTIONS]

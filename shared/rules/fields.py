"""The names of the fields a rule can ask for."""

from __future__ import annotations

from difflib import get_close_matches

from shared.rules.complaints import WrongQuery

FIELDS = ("agreement", "stage", "sector", "title", "source", "country", "lang", "outlet", "relevance", "date")
_OTHER_NAMES = {
    "language": "lang",
    "intitle": "title",
    "headline": "title",
    "site": "outlet",
    "host": "outlet",
    "domain": "outlet",
    "published": "date",
    "pubdate": "date",
    "score": "relevance",
    "feed": "source",
}
_COMPARED_CHARS = 80  # difflib takes quadratic time; no name is longer


def known_field(query: str, written: str, at: int) -> str:
    """The field that `written` (without its colon) names. Raises WrongQuery when there is none."""
    name = written.casefold()
    if name in FIELDS:
        return name
    known = ", ".join(f"{field}:" for field in FIELDS)
    near = get_close_matches(name[:_COMPARED_CHARS], FIELDS, n=1)
    meant = _OTHER_NAMES.get(name) or (near[0] if near else None)
    hint = f"Did you mean {meant}:? " if meant else ""
    shown = written[:_COMPARED_CHARS]
    mend = f'{hint}The fields are {known}; to look for the text itself, put it in quotes: "{shown}: …".'
    raise WrongQuery(query, at, f"uses an unknown field {shown}:", mend=mend)

"""What is wrong with a value, as a page says it: by the page's own names, with what can be done on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.desk.domain.saving import TooBroad
from services.desk.pages.account_pages import Complaint
from shared.kit.errors import WrongInput
from shared.rules.complaints import WrongQuery


def _(words: str) -> str:
    return words


_OF_THE_COMMAND_LINE = re.compile(r"(?<!\w)--\w|pactwatch |\$ ")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FIELDS: Mapping[str, str] = {"new_name": "name", "to": "version", "take": "query", "file": "text"}
_TOO_BROAD = _("Add with AND what it should be about, or allow it to match this much.")


@dataclass(frozen=True, slots=True)
class Finger:
    """A query with a finger on the place that is wrong: what stands before it, there, and after it."""

    before: str
    there: str
    after: str
    position: int


@dataclass(frozen=True, slots=True)
class WrongField:
    """A field that cannot be taken: `field` as the page calls it, and for a query also where."""

    field: str
    why: str
    mend: str
    finger: Finger | None = None

    @property
    def complaint(self) -> Complaint:
        """The same as other pages have it."""
        return Complaint(self.field, self.why, self.mend)


def on_page(wrong: WrongInput) -> WrongField:
    """Return what is said of a wrong value beside its field."""
    field = wrong.field.removeprefix("--").replace("-", "_")
    field = _FIELDS.get(field, field)
    why = f"{wrong.why[:1].upper()}{wrong.why[1:]}."
    if isinstance(wrong, WrongQuery):
        return WrongField("query", why, wrong.advice, finger_on(str(wrong.value), wrong.position))
    if isinstance(wrong, TooBroad):
        return WrongField("allow_broad", f"The query {wrong.why}.", _TOO_BROAD)
    said = WrongField(field, why, _mend(wrong.mend))
    return (
        said
        if field in ("query", "name")
        else replace(said, why=f"{field.replace('_', ' ').capitalize()}: {wrong.why}.")
    )


def finger_on(query: str, position: int) -> Finger:
    """Return the query around the place, the word that begins there in the middle; at its end that is empty."""
    word = re.compile(r"\S+").match(query, position)
    end = word.end() if word else min(position + 1, len(query))
    return Finger(query[:position], query[position:end], query[end:], position)


def _mend(mend: str) -> str:
    """Return what can be done, without what can be done on the command line only."""
    kept = (each for each in _SENTENCE.split(mend) if not _OF_THE_COMMAND_LINE.search(each))
    return " ".join(kept)

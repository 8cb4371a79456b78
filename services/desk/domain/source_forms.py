"""A source as a form holds it: every field a text, kept as it was typed, each with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from services.desk.domain.selectors import SELECTOR_NAMES, checked_selectors
from services.desk.domain.sources import Source, checked_fields
from shared.kit.errors import WrongInput

_SELECTOR_MEND = "Give CSS, for example article or h2 a; item holds one article, the others are looked for within it."
_PLAIN = ("name", "url", "kind", "country", "language", "owner", "confidence", "quirks")


@dataclass(frozen=True, slots=True)
class WrongField:
    """A field of a form that cannot be taken: why, and what would be."""

    field: str
    why: str
    mend: str

    @classmethod
    def of(cls, field: str, wrong: WrongInput) -> WrongField:
        """Return it for the field under its name in the form."""
        return cls(field, wrong.why, _SELECTOR_MEND if field in SELECTOR_NAMES else wrong.mend)


class WrongFields(Exception):
    """Some fields of a form cannot be taken."""

    def __init__(self, *wrong: WrongField) -> None:
        super().__init__(", ".join(each.field for each in wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class SourceForm:
    """What stands in the form; the last five are CSS selectors of a page."""

    name: str = ""
    url: str = ""
    kind: str = ""
    every: str = ""
    country: str = ""
    language: str = ""
    alert_since: str = ""
    owner: str = ""
    confidence: str = ""
    quirks: str = ""
    item: str = ""
    link: str = ""
    title: str = ""
    date: str = ""
    text: str = ""

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> SourceForm:
        """Return what a form that was sent holds."""
        return cls(**{each.name: form.get(each.name, "").strip() for each in fields(cls)})

    @classmethod
    def of(cls, source: Source) -> SourceForm:
        """Return the form as it stands for a source that is there."""
        every = "" if source.every_seconds is None else str(source.every_seconds)
        since = "all" if source.alert_since is None else source.alert_since.isoformat()
        plain = {name: getattr(source, name) or "" for name in _PLAIN}
        return cls(**plain, every=every, alert_since=since, **(source.selectors or {}))

    def selectors(self) -> dict[str, str]:
        """Return the selectors by name, also the empty ones."""
        return {name: getattr(self, name) for name in SELECTOR_NAMES}

    def checked(self, now: datetime) -> dict[str, Any]:
        """Return the fields of the source that this defines. Raises WrongFields, with each that cannot be taken."""
        wrong: list[WrongField] = []
        clean: dict[str, Any] = {}
        for field, given in self._given().items():
            try:
                clean |= checked_fields(given, now) if field not in SELECTOR_NAMES else {}
                if field in SELECTOR_NAMES:
                    checked_selectors({field: getattr(self, field)})
            except WrongInput as complaint:
                wrong.append(WrongField.of(field, complaint))
        if self.every and not _is_count(self.every):
            mend = "Give seconds, for example 300 for every five minutes, or leave it out."
            wrong.append(WrongField("every", "is not a number", mend))
        if wrong:
            raise WrongFields(*wrong)
        return clean

    def _given(self) -> dict[str, dict[str, Any]]:
        """Return what each field of the form gives, under the names of a source's fields."""
        given: dict[str, dict[str, Any]] = {name: {name: getattr(self, name)} for name in _PLAIN}
        if _is_count(self.every):
            given["every"] = {"every_seconds": int(self.every[:12])}
        given["alert_since"] = {"alert_since": self.alert_since or "default"}
        return given | {name: {} for name in SELECTOR_NAMES}

    def values(self) -> dict[str, Any]:
        """Return the fields under the names that a new source has, as they were given."""
        every = int(self.every[:12]) if _is_count(self.every) else None
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {**plain, "every_seconds": every, "alert_since": self.alert_since or "default"}


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()

"""One YAML entry under the reader's hand: takes fields by name and type, and complains by file, entry, field, mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from shared.kit.errors import WrongInput

LANGUAGES = ("en", "ru", "hi")
_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


class Shelf:
    """An entry of a catalogue file. Every read names the field; what was never read can be asked for at the end."""

    def __init__(self, file: str, where: str, entry: object) -> None:
        self.file = file
        self.where = where
        if not isinstance(entry, Mapping):
            raise WrongInput(f"{file} {where}", entry, "is not a mapping", mend="Write it as `field: value` lines.")
        self._entry: Mapping[Any, Any] = entry
        self._read: set[str] = set()

    def wrong(self, field: str, value: object, why: str, mend: str) -> NoReturn:
        """Raise WrongInput for a field of this entry."""
        raise WrongInput(f"{self.file} {self.where} {field}", value, why, mend=mend)

    def raw(self, field: str, default: object = None) -> Any:  # noqa: ANN401 - whatever YAML holds; the callers check it
        """The field as YAML gave it, and marks it as known."""
        self._read.add(field)
        return self._entry.get(field, default)

    def text(self, field: str, default: str | None = None) -> str:
        """A text that is not empty; without a default it must be there."""
        value = self.raw(field, default)
        if value == default and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.wrong(field, value, "is not a text", f"Give {field} as a non-empty text, in quotes if need be.")
        return value

    def number(self, field: str, low: float, high: float) -> float:
        """A number between two bounds, both allowed."""
        value = self.raw(field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.wrong(field, value, "is not a number in range", f"Give a number from {low:g} to {high:g}.")
        return float(value)

    def flag(self, field: str) -> bool:
        """A yes or no; absent is no."""
        value = self.raw(field, default=False)
        if not isinstance(value, bool):
            self.wrong(field, value, "is not true or false", "Write true, or leave the line out.")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts; absent is empty, a single text is a list of one."""
        return self._texts(field, self.raw(field, default=[]))

    def by_language(self, field: str) -> dict[str, tuple[str, ...]]:
        """Lists of texts for en, ru and hi; languages that are left out are empty."""
        value = self.raw(field, default={})
        if not isinstance(value, Mapping) or not set(value) <= set(LANGUAGES):
            self.wrong(field, value, "is not sorted by language", "Use the keys en, ru and hi only.")
        return {language: self._texts(f"{field}.{language}", value.get(language, [])) for language in LANGUAGES}

    def names(self, field: str) -> dict[str, str]:
        """One text for each of en, ru and hi."""
        value = self.raw(field)
        if not isinstance(value, Mapping) or set(value) != set(LANGUAGES):
            self.wrong(field, value, "does not name all languages", "Give one text each for en, ru and hi.")
        return {language: self._texts(f"{field}.{language}", value[language])[0] for language in LANGUAGES}

    def lists(self, field: str) -> dict[str, tuple[str, ...]]:
        """A mapping of names to lists of texts."""
        value = self.raw(field, default={})
        if not isinstance(value, Mapping):
            self.wrong(field, value, "is not a mapping of lists", "Write `name: [word, word]` lines.")
        return {str(name): self._texts(f"{field}.{name}", words) for name, words in value.items()}

    def patterns(self, field: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Lists of word groups."""
        value = self.raw(field, default=[])
        if not isinstance(value, list) or not all(isinstance(pattern, list) and pattern for pattern in value):
            self.wrong(field, value, "is not a list of word groups", "Write [[[word, word], [word]]].")
        return tuple(tuple(self._texts(field, group) for group in pattern) for pattern in value)

    def one_of(self, field: str, allowed: frozenset[str] | tuple[str, ...]) -> str:
        """A text out of a fixed set."""
        value = self.raw(field)
        if value not in allowed:
            self.wrong(field, value, "is not known", f"Use one of: {', '.join(sorted(allowed))}.")
        return str(value)

    def done(self) -> None:
        """Refuse fields nobody asked for: a misspelt option would silently do nothing."""
        unknown = sorted(str(field) for field in self._entry if field not in self._read)
        if unknown:
            self.wrong(unknown[0], self._entry[unknown[0]], "is not a field we know", "Correct its name or remove it.")

    def _texts(self, field: str, value: object) -> tuple[str, ...]:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(text, str) and text.strip() for text in listed):
            self.wrong(field, value, "is not a list of texts", "Give non-empty texts; put numbers in quotes.")
        return tuple(listed)


def shelves(file: str, entries: object) -> Iterator[Shelf]:
    """The entries of a list file one by one, refusing those without a name of their own."""
    if not isinstance(entries, list):
        raise WrongInput(
            file, type(entries).__name__, "is not a list of entries", mend="Begin each entry with `- id:`."
        )
    seen: set[str] = set()
    for position, entry in enumerate(entries, start=1):
        name = str(entry.get("id", "")) if isinstance(entry, Mapping) else ""
        shelf = Shelf(file, name or f"entry {position}", entry)
        if not _ID.fullmatch(shelf.text("id")):
            mend = "Use small Latin letters and digits, joined by hyphens or underscores: relos, su-57, tor_signed."
            shelf.wrong("id", name, "is no id, which rules and commands could ask for", mend)
        if name in seen:
            shelf.wrong("id", name, "is there twice", "Give every entry an id of its own.")
        seen.add(name)
        yield shelf

"""Reads one entry of sectors.yaml: the sector with its words, its own and those of the field at large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.catalogue.checks import check_words
from shared.catalogue.entries import Sector, SectorTerm
from shared.catalogue.shelf import LANGUAGES, Shelf

_ACRONYM_LETTERS = 6
_MIN_WEIGHT, _MAX_WEIGHT = 0.25, 3.0


def sector_from(shelf: Shelf) -> Sector:
    """The sector of an entry; raises WrongInput naming entry and field."""
    options = _options(shelf)
    terms = _terms(shelf, options)
    for field, general in (("terms", False), ("general", True)):
        check_words(shelf, field, (term.text for term in terms if term.general is general))
    unused = sorted(set(options) - {term.text for term in terms})
    if unused:
        shelf.wrong("options", unused[0], "is not one of the sector's words", "Add the word or drop the option.")
    sector = Sector(
        id=shelf.where,
        name=shelf.names("name"),
        definition=shelf.text("definition"),
        examples=shelf.texts("examples"),
        not_in_it=shelf.text("not_in_it"),
        threshold=shelf.number("threshold", 0.5, 20),
        terms=terms,
        scenery=shelf.flag("scenery"),
    )
    shelf.done()
    return sector


def _terms(shelf: Shelf, options: Mapping[str, Mapping[str, Any]]) -> tuple[SectorTerm, ...]:
    """The sector's own words, which each language must have, and its general ones, which may be left out."""
    tiers, general = shelf.raw("terms", default={}), shelf.raw("general", default={})
    if not isinstance(tiers, Mapping) or set(tiers) != set(LANGUAGES):
        shelf.wrong("terms", sorted(map(str, tiers)), "lacks a language", "Give words for en, ru and hi.")
    if not isinstance(general, Mapping) or not set(general) <= set(LANGUAGES):
        shelf.wrong("general", sorted(map(str, general)), "has a language too many", "Use en, ru and hi only.")
    found: list[SectorTerm] = []
    for language in LANGUAGES:
        own = _weighted(shelf, f"terms.{language}", tiers[language])
        more = _weighted(shelf, f"general.{language}", general[language]) if language in general else {}
        if twice := sorted(own.keys() & more.keys()):
            shelf.wrong(f"general.{language}", twice[0], "is among the terms too", "Keep it once.")
        found += [SectorTerm(text, language, weight, **options.get(text, {})) for text, weight in own.items()]
        found += [
            SectorTerm(
                text, language, weight, general=True, **{"exact_case": _is_acronym(text), **options.get(text, {})}
            )
            for text, weight in more.items()
        ]
    return tuple(found)


def _is_acronym(text: str) -> bool:
    """SALT is a treaty and salt is not: among so many general words an acronym is looked for in capitals only."""
    return text.isupper() and text.isalpha() and len(text) <= _ACRONYM_LETTERS


def _weighted(shelf: Shelf, field: str, tiers: object) -> dict[str, float]:
    if not isinstance(tiers, Mapping) or not tiers:
        shelf.wrong(field, tiers, "is not sorted by weight", "Write `3: [word, word]` lines.")
    found: dict[str, float] = {}
    for weight, words in tiers.items():
        if not isinstance(weight, int | float) or not _MIN_WEIGHT <= weight <= _MAX_WEIGHT:
            shelf.wrong(field, weight, "is not a weight", f"Use a weight from {_MIN_WEIGHT:g} to {_MAX_WEIGHT:g}.")
        if not isinstance(words, list):
            shelf.wrong(field, words, f"is no list of words of weight {weight:g}", "Write `3: [word, word]` lines.")
        for word in words:
            if not isinstance(word, str) or word in found:
                shelf.wrong(field, word, "is no text or there twice", "Keep it once, in quotes.")
            found[word] = float(weight)
    return found


def _options(shelf: Shelf) -> dict[str, dict[str, Any]]:
    options = shelf.raw("options", default={})
    if not isinstance(options, Mapping):
        shelf.wrong("options", options, "is not a mapping", "Write `word: {near: [word]}` lines.")
    found: dict[str, dict[str, Any]] = {}
    for word, conditions in options.items():
        inner = Shelf(shelf.file, f"{shelf.where} options {word}", conditions)
        found[str(word)] = {
            "exact_case": inner.flag("exact_case"),
            "near": inner.texts("near"),
            "unless": inner.texts("unless"),
        }
        inner.done()
    return found

"""The labelled texts of the public sets, read as the classifier reads them, and what each should teach.

A set's label is often coarser than our sectors; what a row teaches is then shared out by the curated words in it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.classifier.domain.forms import form_of
from services.classifier.domain.head import BEGINNING_LETTERS, counted_beginnings, counted_stems, title_tokens
from services.classifier.domain.lexicon import Lexicon
from services.classifier.domain.reading import Reading
from services.classifier.domain.sector_words import sector_words
from shared.catalogue.entries import Catalogue
from shared.catalogue.sector_head import OTHER
from shared.contracts.verdict import ArticleText
from shared.language.tokens import tokenise

# The sets that may be learnt from, each with its licence and family: sets of a family hold the same texts in several
# languages, or come from one hand, and are left out of training together. The others are GPL or without a licence.
FAMILIES: Mapping[str, str] = {
    "lok18": "lok18",  # ODbL 1.0
    "pib2019_en": "pib2019",  # MIT
    "pib2019_hi": "pib2019",
    "sib_en": "sib",  # Apache-2.0
    "sib_ru": "sib",
    "sib_hi": "sib",
    "tg_ru": "tg",  # Apache-2.0
    "tg_en": "tg",
}
# The sets' labels that are not our sectors, with what they cover of ours and in which likelihood.
UNIONS: Mapping[str, Mapping[str, float]] = {
    "SCITECH": {"science": 0.6, "technology": 0.3, "space": 0.1},
    "ECON": {"finance": 0.5, "trade": 0.5},
    "digital": {"technology": 1.5},
    "labour": {"labour-mobility": 1.5},
}
# Sectors of ours that the sets file under a coarser one; the words decide.
FINER: Mapping[str, tuple[str, ...]] = {
    "health": ("pharma",),
    "agriculture": ("fertiliser",),
    "culture": ("media",),
    "transport": ("tourism", "arctic"),
    "defence": ("security",),
    "energy": ("nuclear",),
}
HOME_AFFAIRS = frozenset({"Home Affairs", "Ministry of Home Affairs", "गृह मंत्रालय"})  # partly our security
PLAIN = 1.5  # the likelihood of the set's own label before any word
NAMED_FROM = 2.0  # so much weight of words names a finer sector


@dataclass(frozen=True)
class Row:
    """One text: its form, stems and beginnings with their counts, what the words say, and its share of each label."""

    family: str
    source: str
    language: str
    form: str
    stems: Mapping[str, float]
    beginnings: Mapping[str, float]
    words: Mapping[str, float]
    target: Mapping[str, float]


class _Teachable:
    """Holds every stem worth learning from: not numbers and single letters, nor the names of countries.

    Who is named is not what is happening: every text about India and Russia names both, whatever its sector.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        parties = catalogue.parties
        names = (
            *parties.india,
            *parties.russia,
            *parties.bloc,
            *(n for names in parties.third.values() for n in names),
        )
        tokens = [token for name in names for token in tokenise(name)]
        self._names = frozenset(token.stem for token in tokens)
        self.beginnings = _TeachableBeginnings(token.folded for token in tokens)

    def __contains__(self, stem: object) -> bool:
        return isinstance(stem, str) and len(stem) > 1 and not stem[0].isdigit() and stem not in self._names


class _TeachableBeginnings:
    """Holds the beginnings of words worth learning from: not of numbers, nor those that a name begins with too."""

    def __init__(self, names: Iterable[str]) -> None:
        self._taken = frozenset(name[:letters] for name in names for letters in BEGINNING_LETTERS)

    def __contains__(self, letters: object) -> bool:
        return isinstance(letters, str) and not letters[0].isdigit() and letters not in self._taken


def raw_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a data file, plain or gzip'd."""
    packed = path.read_bytes()
    text = gzip.decompress(packed) if path.suffix == ".gz" else packed
    yield from (json.loads(line) for line in text.decode().split("\n") if line.strip())


def rows_to_learn_from(given: Iterable[Mapping[str, Any]], catalogue: Catalogue) -> list[Row]:
    """The rows of the sets that may be learnt from, in a fixed order."""
    lexicon, teachable = Lexicon(catalogue), _Teachable(catalogue)
    kept = sorted((row for row in given if row["set"] in FAMILIES), key=lambda row: (row["set"], str(row["id"])))
    return [_row(row, lexicon, teachable) for row in kept]


def article_of(row: Mapping[str, Any]) -> ArticleText:
    """A data row as the classifier meets it."""
    return ArticleText(id=str(row["id"]), title=row["title"] or "", text=row["text"] or "")


def _row(given: Mapping[str, Any], lexicon: Lexicon, teachable: _Teachable) -> Row:
    reading = Reading(article_of(given), lexicon)
    words = sector_words(reading, lexicon.catalogue).sums
    return Row(
        family=FAMILIES[given["set"]],
        source=given["set"],
        language=given["language"],
        form=form_of(reading),
        stems=counted_stems(teachable, reading.tokens, title_tokens(reading)),
        beginnings=counted_beginnings(teachable.beginnings, reading.tokens, title_tokens(reading)),
        words=words,
        target=_target(given, words),
    )


def _target(given: Mapping[str, Any], words: Mapping[str, float]) -> dict[str, float]:
    if given["out_of_scope"]:
        if given["raw_label"] in HOME_AFFAIRS and words.get("security", 0.0) >= NAMED_FROM:
            return {"security": 0.5, OTHER: 0.5}
        return {OTHER: 1.0}
    label = given["sectors"][0]
    likely = {sector: prior + words.get(sector, 0.0) for sector, prior in UNIONS.get(label, {label: PLAIN}).items()}
    likely |= {s: words[s] for s in FINER.get(label, ()) if words.get(s, 0.0) >= NAMED_FROM}
    total = sum(likely.values())
    return {sector: share / total for sector, share in likely.items()}

"""What the words of the sectors say of an article: weighted sums, the lead first, against the length of the text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.classifier.domain.line import Line, SectorHit
from services.classifier.domain.papers import PAPER_NOUNS
from services.classifier.domain.reading import Reading
from shared.catalogue.entries import Catalogue

USUAL_TOKENS = 60  # texts of this length are scored as they are; longer ones hold more words of everything
REPEATS = (1.0, 0.5, 0.25)  # the same word again says less each time
SCENERY_SHARE, SCENERY_REACH_TOKENS = 0.3, 6  # "ahead of the annual summit": where it happens, not what it is about
# A scenery sector's general words count so much in a story, however short: every story names countries and ministers.
# A headline or a single sentence that does is more often about them.
MUTED, STORY_TOKENS = 0.2, 30
# A headline or a sentence that names another country is more often about what is between states than its other words
# tell, unless it names an accord: those name their parties whatever they are about.
ABROAD, ABROAD_WEIGHT = "diplomacy", 1.5
_ACCORDS = (*PAPER_NOUNS, "convention", "notes", "конвенци", "अभिसमय")


@dataclass(frozen=True, slots=True)
class SectorWords:
    """The sums by sector: `own` of a sector's own words, `sums` with those of the field at large.

    `evidence` is the sentence that adds most to a sector.
    """

    own: Mapping[str, float]
    sums: Mapping[str, float]
    evidence: Mapping[str, str]


def sector_words(reading: Reading, catalogue: Catalogue, *, general: bool = True) -> SectorWords:
    """The sums for an article; without `general` the words of the field at large are not heard."""
    values: dict[bool, dict[str, dict[str, list[float]]]] = {False: {}, True: {}}
    best: dict[str, tuple[float, Line]] = {}
    for line in reading.lines:
        position = _position(line)
        here: dict[str, float] = {}
        for hit in _longest(line.sectors if general else [hit for hit in line.sectors if not hit.general]):
            value = hit.weight * position
            if catalogue.sectors[hit.sector].scenery and _is_scenery(line, hit):
                value *= SCENERY_SHARE
            values[hit.general].setdefault(hit.sector, {}).setdefault(hit.term, []).append(value)
            here[hit.sector] = here.get(hit.sector, 0.0) + value
        for sector, value in here.items():
            if value > best.get(sector, (0.0, line))[0]:
                best[sector] = (value, line)
    shrink = max(1.0, math.sqrt(len(reading.tokens) / USUAL_TOKENS))
    own, more = (
        {sector: sum(map(_repeated, words.values())) / shrink for sector, words in values[kind].items()}
        for kind in (False, True)
    )
    is_story = _is_story(reading)
    if general and not is_story and (abroad := _abroad(reading, catalogue)):
        more[ABROAD] = more.get(ABROAD, 0.0) + ABROAD_WEIGHT / shrink
        best.setdefault(ABROAD, (ABROAD_WEIGHT, abroad))
    evidence = {sector: reading.line_text(line) for sector, (_, line) in best.items()}
    return SectorWords(own, _together(own, more, catalogue, is_story=is_story), evidence)


def _together(
    own: Mapping[str, float], more: Mapping[str, float], catalogue: Catalogue, *, is_story: bool
) -> dict[str, float]:
    sums = dict(own)
    for sector, value in more.items():
        share = MUTED if is_story and catalogue.sectors[sector].scenery else 1.0
        sums[sector] = sums.get(sector, 0.0) + share * value
    return sums


def _abroad(reading: Reading, catalogue: Catalogue) -> Line | None:
    """The first sentence that names another country, if no accord is named."""
    first = next((line for line in reading.lines if line.third_hits), None)
    if first is None or ABROAD not in catalogue.sectors:
        return None
    return None if any(token.folded.startswith(_ACCORDS) for token in reading.tokens) else first


def _is_story(reading: Reading) -> bool:
    return len(reading.tokens) >= STORY_TOKENS and len({line.in_title for line in reading.lines}) > 1


def _is_scenery(line: Line, hit: SectorHit) -> bool:
    return any(0 <= hit.first - frame.last <= SCENERY_REACH_TOKENS for frame in line.frames.get("backdrop", ()))


def _position(line: Line) -> float:
    if line.in_title:
        return 1.7
    return 1.25 if line.place <= 2 else 1.0


def _longest(hits: Sequence[SectorHit]) -> list[SectorHit]:
    """Without the words that are only part of a longer one of the same sector ("nuclear" in "nuclear fuel").

    A general word gives way to the sector's own wherever they meet: it is there for texts in which these find nothing.
    """
    kept: list[SectorHit] = []
    for hit in sorted(hits, key=lambda hit: (hit.sector, hit.general, hit.first - hit.last, -hit.weight)):
        if not any(k.sector == hit.sector and _hides(k, hit) for k in kept):
            kept.append(hit)
    return kept


def _hides(kept: SectorHit, hit: SectorHit) -> bool:
    if hit.general and not kept.general:
        return kept.first <= hit.last and hit.first <= kept.last
    return kept.first <= hit.first and hit.last <= kept.last


def _repeated(values: list[float]) -> float:
    ordered = sorted(values, reverse=True)
    return sum(value * share for value, share in zip(ordered, REPEATS, strict=False))

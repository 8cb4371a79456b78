"""Which sectors an article belongs to: weighted words, the lead first, against the length of the text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from services.classifier.domain.line import Line, SectorHit
from services.classifier.domain.reading import Reading
from shared.catalogue.entries import Agreement, Catalogue
from shared.contracts.verdict import AgreementFinding, SectorFinding

SHARE_OF_TOP = 0.28  # a sector with less than this share of the strongest one is a side note
USUAL_TOKENS = 60  # texts of this length are scored as they are; longer ones hold more words of everything
HALF_SCORE = 4.0  # so much weight gives .5
VOUCHED_FROM = 2.5  # with this much from an agreement a sector needs no share of the top
REPEATS = (1.0, 0.5, 0.25)  # the same word again says less each time
SECTOR_BONUS = (3.4, 3.4, 1.5, 1.0)  # what an agreement found adds to its own sectors
FALLBACK_FROM, FALLBACK_LONG_FROM = 1.2, 3.6  # where no sector reaches its threshold, the strongest is claimed from
LONG_TOKENS = 100  # here on: a headline has few words to say it with, a text of this length has room for more
SCENERY_SHARE, SCENERY_REACH_TOKENS = 0.3, 6  # "ahead of the annual summit": where it happens, not what it is about


def sectors_of(
    reading: Reading, catalogue: Catalogue, agreements: Iterable[AgreementFinding] = ()
) -> tuple[SectorFinding, ...]:
    """The sectors in falling order of score, each with the sentence that weighs most for it."""
    scores, evidence = _weigh(reading, catalogue)
    backed = _add_agreements(scores, evidence, catalogue.agreements, agreements)
    if not scores:
        return ()
    top = max(scores.values())
    chosen = [
        sector
        for sector, value in scores.items()
        if value >= catalogue.sectors[sector].threshold and (value >= SHARE_OF_TOP * top or sector in backed)
    ]
    if not chosen and top >= _fallback_from(len(reading.tokens)):
        chosen = [max(scores, key=lambda sector: (scores[sector], sector))]
    found = (
        SectorFinding(id=s, score=round(scores[s] / (scores[s] + HALF_SCORE), 3), evidence=evidence[s]) for s in chosen
    )
    return tuple(sorted(found, key=lambda finding: (-finding.score, finding.id)))


def _fallback_from(tokens: int) -> float:
    return FALLBACK_FROM + (FALLBACK_LONG_FROM - FALLBACK_FROM) * min(1.0, tokens / LONG_TOKENS)


def _weigh(reading: Reading, catalogue: Catalogue) -> tuple[dict[str, float], dict[str, str]]:
    values: dict[str, dict[str, list[float]]] = {}
    best: dict[str, tuple[float, Line]] = {}
    for line in reading.lines:
        position = _position(line)
        here: dict[str, float] = {}
        for hit in _longest(line.sectors):
            value = hit.weight * position
            if catalogue.sectors[hit.sector].scenery and _is_scenery(line, hit):
                value *= SCENERY_SHARE
            values.setdefault(hit.sector, {}).setdefault(hit.term, []).append(value)
            here[hit.sector] = here.get(hit.sector, 0.0) + value
        for sector, value in here.items():
            if value > best.get(sector, (0.0, line))[0]:
                best[sector] = (value, line)
    shrink = max(1.0, math.sqrt(len(reading.tokens) / USUAL_TOKENS))
    scores = {sector: sum(map(_repeated, words.values())) / shrink for sector, words in values.items()}
    return scores, {sector: reading.line_text(line) for sector, (_, line) in best.items()}


def _is_scenery(line: Line, hit: SectorHit) -> bool:
    return any(0 <= hit.first - frame.last <= SCENERY_REACH_TOKENS for frame in line.frames.get("backdrop", ()))


def _position(line: Line) -> float:
    if line.in_title:
        return 1.7
    return 1.25 if line.place <= 2 else 1.0


def _longest(hits: list[SectorHit]) -> list[SectorHit]:
    """Without the words that are only part of a longer one of the same sector ("nuclear" in "nuclear fuel")."""
    kept: list[SectorHit] = []
    for hit in sorted(hits, key=lambda hit: (hit.sector, hit.first - hit.last, -hit.weight)):
        if not any(k.sector == hit.sector and k.first <= hit.first and hit.last <= k.last for k in kept):
            kept.append(hit)
    return kept


def _repeated(values: list[float]) -> float:
    ordered = sorted(values, reverse=True)
    return sum(value * share for value, share in zip(ordered, REPEATS, strict=False))


def _add_agreements(
    scores: dict[str, float],
    evidence: dict[str, str],
    catalogue: Mapping[str, Agreement],
    agreements: Iterable[AgreementFinding],
) -> set[str]:
    """Adds what the agreements found say of their sectors; gives the sectors they vouch for."""
    bonus: dict[str, float] = {}
    for finding in agreements:
        for position, sector in enumerate(catalogue[finding.id].sectors):
            value = finding.score * SECTOR_BONUS[min(position, len(SECTOR_BONUS) - 1)]
            bonus[sector] = max(value, bonus.get(sector, 0.0))
            evidence.setdefault(sector, finding.evidence)
    for sector, value in bonus.items():
        scores[sector] = scores.get(sector, 0.0) + value
    return {sector for sector, value in bonus.items() if value >= VOUCHED_FROM}

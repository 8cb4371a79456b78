"""Which sectors an article belongs to: weighted words, the lead first, against the length of the text, and the head.

The curated words' sum for a sector and what the head's stems say of it are blended in the head's own terms: its logit
is `lexicon_weight` · ln(1 + sum) + pull, and on the scale of the words that is (1 + sum) · e^(pull / weight) − 1.
So thresholds, shares and an agreement's bonus are all in weights of words; without a head the words decide alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from services.classifier.domain.head import Opinion, loudest_line, opinion_of
from services.classifier.domain.line import Line, SectorHit
from services.classifier.domain.reading import Reading
from shared.catalogue.entries import Agreement, Catalogue
from shared.catalogue.sector_head import NO_HEAD, SectorHead
from shared.contracts.verdict import AgreementFinding, Language, SectorFinding

SHARE_OF_TOP = 0.28  # a sector with less than this share of the strongest one is a side note
USUAL_TOKENS = 60  # texts of this length are scored as they are; longer ones hold more words of everything
HALF_SCORE = 4.0  # so much weight gives .5
VOUCHED_FROM = 2.5  # with this much from an agreement a sector needs no share of the top
REPEATS = (1.0, 0.5, 0.25)  # the same word again says less each time
SECTOR_BONUS = (3.4, 3.4, 1.5, 1.0)  # what an agreement found adds to its own sectors
FALLBACK_FROM, FALLBACK_LONG_FROM = 0.3, 3.6  # where no sector reaches its threshold, the strongest is claimed from
SCENERY_SHARE, SCENERY_REACH_TOKENS = 0.3, 6  # "ahead of the annual summit": where it happens, not what it is about
LEAST_SAID = 0.25  # the head's mere tendency towards a sector that no word names is no claim
MOST_PULL = 7.0  # a thousandfold: ours stay below e²; no head can drown everything or overflow
HOME_TRUST = 0.25  # of the head in articles about India and Russia: it learnt from home news, where diplomacy is rare
# How far the strongest sector must stand above "of no sector" (in logits): a headline alone may fall short of it, a
# full text has had its say. Only for texts that are not about India and Russia: those are in scope by their subject.
# By language, as the head has met more of some: chosen where a fifth of unseen full-length strangers still pass.
SHORT_MARGIN = -3.2
LONG_MARGINS: Mapping[Language, float] = {"en": 1.9, "ru": 2.6, "hi": 2.2}
SHORT_TOKENS, FULL_TOKENS = 60, 160


def sectors_of(
    reading: Reading,
    catalogue: Catalogue,
    agreements: Iterable[AgreementFinding] = (),
    head: SectorHead = NO_HEAD,
    *,
    language: Language = "en",
    in_scope: bool = False,
) -> tuple[SectorFinding, ...]:
    """The sectors in falling order of score, each with the sentence that weighs most for it.

    `in_scope` tells that the article is about India and Russia: then it is not held against the head's "none of them".
    """
    words, evidence = weighed_words(reading, catalogue)
    opinion = opinion_of(head, reading)
    scores = _blend(words, opinion, catalogue, head, trust=HOME_TRUST if in_scope else 1.0)
    backed = _add_agreements(scores, evidence, catalogue.agreements, agreements)
    if not scores or not (in_scope or _stands_out(max(scores.values()), opinion, head, reading, language)):
        return ()
    chosen = _chosen(scores, backed, catalogue, len(reading.tokens))
    return tuple(
        SectorFinding(
            id=sector,
            score=round(scores[sector] / (scores[sector] + HALF_SCORE), 3),
            evidence=evidence.get(sector) or reading.line_text(loudest_line(head, reading, sector)),
        )
        for sector in sorted(chosen, key=lambda s: (-scores[s], s))
    )


def _blend(
    words: Mapping[str, float], opinion: Opinion, catalogue: Catalogue, head: SectorHead, *, trust: float
) -> dict[str, float]:
    """The words' sums with the head's pulls in them; see the module's first lines."""
    blended = dict(words)
    for sector, pull in opinion.pulls.items():
        if sector in catalogue.sectors:
            value = (1.0 + words.get(sector, 0.0)) * math.exp(min(MOST_PULL, trust * pull / head.lexicon_weight)) - 1.0
            if value >= LEAST_SAID or sector in words:
                blended[sector] = max(value, 0.0)
    return blended


def _stands_out(top: float, opinion: Opinion, head: SectorHead, reading: Reading, language: Language) -> bool:
    if head is NO_HEAD:
        return True
    margin = SHORT_MARGIN + (LONG_MARGINS[language] - SHORT_MARGIN) * _fullness(len(reading.tokens))
    return head.lexicon_weight * math.log1p(top) - opinion.other >= margin


def _chosen(scores: Mapping[str, float], backed: set[str], catalogue: Catalogue, tokens: int) -> set[str]:
    top = max(scores.values())
    chosen = {
        sector
        for sector, value in scores.items()
        if value >= catalogue.sectors[sector].threshold and (value >= SHARE_OF_TOP * top or sector in backed)
    }
    if not chosen and top >= _fallback_from(tokens):
        return {max(scores, key=lambda sector: (scores[sector], sector))}
    return chosen


def _fallback_from(tokens: int) -> float:
    return FALLBACK_FROM + (FALLBACK_LONG_FROM - FALLBACK_FROM) * _fullness(tokens)


def _fullness(tokens: int) -> float:
    """0 for a headline or a sentence, 1 for a text that has room to say what it is about."""
    return min(1.0, max(0.0, (tokens - SHORT_TOKENS) / (FULL_TOKENS - SHORT_TOKENS)))


def weighed_words(reading: Reading, catalogue: Catalogue) -> tuple[dict[str, float], dict[str, str]]:
    """What the curated words say alone: each sector's sum, and the sentence that adds most to it."""
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

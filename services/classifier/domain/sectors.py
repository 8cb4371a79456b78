"""Which sectors an article belongs to: weighted words, the lead first, against the length of the text, and the head.

The curated words' sum for a sector and what the head's stems say of it are blended in the head's own terms: its logit
is `lexicon_weight` · ln(1 + sum) + pull, and on the scale of the words that is (1 + sum) · e^(pull / weight) − 1.
So thresholds, shares and an agreement's bonus are all in weights of words; without a head the words decide alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from services.classifier.domain.forms import Form, form_of
from services.classifier.domain.head import Opinion, loudest_line, opinion_of
from services.classifier.domain.reading import Reading
from services.classifier.domain.sector_words import sector_words
from shared.catalogue.entries import Agreement, Catalogue
from shared.catalogue.sector_head import NO_HEAD, SectorHead
from shared.contracts.verdict import AgreementFinding, Language, SectorFinding

SHARE_OF_TOP = 0.28  # a sector with less than this share of the strongest one is a side note
HALF_SCORE = 4.0  # so much weight gives .5
VOUCHED_FROM = 2.5  # with this much from an agreement a sector needs no share of the top
SECTOR_BONUS = (3.4, 3.4, 1.5, 1.0)  # what an agreement found adds to its own sectors
FALLBACK_FROM, FALLBACK_LONG_FROM = 0.3, 3.6  # where no sector reaches its threshold, the strongest is claimed from
LEAST_SAID = 0.5  # in logits: the head's mere tendency towards a sector that no word names is no claim
MOST_PULL = 7.0  # a thousandfold: ours stay below e²; no head can drown everything or overflow
HOME_TRUST = 0.25  # of the head in articles about India and Russia: it learnt from home news, where diplomacy is rare
# How far the strongest sector must stand above "of no sector" (in logits): a headline alone may fall short of it, a
# full text has had its say. Only for texts that are not about India and Russia: those are in scope by their subject.
# The head's own "of none" counts half: on kinds of text that it has not met it is worth less than what the words say.
# By language: chosen where a fifth of full-length strangers of a kind that the head has not met still pass.
OTHER_SHARE = 0.5
SHORT_MARGINS: Mapping[Form, float] = {"sentence": -0.27, "headline": 0.13, "story": -0.4}
LONG_MARGINS: Mapping[Language, float] = {"en": 3.8, "ru": 4.4, "hi": 4.1}
# Every paper is full of the crime and politics of its own country; our sectors mean what is between countries.
EVERYDAY = frozenset({"security", "diplomacy"})
EVERYDAY_MARGIN = 1.0
SHORT_TOKENS, FULL_TOKENS = 60, 110


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
    words = sector_words(reading, catalogue, general=not in_scope)
    opinion = opinion_of(head, reading)
    scores = _blend(words.sums, opinion, catalogue, head, in_scope=in_scope)
    own = dict(scores) if in_scope else _blend(words.own, opinion, catalogue, head, in_scope=True)
    bonus, named = _of_agreements(catalogue.agreements, agreements)
    for sums in (scores, own):
        for sector, value in bonus.items():
            sums[sector] = sums.get(sector, 0.0) + value
    if not scores or not (in_scope or _stands_out(scores, opinion, head, reading, language)):
        return ()
    chosen = _chosen(scores, own, bonus, catalogue, len(reading.tokens))
    return tuple(
        SectorFinding(
            id=sector,
            score=round(scores[sector] / (scores[sector] + HALF_SCORE), 3),
            evidence=words.evidence.get(sector)
            or named.get(sector)
            or reading.line_text(loudest_line(head, reading, sector)),
        )
        for sector in sorted(chosen, key=lambda s: (-scores[s], s))
    )


def _blend(
    words: Mapping[str, float], opinion: Opinion, catalogue: Catalogue, head: SectorHead, *, in_scope: bool
) -> dict[str, float]:
    """The words' sums with the head's pulls in them; see the module's first lines."""
    blended = dict(words)
    for sector, pull in opinion.pulls.items():
        if sector not in catalogue.sectors:
            continue
        said = HOME_TRUST * pull if in_scope else pull
        if sector in words or said >= LEAST_SAID:
            said += 0.0 if in_scope else opinion.habits.get(sector, 0.0)
            value = (1.0 + words.get(sector, 0.0)) * math.exp(min(MOST_PULL, said / head.lexicon_weight)) - 1.0
            blended[sector] = max(value, 0.0)
    return blended


def _stands_out(
    scores: Mapping[str, float], opinion: Opinion, head: SectorHead, reading: Reading, language: Language
) -> bool:
    if head is NO_HEAD:
        return True
    first = max(scores, key=lambda sector: (scores[sector], sector))
    long_margin = LONG_MARGINS[language] + (EVERYDAY_MARGIN if first in EVERYDAY else 0.0)
    short_margin = SHORT_MARGINS[form_of(reading)]
    margin = short_margin + (long_margin - short_margin) * _fullness(len(reading.tokens))
    return head.lexicon_weight * math.log1p(scores[first]) - OTHER_SHARE * opinion.other >= margin


def _chosen(
    scores: Mapping[str, float],
    own: Mapping[str, float],
    bonus: Mapping[str, float],
    catalogue: Catalogue,
    tokens: int,
) -> set[str]:
    """The sectors claimed: general words may make the first one, those beside it stand on words of their own."""
    first = max(scores, key=lambda sector: (scores[sector], sector))
    top = scores[first]
    chosen = {
        sector
        for sector, value in own.items()
        if value >= catalogue.sectors[sector].threshold
        and (value >= SHARE_OF_TOP * top or bonus.get(sector, 0.0) >= VOUCHED_FROM)
    }
    if top >= catalogue.sectors[first].threshold or (not chosen and top >= _fallback_from(tokens)):
        chosen.add(first)
    return chosen


def _fallback_from(tokens: int) -> float:
    return FALLBACK_FROM + (FALLBACK_LONG_FROM - FALLBACK_FROM) * _fullness(tokens)


def _fullness(tokens: int) -> float:
    """0 for a headline or a sentence, 1 for a text that has room to say what it is about."""
    return min(1.0, max(0.0, (tokens - SHORT_TOKENS) / (FULL_TOKENS - SHORT_TOKENS)))


def _of_agreements(
    catalogue: Mapping[str, Agreement], agreements: Iterable[AgreementFinding]
) -> tuple[dict[str, float], dict[str, str]]:
    """What the agreements found add to their sectors, and the sentence of the first that does."""
    bonus: dict[str, float] = {}
    evidence: dict[str, str] = {}
    for finding in agreements:
        for position, sector in enumerate(catalogue[finding.id].sectors):
            value = finding.score * SECTOR_BONUS[min(position, len(SECTOR_BONUS) - 1)]
            bonus[sector] = max(value, bonus.get(sector, 0.0))
            evidence.setdefault(sector, finding.evidence)
    return bonus, evidence

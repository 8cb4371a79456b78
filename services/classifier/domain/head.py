"""What the sector head says of an article: a pull towards each sector and towards none, from the stems it has."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from services.classifier.domain.line import Line
from services.classifier.domain.reading import Reading
from shared.catalogue.sector_head import OTHER, SectorHead
from shared.language.tokens import Token

HEARD_TOKENS = 300  # the title and the lead say what an article is about; what is farther down dilutes it
TITLE_COUNTS = 2.0  # a word of the headline counts as said twice, where a text stands below it


@dataclass(frozen=True, slots=True)
class Opinion:
    """The head's logits before the curated words: `pulls` by sector, `other` for a text of no sector."""

    pulls: Mapping[str, float]
    other: float


def opinion_of(head: SectorHead, reading: Reading) -> Opinion:
    """The opinion on an article; cost is one look-up a token. Stems count as (1 + ln n) · idf, of length one in all."""
    counts = counted_stems(head.stems, reading.tokens, title_tokens(reading))
    sums = [0.0] * len(head.labels)
    squares = 0.0
    for stem, count in counts.items():
        said = head.stems[stem]
        value = (1.0 + math.log(count)) * said.idf
        squares += value * value
        for label, weight in said.weights:
            sums[label] += value * weight
    norm = math.sqrt(squares) or 1.0
    pulls = {label: total / norm for label, total in zip(head.labels, sums, strict=True)}
    return Opinion(pulls, pulls.pop(OTHER, 0.0) + head.other_bias)


def counted_stems(known: Container[str], tokens: Sequence[Token], headline: int) -> dict[str, float]:
    """How often each known stem is there; those of the first `headline` tokens count more, if others follow."""
    counts: dict[str, float] = {}
    in_title = TITLE_COUNTS if headline < len(tokens) else 1.0
    for place, token in enumerate(tokens[:HEARD_TOKENS]):
        if token.stem in known:
            counts[token.stem] = counts.get(token.stem, 0.0) + (in_title if place < headline else 1.0)
    return counts


def loudest_line(head: SectorHead, reading: Reading, sector: str) -> Line:
    """The sentence whose words weigh most for a sector in the head; the first where no word does."""
    wanted = head.labels.index(sector) if sector in head.labels else -1
    best, loudest = reading.lines[0], 0.0
    for line in reading.lines:
        heard = reading.tokens[line.first : min(line.last, HEARD_TOKENS)]
        said = (head.stems[token.stem] for token in heard if token.stem in head.stems)
        volume = sum(stem.idf * weight for stem in said for label, weight in stem.weights if label == wanted)
        if volume > loudest:
            best, loudest = line, volume
    return best


def title_tokens(reading: Reading) -> int:
    """How many of an article's tokens are its headline."""
    return max((line.last for line in reading.lines if line.in_title), default=0)

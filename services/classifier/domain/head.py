"""What the sector head says of an article: a pull towards each sector and towards none, from the stems it has."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from services.classifier.domain.forms import form_of
from services.classifier.domain.line import Line
from services.classifier.domain.reading import Reading
from shared.catalogue.sector_head import OTHER, SectorHead, StemWeights
from shared.language.tokens import Token

HEARD_TOKENS = 300  # the title and the lead say what an article is about; what is farther down dilutes it
BEGINNING_LETTERS = (4, 5)  # "agri", "cyber", "нефте": long enough to mean something, short enough to be shared
TITLE_COUNTS = 2.0  # a word of the headline counts as said twice, where a text stands below it


@dataclass(frozen=True, slots=True)
class Opinion:
    """The head's logits before the curated words: `pulls` by sector, `other` for a text of no sector.

    `habits` are what the form of the text alone makes likelier; they are no evidence of anything.
    """

    pulls: Mapping[str, float]
    other: float
    habits: Mapping[str, float]


def opinion_of(head: SectorHead, reading: Reading) -> Opinion:
    """The opinion on an article; cost is three look-ups a token."""
    headline = title_tokens(reading)
    by_stems = _voice(head.stems, counted_stems(head.stems, reading.tokens, headline), len(head.labels))
    counts = counted_beginnings(head.beginnings, reading.tokens, headline)
    by_beginnings = _voice(head.beginnings, counts, len(head.labels))
    pulls = {label: a + b for label, a, b in zip(head.labels, by_stems, by_beginnings, strict=True)}
    habit = head.habits.get(form_of(reading)) if head.habits else None
    habits = dict(zip(head.labels, habit, strict=True)) if habit else {}
    return Opinion(pulls, pulls.pop(OTHER, 0.0) + head.other_bias + habits.pop(OTHER, 0.0), habits)


def _voice(said: Mapping[str, StemWeights], counts: Mapping[str, float], labels: int) -> list[float]:
    """What the counted stems or beginnings say, each as (1 + ln n) · idf, of length one in all; a logit a label."""
    sums = [0.0] * labels
    squares = 0.0
    for key, count in counts.items():
        each = said[key]
        value = each.idf if count == 1.0 else (1.0 + math.log(count)) * each.idf
        squares += value * value
        for label, weight in each.weights:
            sums[label] += value * weight
    norm = math.sqrt(squares) or 1.0
    return [total / norm for total in sums]


def counted_stems(known: Container[str], tokens: Sequence[Token], headline: int) -> dict[str, float]:
    """How often each known stem is there; those of the first `headline` tokens count more, if others follow."""
    counts: dict[str, float] = {}
    in_title = TITLE_COUNTS if headline < len(tokens) else 1.0
    for place, token in enumerate(tokens[:HEARD_TOKENS]):
        if token.stem in known:
            counts[token.stem] = counts.get(token.stem, 0.0) + (in_title if place < headline else 1.0)
    return counts


def counted_beginnings(known: Container[str], tokens: Sequence[Token], headline: int) -> dict[str, float]:
    """How often each known beginning of a longer word is there, counted as stems are."""
    counts: dict[str, float] = {}
    in_title = TITLE_COUNTS if headline < len(tokens) else 1.0
    for place, token in enumerate(tokens[:HEARD_TOKENS]):
        word = token.folded
        for letters in BEGINNING_LETTERS:
            if len(word) <= letters:
                break
            start = word[:letters]
            if start in known:
                counts[start] = counts.get(start, 0.0) + (in_title if place < headline else 1.0)
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

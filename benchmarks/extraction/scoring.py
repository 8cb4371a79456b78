"""The scorer of scrapinghub/article-extraction-benchmark: shingles of four words, counted; P, R and F1 over pages."""

from __future__ import annotations

import random
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_SHINGLE_WORDS = 4
_RESAMPLES = 500


@dataclass(frozen=True)
class PageScore:
    """How much of one page's true text was found, added and missed; the shares of the three add up to 1 (or 0)."""

    found: float
    added: float
    missed: float

    @property
    def precision(self) -> float | None:
        """Return the share of the found text that is true; None where nothing was found."""
        return self.found / (self.found + self.added) if self.found + self.added else None

    @property
    def recall(self) -> float | None:
        """Return the share of the true text that was found; None where there is none."""
        return self.found / (self.found + self.missed) if self.found + self.missed else None


@dataclass(frozen=True)
class Quality:
    """Mean precision and recall over pages, their F1, and its standard deviation over resampled pages."""

    precision: float
    recall: float
    f1: float
    deviation: float


def page_score(true: str, found: str) -> PageScore:
    """Score one page."""
    truth, guess = _shingles(true), _shingles(found)
    both = sum((truth & guess).values())
    added, missed = sum(guess.values()) - both, sum(truth.values()) - both
    whole = both + added + missed or 1
    return PageScore(both / whole, added / whole, missed / whole)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    count = max(1, len(words) - _SHINGLE_WORDS + 1)
    return Counter(tuple(words[start : start + _SHINGLE_WORDS]) for start in range(count))


def quality_of(scores: Sequence[PageScore]) -> Quality:
    """Return the means over all pages."""
    precision, recall, f1 = _means(scores)
    dice = random.Random(20251205)
    resampled = [_means(dice.choices(scores, k=len(scores)))[2] for _ in range(_RESAMPLES)]
    return Quality(precision, recall, f1, statistics.stdev(resampled))


def _means(scores: Sequence[PageScore]) -> tuple[float, float, float]:
    precision = statistics.mean([score.precision for score in scores if score.precision is not None] or [0.0])
    recall = statistics.mean([score.recall for score in scores if score.recall is not None] or [0.0])
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0

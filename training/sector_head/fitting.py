"""Fits the head: multinomial logistic regression over stems, the curated words' voice beside them, by L-BFGS.

Each set has label frequencies of its own, which say nothing of the news: they are learnt as offsets of the set and
thrown away. Deterministic: no sampling, rows in a fixed order, weights kept to the hundredth.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.optimize
import scipy.sparse

from shared.catalogue.sector_head import OTHER, SectorHead, StemWeights
from training.sector_head.rows import Row

LEXICON_WEIGHT = 2.2  # of ln(1 + a sector's sum): near what a fit gives; fixed, as a free one did not carry over
STEM_PENALTY, OFFSET_PENALTY = 1.0, 0.02  # L2; stems are many and must earn their weight, offsets are the sets' own
LEAST_TEXTS = 2  # a stem of one text says nothing of the next
SET_POWER = 0.5  # a set of n texts weighs n ** (1 - 0.5): large sets lead without drowning the small
STEPS = 120
LEAST_WEIGHT = 0.1  # smaller weights change hardly a verdict and make up most of the file
RIVALS = 10  # OTHER's offset is measured against a set's ten commonest sectors


@dataclass(frozen=True)
class _Problem:
    """The rows as matrices: stems, words, sets (one column each), targets and the weight of each row."""

    stems: Any
    words: Any
    sets: Any
    targets: Any
    weights: Any


def fitted_head(rows: Sequence[Row], sectors: Sequence[str]) -> SectorHead:
    """The head that these rows teach; `sectors` are all that it shall know, those without rows stay silent."""
    labels = (*sectors, OTHER)
    idf = _idf(rows)
    problem = _problem(rows, labels, idf)
    weights, offsets = _solve(problem, len(labels), len(idf))
    kept = {
        stem: StemWeights(idf[stem], tuple((at, float(w)) for at, w in enumerate(column) if abs(w) >= LEAST_WEIGHT))
        for stem, column in zip(idf, weights.T, strict=True)
    }
    return SectorHead("", labels, kept, LEXICON_WEIGHT, round(_other_bias(offsets), 2))


def _idf(rows: Sequence[Row]) -> dict[str, float]:
    """Inverse document frequency of the stems to learn, within the script's own texts."""
    texts = Counter(row.language for row in rows)
    found = Counter(stem for row in rows for stem in row.stems)
    kept = sorted(stem for stem, times in found.items() if times >= LEAST_TEXTS)
    return {
        stem: math.log((1 + texts[_language(stem)]) / (1 + min(found[stem], texts[_language(stem)]))) + 1
        for stem in kept
    }


def _language(stem: str) -> str:
    if "\u0900" <= stem[0] <= "\u097f":
        return "hi"
    return "ru" if "\u0400" <= stem[0] <= "\u04ff" else "en"


def _problem(rows: Sequence[Row], labels: Sequence[str], idf: dict[str, float]) -> _Problem:
    at = {stem: number for number, stem in enumerate(idf)}
    places: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        counted = [(at[stem], (1 + math.log(n)) * idf[stem]) for stem, n in sorted(row.stems.items()) if stem in at]
        norm = math.sqrt(sum(value * value for _, value in counted)) or 1.0
        places += [place for place, _ in counted]
        values += [value / norm for _, value in counted]
        ends.append(len(places))
    sizes = Counter(row.source for row in rows)
    sets = sorted(sizes)
    member = ([1.0] * len(rows), (range(len(rows)), [sets.index(row.source) for row in rows]))
    weights = np.array([sizes[row.source] ** -SET_POWER for row in rows])
    return _Problem(
        stems=scipy.sparse.csr_matrix((values, places, ends), shape=(len(rows), len(idf))),
        words=np.array([[math.log1p(row.words.get(label, 0.0)) for label in labels] for row in rows]),
        sets=scipy.sparse.csr_matrix(member, shape=(len(rows), len(sets))),
        targets=np.array([[row.target.get(label, 0.0) for label in labels] for row in rows]),
        weights=weights * (len(rows) / weights.sum()),
    )


def _solve(problem: _Problem, labels: int, stems: int) -> tuple[Any, Any]:
    """Weights (label by stem) and offsets (set by label) of the least penalised cross-entropy."""
    cut = labels * stems
    spoken = LEXICON_WEIGHT * problem.words

    def loss(flat: Any) -> tuple[float, Any]:  # noqa: ANN401 - numpy's arrays
        weights, offsets = flat[:cut].reshape(labels, stems), flat[cut:].reshape(-1, labels)
        logits = problem.stems @ weights.T + problem.sets @ offsets + spoken
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=1, keepdims=True)
        wrong = (shares - problem.targets) * problem.weights[:, None]
        cost = -(problem.weights[:, None] * problem.targets * np.log(shares + 1e-12)).sum()
        cost += STEM_PENALTY / 2 * (weights**2).sum() + OFFSET_PENALTY / 2 * (offsets**2).sum()
        slope_weights = (problem.stems.T @ wrong).T + STEM_PENALTY * weights
        slope_offsets = problem.sets.T @ wrong + OFFSET_PENALTY * offsets
        return float(cost), np.concatenate([slope_weights.ravel(), slope_offsets.ravel()])

    start = np.zeros(cut + problem.sets.shape[1] * labels)
    best = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return best[:cut].reshape(labels, stems), best[cut:].reshape(-1, labels)


def _other_bias(offsets: Any) -> float:  # noqa: ANN401 - a numpy array
    """How much likelier than a common sector OTHER is before the first word, on the mean of the sets."""
    return float(np.mean([own[-1] - np.sort(own[:-1])[-RIVALS:].mean() for own in offsets]))

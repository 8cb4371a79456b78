"""Fits the head: multinomial logistic regression over stems and beginnings, the words' voice beside them, by L-BFGS.

Each set has label frequencies of its own: they are learnt as offsets of the set. What the sets of one form of text have
in common is kept, bounded, as that form's habit; the rest says nothing of the news and is thrown away. Deterministic:
no sampling, rows in a fixed order, weights kept to the hundredth.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
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
# How far a form's habit may lean, in logits (with the weight of words above: by half of what one word says at most).
# Of headlines there are two families, of bare sentences one; but a headline can be of anything. A habit makes labels
# likelier only: that a set has no label for trade says nothing of how rare sentences on trade are.
HABIT_BOUNDS = {"sentence": 1.0}
# A full text names more of everything, so that "of no sector" starts higher in its sets than in those of short texts.
SHORT_FORMS = ("headline", "sentence")
RIVALS = 10  # OTHER's offset is measured against a set's ten commonest sectors


@dataclass(frozen=True)
class _Problem:
    """The rows as matrices: stems and beginnings, words, sets (one column each), targets and each row's weight."""

    stems: Any
    words: Any
    sets: Any
    targets: Any
    weights: Any


def fitted_head(rows: Sequence[Row], sectors: Sequence[str]) -> SectorHead:
    """The head that these rows teach; `sectors` are all that it shall know, those without rows stay silent."""
    labels = (*sectors, OTHER)
    stem_idf, beginning_idf = _idf(rows, [row.stems for row in rows]), _idf(rows, [row.beginnings for row in rows])
    problem = _problem(rows, labels, stem_idf, beginning_idf)
    weights, offsets = _solve(problem, len(labels), len(stem_idf) + len(beginning_idf))
    return SectorHead(
        version="",
        labels=labels,
        stems=_kept(stem_idf, weights.T[: len(stem_idf)]),
        lexicon_weight=LEXICON_WEIGHT,
        other_bias=round(_other_bias(offsets), 2),
        beginnings=_kept(beginning_idf, weights.T[len(stem_idf) :]),
        habits=_habits(rows, offsets),
    )


def _kept(idf: Mapping[str, float], columns: Any) -> dict[str, StemWeights]:  # noqa: ANN401 - numpy's array
    return {
        key: StemWeights(idf[key], tuple((at, float(w)) for at, w in enumerate(column) if abs(w) >= LEAST_WEIGHT))
        for key, column in zip(idf, columns, strict=True)
    }


def _idf(rows: Sequence[Row], counts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Inverse document frequency of what is to be learnt, within the script's own texts."""
    texts = Counter(row.language for row in rows)
    found = Counter(key for counted in counts for key in counted)
    kept = sorted(key for key, times in found.items() if times >= LEAST_TEXTS)
    return {
        key: math.log((1 + texts[_language(key)]) / (1 + min(found[key], texts[_language(key)]))) + 1 for key in kept
    }


def _language(stem: str) -> str:
    if "\u0900" <= stem[0] <= "\u097f":
        return "hi"
    return "ru" if "\u0400" <= stem[0] <= "\u04ff" else "en"


def _problem(
    rows: Sequence[Row], labels: Sequence[str], stem_idf: Mapping[str, float], beginning_idf: Mapping[str, float]
) -> _Problem:
    sizes = Counter(row.source for row in rows)
    sets = sorted(sizes)
    member = ([1.0] * len(rows), (range(len(rows)), [sets.index(row.source) for row in rows]))
    weights = np.array([sizes[row.source] ** -SET_POWER for row in rows])
    stems, beginnings = _matrix([r.stems for r in rows], stem_idf), _matrix([r.beginnings for r in rows], beginning_idf)
    return _Problem(
        stems=scipy.sparse.hstack([stems, beginnings]).tocsr(),
        words=np.array([[math.log1p(row.words.get(label, 0.0)) for label in labels] for row in rows]),
        sets=scipy.sparse.csr_matrix(member, shape=(len(rows), len(sets))),
        targets=np.array([[row.target.get(label, 0.0) for label in labels] for row in rows]),
        weights=weights * (len(rows) / weights.sum()),
    )


def _matrix(counts: Sequence[Mapping[str, float]], idf: Mapping[str, float]) -> Any:  # noqa: ANN401 - scipy's matrix
    """One row a text, of length one, as the classifier hears it."""
    at = {key: number for number, key in enumerate(idf)}
    places: list[int] = []
    values: list[float] = []
    ends = [0]
    for counted in counts:
        heard = [(at[key], (1 + math.log(n)) * idf[key]) for key, n in sorted(counted.items()) if key in at]
        norm = math.sqrt(sum(value * value for _, value in heard)) or 1.0
        places += [place for place, _ in heard]
        values += [value / norm for _, value in heard]
        ends.append(len(places))
    return scipy.sparse.csr_matrix((values, places, ends), shape=(len(counts), len(idf)))


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
    return float(np.mean([_above_rivals(own) for own in offsets]))


def _above_rivals(own: Any) -> float:  # noqa: ANN401 - a numpy array
    """By how much a set's offset of OTHER exceeds those of its commonest sectors."""
    return float(own[-1] - np.sort(own[:-1])[-RIVALS:].mean())


def _habits(rows: Sequence[Row], offsets: Any) -> dict[str, tuple[float, ...]]:  # noqa: ANN401 - a numpy array
    """What the sets of one form lean to in common, each family of sets having one voice.

    OTHER's share in it is that of the short forms together: what is left out of a lesson must not shift it.
    """
    family = {row.source: row.family for row in rows}
    forms = {
        source: Counter(row.form for row in rows if row.source == source).most_common(1)[0][0] for source in family
    }
    leanings: dict[str, dict[str, list[Any]]] = {form: {} for form in SHORT_FORMS}
    others: dict[str, list[float]] = {}
    for source, own in zip(sorted(family), offsets, strict=True):
        if forms[source] in SHORT_FORMS:
            leanings[forms[source]].setdefault(family[source], []).append(own[:-1] - np.median(own[:-1]))
            others.setdefault(family[source], []).append(_above_rivals(own))
    if not others:
        return {}
    other = float(np.mean([np.mean(own) for own in others.values()])) - _other_bias(offsets)
    habits: dict[str, tuple[float, ...]] = {}
    for form, voices in leanings.items():
        mean = np.mean([np.mean(own, axis=0) for own in voices.values()] or [np.zeros(offsets.shape[1] - 1)], axis=0)
        bounded = np.clip(mean, 0.0, HABIT_BOUNDS.get(form, 0.0))
        habits[form] = (*(round(float(each), 2) for each in bounded), round(other, 2))
    return habits

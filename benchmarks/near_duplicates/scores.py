"""Counts what an engine found: the part of the copies of each kind, and the texts it linked with strangers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.near_duplicates.corpora import Labelled, Text, alone
from benchmarks.near_duplicates.made_copies import KINDS, copy_of, press_of

ORIGINALS = 500
FEWEST_WORDS_OF_ORIGINAL = 150
SEED = 20260101


@dataclass(frozen=True)
class Sample:
    """Texts in the order of their coming: the cluster of each, and the kind of those that are copies."""

    texts: Sequence[Text]
    clusters: Sequence[str]
    kinds: Sequence[str | None]


@dataclass(frozen=True)
class Score:
    """The part of copies found, by kind; how many texts were linked with a text of another cluster."""

    recall: dict[str, float]
    copies_astray: int
    others_linked: int


@dataclass(frozen=True)
class PairScore:
    """Precision and recall on labelled pairs."""

    found: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The part of the pairs found that are pairs."""
        return self.found / max(1, self.found + self.wrong)

    @property
    def recall(self) -> float:
        """The part of the pairs that were found."""
        return self.found / max(1, self.found + self.missed)


def made_sample(texts: Sequence[Text], originals: int = ORIGINALS, seed: int = SEED) -> Sample:
    """Return originals and the other texts in a chance order, then a copy of each kind of each original."""
    chance = random.Random(seed)
    fit = [text for text in alone(texts) if len(text.body.split()) >= FEWEST_WORDS_OF_ORIGINAL]
    chosen = chance.sample(fit, k=min(originals, len(fit)))
    taken = {id(text) for text in chosen}
    press = press_of(texts)
    first: list[tuple[Text, str, str | None]] = [(text, f"original {at}", None) for at, text in enumerate(chosen)]
    first += [(text, f"other {at}", None) for at, text in enumerate(texts) if id(text) not in taken]
    copies: list[tuple[Text, str, str | None]] = [
        (copy_of(text, kind, press, chance), f"original {at}", kind) for at, text in enumerate(chosen) for kind in KINDS
    ]
    chance.shuffle(first)
    chance.shuffle(copies)
    rows = [*first, *copies]
    return Sample([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


def score_of(sample: Sample, links: Sequence[Sequence[int]]) -> Score:
    """Return how well these links to earlier texts join the sample's clusters."""
    found, all_of = Counter[str](), Counter[str]()
    astray, others = 0, 0
    for at, kind in enumerate(sample.kinds):
        met = {sample.clusters[other] for other in links[at]}
        strangers = bool(met - {sample.clusters[at]})
        if kind is None:
            others += strangers
        else:
            all_of[kind] += 1
            found[kind] += sample.clusters[at] in met
            astray += strangers
    return Score({kind: found[kind] / all_of[kind] for kind in KINDS if all_of[kind]}, astray, others)


def pair_score_of(labelled: Labelled, links: Sequence[Sequence[int]]) -> PairScore:
    """Return how well the links, closed over chains, agree with the labelled pairs."""
    names = list(labelled.texts)
    root = list(range(len(names)))
    for at, linked in enumerate(links):
        for other in linked:
            old, new = root[at], root[other]
            root = [new if each == old else each for each in root]
    together: dict[int, list[str]] = {}
    for at, name in enumerate(names):
        together.setdefault(root[at], []).append(name)
    pairs = {
        frozenset((one, other))
        for group in together.values()
        for i, one in enumerate(group)
        for other in group[i + 1 :]
    }
    found = len(pairs & labelled.pairs)
    return PairScore(found, len(pairs) - found, len(labelled.pairs) - found)

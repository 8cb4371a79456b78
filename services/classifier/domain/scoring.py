"""How good verdicts are against labels: precision, recall, F1, accuracy, and what is taken for what. Pure.

Micro averages count every label alike, macro averages every kind of label alike (Sokolova and Lapalme 2009,
https://doi.org/10.1016/j.ipm.2009.03.002).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.classifier.domain.labels import NO_STAGE, Labels, Mistake, Said, mistakes_of

NOTHING = "nothing"  # stands in a confusion for a label that was missed, or said, with no other in its place
_GRAVITY = {"relevance": 3, "agreement": 2, "stage": 2, "sector": 1}


@dataclass(frozen=True, slots=True)
class Measured:
    """Precision, recall and F1 (each 0..1) over `labels` labels; all 1 where there was nothing to find nor found."""

    precision: float
    recall: float
    f1: float
    labels: int


@dataclass
class Tally:
    """Hits, false alarms and misses by label."""

    hit: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def count(self, meant: frozenset[str], said: frozenset[str]) -> None:
        """Count one article's labels."""
        self.hit.update(meant & said)
        self.false.update(said - meant)
        self.missed.update(meant - said)

    def micro(self) -> Measured:
        """Measure over all labels alike."""
        return _measured(self.hit.total(), self.false.total(), self.missed.total())

    def by_label(self) -> dict[str, Measured]:
        """Measure each label that was meant anywhere."""
        names = sorted({*self.hit, *self.missed})
        return {name: _measured(self.hit[name], self.false[name], self.missed[name]) for name in names}

    def macro_f1(self) -> float:
        """Return the mean F1 of the labels that were meant anywhere; 1 for none."""
        each = self.by_label().values()
        return sum(measured.f1 for measured in each) / len(each) if each else 1.0


@dataclass
class Scores:
    """The tallies of some articles; `articles` of them were scored."""

    articles: int = 0
    relevance: Tally = field(default_factory=Tally)
    sectors: Tally = field(default_factory=Tally)
    agreements: Tally = field(default_factory=Tally)
    stages_right: int = 0
    stages_asked: int = 0

    @property
    def stage_accuracy(self) -> float:
        """The part of the labelled stages that were said; a missed agreement's counts as wrong; 1 for none."""
        return self.stages_right / self.stages_asked if self.stages_asked else 1.0

    def count(self, labels: Labels, said: Said) -> None:
        """Count one article."""
        self.articles += 1
        if labels.relevant is not None:
            self.relevance.count(_as_label(labels.relevant), _as_label(said.relevant))
        if labels.sectors is not None:
            self.sectors.count(labels.sectors, said.sectors)
        if labels.agreements is not None:
            self.agreements.count(labels.agreements, said.agreements)
        self.stages_asked += len(labels.stages)
        self.stages_right += sum(said.stages.get(each, NO_STAGE) == stage for each, stage in labels.stages.items())


@dataclass(frozen=True, slots=True)
class Missed:
    """An article that was judged wrongly, and in what."""

    article_id: str
    title: str
    language: str
    mistakes: tuple[Mistake, ...]

    @property
    def gravity(self) -> int:
        """How grave the mistakes are together: relevance 3, an agreement or a stage 2, a sector 1."""
        return sum(_GRAVITY[mistake.of] for mistake in self.mistakes)


@dataclass
class Report:
    """Scores over all and by language, what was taken for what, and the articles that were judged wrongly."""

    all: Scores = field(default_factory=Scores)
    by_language: dict[str, Scores] = field(default_factory=dict)
    sectors_taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    stages_taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: list[Missed] = field(default_factory=list)

    def add(self, article_id: str, title: str, language: str, labels: Labels, said: Said) -> None:
        """Score one article; `language` is that of its labels, or else the one that was found."""
        for scores in (self.all, self.by_language.setdefault(language, Scores())):
            scores.count(labels, said)
        if labels.sectors is not None:
            self.sectors_taken.update(_taken(labels.sectors, said.sectors))
        self.stages_taken.update((stage, said.stages.get(each, NO_STAGE)) for each, stage in labels.stages.items())
        mistakes = mistakes_of(labels, said)
        if mistakes:
            self.missed.append(Missed(article_id, title, language, mistakes))

    def worst(self, most: int) -> Sequence[Missed]:
        """Return the articles with the gravest mistakes, at most so many."""
        return sorted(self.missed, key=lambda missed: (-missed.gravity, missed.article_id))[:most]


def _taken(meant: frozenset[str], said: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Yield (meant, said) pairs: hits with themselves, and each miss with each that was said in its place."""
    missed, false = meant - said, said - meant
    yield from ((each, each) for each in meant & said)
    yield from ((one, other) for one in missed or ({NOTHING} if false else set()) for other in false or {NOTHING})


def _as_label(relevant: bool) -> frozenset[str]:  # noqa: FBT001
    return frozenset({"relevant"}) if relevant else frozenset()


def _measured(hit: int, false: int, missed: int) -> Measured:
    if not hit + false + missed:
        return Measured(1.0, 1.0, 1.0, 0)
    precision = hit / (hit + false) if hit + false else 0.0
    recall = hit / (hit + missed) if hit + missed else 0.0
    return Measured(precision, recall, 2 * hit / (2 * hit + false + missed), hit + missed)

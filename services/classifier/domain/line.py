"""One sentence of an article, and the places where something was found in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.classifier.domain.lexicon import GenericWord, SideWord


@dataclass(slots=True)
class Hit:
    """Something found, by its first and last token."""

    first: int
    last: int


@dataclass(slots=True)
class NameHit(Hit):
    """A name of an agreement found."""

    agreement: str
    weak: bool


@dataclass(slots=True)
class CueHit(Hit):
    """A word that reports a stage found."""

    stage: str
    expected: bool


@dataclass(slots=True)
class SectorHit(Hit):
    """A word of a sector found; `term` tells words apart, `general` those of the field at large."""

    sector: str
    weight: float
    term: str
    general: bool = False


@dataclass(slots=True)
class Line:
    """One sentence: where it stands, how much it weighs, and what was found in it.

    `reports` are its stage words once they have been weighed against each other; None before.
    """

    start: int
    end: int
    first: int
    last: int
    in_title: bool
    place: int
    weight: float
    sides: dict[str, float] = field(default_factory=dict)
    thirds: set[str] = field(default_factory=set)
    roads: set[str] = field(default_factory=set)
    names: list[NameHit] = field(default_factory=list)
    cues: list[CueHit] = field(default_factory=list)
    sectors: list[SectorHit] = field(default_factory=list)
    groups: dict[int, list[Hit]] = field(default_factory=dict)
    frames: dict[str, list[Hit]] = field(default_factory=dict)
    refusals: dict[str, list[Hit]] = field(default_factory=dict)
    side_hits: list[tuple[Hit, SideWord]] = field(default_factory=list)
    third_hits: list[tuple[Hit, str]] = field(default_factory=list)
    bound: bool = False
    partners: set[str] = field(default_factory=set)
    bloc: bool = False
    generics: list[tuple[Hit, GenericWord]] = field(default_factory=list)
    masks: list[Hit] = field(default_factory=list)
    sports: list[Hit] = field(default_factory=list)
    reports: list[CueHit] | None = None

    def has_pair(self) -> bool:
        """Whether both sides are named in this sentence."""
        return "india" in self.sides and "russia" in self.sides

"""What the catalogue holds: agreements, sectors, sources, stages and the words for the two sides, all immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

AgreementKind = Literal["agreement", "mou", "protocol", "programme", "project", "mechanism", "declaration", "target"]
SourceKind = Literal["rss", "atom", "json", "page", "sitemap", "telegram", "watch"]
Side = Literal["india", "russia"]
Pattern = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class DatedStage:
    """One known step: `date` is ISO 8601 of the precision known ("2025-12-05", "2025-12", "2025") or None."""

    date: str | None
    stage: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """How a text names an agreement.

    `aliases` suffice in an article about both states; `weak` names and `patterns` count only beside both sides and no
    third country. `exact_case` names count as written, `near` names want company, `unless` refuses weak names beside
    its words. `implies` are sides the name itself proves, `needs` sides that must stand around it. `companions` are the
    third countries that belong to a multilateral item. `generic` maps another item to words that mean this one in the
    sentences after that item ("a joint working group" after the health agreement).
    """

    aliases: Mapping[str, tuple[str, ...]]
    weak: Mapping[str, tuple[str, ...]]
    exact_case: frozenset[str] = frozenset()
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    implies: frozenset[Side] = frozenset()
    needs: frozenset[Side] = frozenset()
    background: bool = False
    companions: frozenset[str] = frozenset()
    generic: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement, mechanism, target or project that can be watched; `aliases` maps a language to all its names.

    `watch` is the query of its rule where that is to ask for more, or less, than the agreement itself.
    `part_of` is the id of the body that this one belongs to: a working group's commission.
    """

    id: str
    short_name: str
    official_name: str
    kind: AgreementKind
    sectors: tuple[str, ...]
    aliases: Mapping[str, tuple[str, ...]]
    current_stage: str
    naming: Naming
    parties: tuple[str, ...] = ()
    dates: tuple[DatedStage, ...] = ()
    recurring: str = ""
    status_note: str = ""
    ratified_india: str = ""
    in_force: str = ""
    ambiguity: tuple[str, ...] = ()
    confusable: tuple[str, ...] = ()
    part_of: str = ""
    watch: str = ""

    @property
    def query(self) -> str:
        """What the rule of this agreement asks for."""
        return self.watch or f"agreement:{self.id}"


@dataclass(frozen=True, slots=True)
class SectorTerm:
    """A word that speaks for a sector, with its weight (0.25 to 3) and its conditions.

    `general` words are what newspapers, ministries and encyclopaedias use of the field anywhere in the world.
    """

    text: str
    language: str
    weight: float
    exact_case: bool = False
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    general: bool = False


@dataclass(frozen=True, slots=True)
class Sector:
    """A field of cooperation that can be watched; `name` maps a language to its name.

    `scenery`: its words often tell only where the news happens ("ahead of the summit"), and then count little.
    """

    id: str
    name: Mapping[str, str]
    definition: str
    examples: tuple[str, ...]
    not_in_it: str
    threshold: float
    terms: tuple[SectorTerm, ...]
    scenery: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A place where news appears; `feed_confidence` says how sure the address is."""

    id: str
    name: str
    country: str
    language: tuple[str, ...]
    owner: str
    kind: SourceKind
    url: str
    alt_urls: tuple[str, ...] = ()
    frequency: str = ""
    feed_confidence: str = "low"
    quirks: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step in an agreement's life and the words that report it; `severity` 1 (worth knowing) to 3 (waited for)."""

    id: str
    label: Mapping[str, str]
    rank: int
    severity: int
    kinds: frozenset[str] = frozenset()
    cues: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """The words around a stage cue: tense, denial, scenery, who says so; `made` tells beside a paper of its signing."""

    modal: tuple[str, ...]
    awaited: tuple[str, ...]
    future_hi: tuple[str, ...]
    denied: tuple[str, ...]
    past: tuple[str, ...]
    backdrop: tuple[str, ...]
    say: tuple[str, ...]
    agencies: tuple[str, ...]
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parties:
    """The names of the two sides (with weight), of the bloc that speaks for one, and of third countries.

    `bloc_members` are the third countries that belong to the bloc; `sport` are words of reports in which the two
    compete and have no dealings. `mask` are names that contain a side's name without
    meaning it (Indian Ocean).
    """

    india: Mapping[str, float]
    russia: Mapping[str, float]
    bloc: tuple[str, ...]
    third: Mapping[str, tuple[str, ...]]
    exact_case: frozenset[str]
    mask: tuple[str, ...] = ()
    bloc_members: frozenset[str] = frozenset()
    sport: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All of it, checked; `version` is a short hash of the files, so that a verdict can name what it was judged by."""

    version: str
    agreements: Mapping[str, Agreement]
    sectors: Mapping[str, Sector]
    sources: Mapping[str, Source]
    stages: Mapping[str, Stage]
    parties: Parties
    claim_words: ClaimWords
    wordgroups: Mapping[str, tuple[str, ...]]

"""A claim of the article with what decides which one is the main one, and the readings of a list of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.classifier.domain.line import Line
from shared.contracts.verdict import Claim, Claimant


@dataclass(slots=True)
class Bound:
    """A claim with what decides whether it is the main one.

    `inferred`: the article does not say so, convention concludes it; it may give the main stage but is never listed.
    """

    claim: Claim
    value: float
    law: bool = False
    background: bool = False
    inferred: bool = False


def main_bound(bounds: Iterable[Bound]) -> Bound | None:
    """The main reported claim; the bounds stand main first."""
    return next((bound for bound in bounds if bound.claim.tense == "reported"), None)


def claims_kept(bounds: Iterable[Bound]) -> tuple[Claim, ...]:
    """What the article itself says, without repeats of the same stage, tense and date."""
    kept: dict[tuple[str, str, str | None], Claim] = {}
    for bound in bounds:
        if not bound.inferred:
            kept.setdefault((bound.claim.stage, bound.claim.tense, bound.claim.date), bound.claim)
    return tuple(kept.values())


def claimant_of(line: Line) -> Claimant:
    """Who says what the sentence says."""
    if "agency" in line.frames:
        return "agency"
    if "say" in line.frames and line.sides:
        sides: set[str] = {word.side for _, word in line.side_hits if word.weight < 1.0} or set(line.sides)
        if len(sides) == 1:
            return "india" if "india" in sides else "russia"
    return "press"

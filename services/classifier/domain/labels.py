"""What a person says of an article, and what of it a verdict got wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts.verdict import ArticleText, Verdict

NO_STAGE = "no stage"  # what a verdict that missed the agreement, or found no stage of it, is held to have said


@dataclass(frozen=True, slots=True)
class Labels:
    """What an article is about, as a person says; None where nobody said anything, which is then not scored.

    `stages` maps ids of agreements to the stage that the article reports of them; it may name some of them only.
    """

    relevant: bool | None = None
    sectors: frozenset[str] | None = None
    agreements: frozenset[str] | None = None
    stages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article with a person's labels."""

    article: ArticleText
    labels: Labels


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict in the form of labels; `stages` has the stage of every agreement found, `NO_STAGE` where none is."""

    relevant: bool
    sectors: frozenset[str]
    agreements: frozenset[str]
    stages: Mapping[str, str]
    language: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing in which a verdict differs from the labels: what was meant, and what was said.

    `of` is relevance, sector, agreement or stage; an empty `meant` is something said too much, an empty `said`
    something missed.
    """

    of: str
    meant: str
    said: str


def said_in(verdict: Verdict) -> Said:
    """Return the verdict in the form of labels."""
    return Said(
        relevant=verdict.relevant,
        sectors=frozenset(finding.id for finding in verdict.sectors),
        agreements=frozenset(finding.id for finding in verdict.agreements),
        stages={finding.id: finding.stage or NO_STAGE for finding in verdict.agreements},
        language=verdict.language,
    )


def mistakes_of(labels: Labels, said: Said) -> tuple[Mistake, ...]:
    """Return in what the verdict differs from the labels, the gravest kind first."""
    found = []
    if labels.relevant is not None and labels.relevant != said.relevant:
        found.append(Mistake("relevance", _spelt(labels.relevant), _spelt(said.relevant)))
    found += _differences("agreement", labels.agreements, said.agreements)
    for agreement, stage in sorted(labels.stages.items()):
        given = said.stages.get(agreement, NO_STAGE)
        if given != stage:
            found.append(Mistake("stage", f"{agreement} {stage}", f"{agreement} {given}"))
    return (*found, *_differences("sector", labels.sectors, said.sectors))


def _differences(of: str, meant: frozenset[str] | None, said: frozenset[str]) -> list[Mistake]:
    if meant is None:
        return []
    return [
        *(Mistake(of, each, "") for each in sorted(meant - said)),
        *(Mistake(of, "", each) for each in sorted(said - meant)),
    ]


def _spelt(relevant: bool) -> str:  # noqa: FBT001
    return "relevant" if relevant else "not relevant"

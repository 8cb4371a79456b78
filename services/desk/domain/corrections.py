"""What a person says that an article is about, where the classifier said something else: checked, and merged. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.kit.errors import WrongInput
from shared.kit.text import one_line, storable

LONGEST_NAME_CHARACTERS = 100
LONGEST_NOTE_CHARACTERS = 2000
_MOST_NAMED = 12  # ids in a mend; the catalogue has more


@dataclass(frozen=True, slots=True)
class Correction:
    """One person's labels of one article; None is a label that was not spoken of, an empty one says that there is none.

    `stages` maps ids of agreements to what the article reports of them. `classifier` is the version that the person
    corrects, None where the article had no verdict. `revision` is the version of the article's text that they read.
    """

    correction_id: UUID
    article_id: UUID
    author: str
    created_at: datetime
    relevant: bool | None = None
    sectors: tuple[str, ...] | None = None
    agreements: tuple[str, ...] | None = None
    stages: Mapping[str, str] | None = None
    note: str = ""
    classifier: str | None = None
    revision: int = 1


@dataclass(frozen=True, slots=True)
class JudgedArticle:
    """An article that can be corrected: the version of its text that stands now, and what judged it last, if any."""

    revision: int
    classifier: str | None


@dataclass(frozen=True, slots=True)
class GivenLabels:
    """Labels as a person or a program gave them, not checked yet."""

    relevant: bool | None = None
    sectors: Collection[str] | None = None
    agreements: Collection[str] | None = None
    stages: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CatalogueIds:
    """What labels may name."""

    sectors: Collection[str]
    agreements: Collection[str]
    stages: Collection[str]


@dataclass(frozen=True, slots=True)
class CorrectedArticle:
    """A version of an article with the labels that hold: of each kind the newest that anybody gave for that version.

    `is_newest` is false where its source has rewritten the article since.
    """

    article_id: UUID
    revision: int
    is_newest: bool
    url: str
    title: str
    text: str
    language: str | None
    published_at: datetime | None
    relevant: bool | None
    sectors: tuple[str, ...] | None
    agreements: tuple[str, ...] | None
    stages: Mapping[str, str] = field(default_factory=dict)


def checked_labels(given: GivenLabels, known: CatalogueIds) -> GivenLabels:
    """Return the labels, sorted, each once. Raises WrongInput.

    Who says that an article is not relevant says that it is about no agreement.
    """
    sectors = _checked("sectors", given.sectors, known.sectors)
    agreements = _checked("agreements", given.agreements, known.agreements)
    stages = _checked_stages(given.stages, agreements, known)
    if given.relevant is False and (agreements or stages):
        named = min(agreements or stages or ())
        raise WrongInput(
            "agreements",
            named,
            "is named, though the article is said not to be relevant",
            mend="An article about an agreement is relevant: leave one of the two out.",
        )
    if given.relevant is False:
        agreements = ()
    if given.relevant is None and sectors is None and agreements is None and stages is None:
        raise WrongInput(
            "correction", "", "says nothing", mend="Give at least one of relevant, sectors, agreements, stages."
        )
    return GivenLabels(given.relevant, sectors, agreements, stages)


def checked_author(name: str) -> str:
    """Return the name of who corrects. Raises WrongInput."""
    clean = one_line(storable(name))
    if not clean or len(clean) > LONGEST_NAME_CHARACTERS:
        mend = f"Give the name of who says so, at most {LONGEST_NAME_CHARACTERS} characters."
        raise WrongInput("by", name, "is empty or too long", mend=mend)
    return clean


def checked_note(note: str) -> str:
    """Return the note. Raises WrongInput."""
    clean = "\n".join(one_line(line) for line in storable(note).splitlines()).strip()
    if len(clean) > LONGEST_NOTE_CHARACTERS:
        raise WrongInput("note", clean[:60], "is too long", mend=f"Use at most {LONGEST_NOTE_CHARACTERS} characters.")
    return clean


def checked_revision(read: int | None, article: JudgedArticle) -> int:
    """Return the version of the text that a correction speaks of: the one that was read, else the newest.

    Raises WrongInput for a version that the article never had.
    """
    if read is None:
        return article.revision
    if not 1 <= read <= article.revision:
        versions = "only version 1" if article.revision == 1 else f"versions 1 to {article.revision}"
        raise WrongInput("revision", str(read), "is no version of this article", mend=f"It has {versions}.")
    return read


def merged(corrections: Iterable[Correction]) -> GivenLabels:
    """Return the labels that hold after these corrections, the oldest first: the newest of each kind.

    What is said later wins where two contradict each other: a stage brings its agreement, an agreement makes the
    article relevant, and an article that is not relevant is about none.
    """
    held = GivenLabels()
    for each in corrections:
        held = _after(held, each)
    return held


def _after(held: GivenLabels, said: Correction) -> GivenLabels:
    sectors = held.sectors if said.sectors is None else said.sectors
    if said.relevant is False:
        return GivenLabels(relevant=False, sectors=sectors, agreements=(), stages={})
    stages = dict(held.stages or {}) if said.stages is None else dict(said.stages)
    agreements = held.agreements if said.agreements is None else said.agreements
    if said.agreements is not None:
        stages = {agreement: stage for agreement, stage in stages.items() if agreement in said.agreements}
    elif said.stages:
        agreements = tuple(sorted({*(held.agreements or ()), *said.stages}))
    relevant = held.relevant if said.relevant is None else said.relevant
    if said.agreements or said.stages:
        relevant = True
    spoken_of = held.stages is not None or said.stages is not None
    return GivenLabels(relevant, sectors, agreements, stages if spoken_of else None)


def _checked(name: str, ids: Collection[str] | None, known: Collection[str]) -> tuple[str, ...] | None:
    if ids is None:
        return None
    for each in ids:
        _check(name, each, known)
    return tuple(sorted(set(ids)))


def _checked_stages(
    stages: Mapping[str, str] | None, agreements: tuple[str, ...] | None, known: CatalogueIds
) -> dict[str, str] | None:
    if stages is None:
        return None
    for agreement, stage in stages.items():
        _check("stages", agreement, known.agreements)
        _check(f"stages.{agreement}", stage, known.stages)
        if agreements is not None and agreement not in agreements:
            raise WrongInput("stages", agreement, "is not among the agreements", mend="Add it to them, or drop it.")
    return dict(sorted(stages.items()))


def _check(name: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        alike = sorted(each for each in known if value[:3] and each.startswith(value[:3])) or sorted(known)
        some = ", ".join(alike[:_MOST_NAMED])
        raise WrongInput(
            name, value, "is not in the catalogue", mend=f"Use an id of `pactwatch catalogue`, such as {some}."
        )

"""What the classifier says of an article: the same words on the bus, in the table and in `pactwatch classify`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["en", "ru", "hi"]
Tense = Literal["reported", "expected", "denied"]
Claimant = Literal["india", "russia", "agency", "press"]


class Frozen(BaseModel):
    """A value: never changed after it is made; unknown fields of a newer version are ignored when read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ArticleText(Frozen):
    """What the classifier reads: an article's words, without the page around them.

    `language` is what the source says; None lets the classifier find out. `published` is aware, in UTC.
    """

    id: str
    title: str = ""
    text: str = ""
    language: Language | None = None
    published: datetime | None = None
    url: str | None = None


class Claim(Frozen):
    """What the article says happened, or will happen, to an agreement, and the sentence that says so.

    `date` is ISO 8601 of the precision the article gives: "2025-12-05", "2025-12", "2025", or None.
    """

    stage: str
    date: str | None = None
    tense: Tense = "reported"
    claimant: Claimant = "press"
    evidence: str


class SectorFinding(Frozen):
    """A sector that the article belongs to: score 0..1 and the sentence that weighs most."""

    id: str
    score: float = Field(ge=0, le=1)
    evidence: str


class AgreementFinding(Frozen):
    """A catalogue item that the article is about.

    `stage` is that of its main reported claim; where the article only expects one, it is what stands until then (a
    pact "to be signed" is under negotiation). `claims` hold what the article itself says, and nothing concluded.
    """

    id: str
    score: float = Field(ge=0, le=1)
    evidence: str
    stage: str | None = None
    claims: tuple[Claim, ...] = ()


class Verdict(Frozen):
    """Everything the classifier found; the findings stand in falling order of score.

    `classifier` names the versions of code and catalogue that judged, so that a verdict can be explained later.
    """

    language: Language
    relevant: bool
    relevance: float = Field(ge=0, le=1)
    relevance_evidence: str = ""
    sectors: tuple[SectorFinding, ...] = ()
    agreements: tuple[AgreementFinding, ...] = ()
    classifier: str = ""

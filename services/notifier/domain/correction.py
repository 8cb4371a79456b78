"""What those who got an alert are told when its article is edited or withdrawn; values in, values out.

Every new version is held against what was told last: the alert, or the newest correction of it. Only what the article
no longer says counts, and what it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.notifier.domain.alert import LONGEST_EVIDENCE_CHARACTERS, Alert, Article
from services.notifier.domain.retold import retold
from shared.contracts.verdict import AgreementFinding, Verdict
from shared.kit.ids import id_for
from shared.kit.text import clip, one_line
from shared.rules import Match

Kind = Literal["changed", "withdrawn"]


@dataclass(frozen=True)
class Correction:
    """What an alert told is no longer so; `before` and `after` are the article's sentences (`after` None: it is gone).

    `stands`: the article still says what was told, if otherwise; `stage` is the one that it reports now.
    """

    correction_id: UUID
    alert_id: UUID
    kind: Kind
    revision: int
    sentence: str
    before: str
    after: str | None
    stands: bool
    stage: str | None
    corrected_at: datetime
    correlation_id: UUID


@dataclass(frozen=True)
class Corrected:
    """A message: the alert that was told, and the correction of it."""

    alert: Alert
    correction: Correction


@dataclass(frozen=True)
class Raised:
    """An alert as it was told, its newest correction, and by which version its article was judged."""

    alert: Alert
    classifier: str
    corrected: Correction | None = None

    @property
    def stands(self) -> bool:
        """Tell whether its readers think that it is so."""
        return self.corrected is None or self.corrected.stands

    @property
    def stage(self) -> str | None:
        """The stage that its readers know."""
        return self.alert.stage if self.corrected is None else self.corrected.stage

    @property
    def evidence(self) -> str:
        """The sentence that its readers know."""
        if self.corrected is None:
            return self.alert.evidence
        return self.corrected.after or self.corrected.before


@dataclass(frozen=True)
class Edited:
    """A new version of an article, as it was judged, and when."""

    article: Article
    verdict: Verdict
    now: datetime
    correlation_id: UUID


def correction_of(told: Raised, edited: Edited, match: Match | None, *, rule_is_read: bool) -> Correction | None:
    """Return what is told of this version, None where it still says what was told.

    `match` is how the rule as it fired matches the new version, None where it does not; where it can no longer be read
    (not `rule_is_read`), the verdict alone counts. A verdict by another version of the classifier may differ without
    any change in the article, so then only the sentence counts.
    """
    alert, article = told.alert, edited.article
    finding = _finding(alert, edited.verdict)
    same = retold(told.evidence, article.title, article.text)
    judged_alike = told.classifier == edited.verdict.classifier
    if not judged_alike and not same.otherwise and same.sentence is not None:
        return None
    about = finding is not None or alert.agreement is None
    stands = about and (match is not None or not rule_is_read)
    stage = finding.stage if finding is not None else None
    if told.stands == stands and (not stands or (stage == told.stage and not same.otherwise)):
        return None
    after = same.sentence or (_own_words(match, finding) if stands else None)
    sentence = _sentence(told, about=about, stands=stands, stage=stage)
    return _written(told, "changed", edited, sentence, after=after, stands=stands, stage=stage)


def withdrawal_of(told: Raised, article: Article, now: datetime, correlation_id: UUID) -> Correction | None:
    """Return what is told when the article was taken down, None where that was told."""
    if told.corrected is not None and told.corrected.kind == "withdrawn":
        return None
    return Correction(
        correction_id=_id(told.alert, "withdrawn", article.revision),
        alert_id=told.alert.alert_id,
        kind="withdrawn",
        revision=article.revision,
        sentence="The article was withdrawn at its source: its page is gone.",
        before=told.evidence,
        after=None,
        stands=False,
        stage=None,
        corrected_at=now,
        correlation_id=correlation_id,
    )


def _finding(alert: Alert, verdict: Verdict) -> AgreementFinding | None:
    if alert.agreement is None or not verdict.relevant:
        return None
    return next((each for each in verdict.agreements if each.id == alert.agreement), None)


def _own_words(match: Match | None, finding: AgreementFinding | None) -> str | None:
    words = finding.evidence if finding is not None else (match.evidence if match is not None else "")
    return words or None


def _sentence(told: Raised, *, about: bool, stands: bool, stage: str | None) -> str:
    alert = told.alert
    if not about:
        return f"The article was edited and no longer tells of {alert.agreement}."
    if stage != told.stage:
        return f"The article was edited: it said {_spoken(told.stage)}, now it says {_spoken(stage)}."
    if not stands:
        return f"The article was edited and no longer says what “{one_line(alert.rule_name)}” watches for."
    if not told.stands:
        return "The article was edited again and says so once more."
    return "The article was edited: the sentence that was told says something else now."


def _spoken(stage: str | None) -> str:
    return (stage or "no stage").replace("_", " ").replace("-", " ")


def _written(
    told: Raised, kind: Kind, edited: Edited, sentence: str, *, after: str | None, stands: bool, stage: str | None
) -> Correction:
    revision = edited.article.revision
    return Correction(
        correction_id=_id(told.alert, kind, revision),
        alert_id=told.alert.alert_id,
        kind=kind,
        revision=revision,
        sentence=sentence,
        before=told.evidence,
        after=None if after is None else clip(one_line(after), LONGEST_EVIDENCE_CHARACTERS),
        stands=stands,
        stage=stage,
        corrected_at=edited.now,
        correlation_id=edited.correlation_id,
    )


def _id(alert: Alert, kind: Kind, revision: int) -> UUID:
    return id_for("alert-correction", alert.alert_id, kind, revision)

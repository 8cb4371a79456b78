"""What is known of an agreement: its stage and who says so, its last news, what is expected next, its alerts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from services.desk.domain.figures import SPARKLINE_HEIGHT, Drawing, Figure, drawn
from services.desk.domain.views import ArticleGlance
from shared.catalogue.entries import Agreement
from shared.contracts.verdict import AgreementFinding, Claim

ALERT_DAYS = 30
_NO_MOMENT = ""  # sorts before every date
_COMES_AGAIN = frozenset({"meeting_held", "protocol_signed", "negotiation_started", "postponed"})
_STILL_THE_SAME = timedelta(days=30)  # reports of one meeting follow each other for days


@dataclass(frozen=True, slots=True)
class Report:
    """An article about an agreement, and what it says of it; `finding` is None where the verdict cannot be read."""

    agreement: str
    article: ArticleGlance
    story_id: UUID
    moment: datetime
    finding: AgreementFinding | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of an agreement, with its date as far as known, and who says so: an article, or the catalogue's source.

    `day` is ISO 8601 of the precision known; of a report that gives none it is the day of the article, and `is_dated`
    is false. `report` is None for a step of the catalogue, whose source is `source`, with a note.
    """

    stage: str
    day: str
    is_dated: bool = True
    expected: bool = False
    claimant: str = ""
    evidence: str = ""
    report: Report | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """An agreement on the board. `stage` is None where nobody dates one: then the catalogue's word stands alone."""

    item: Agreement
    stage: Step | None
    news: Report | None
    coming: Step | None
    alerts: Drawing

    @property
    def stage_id(self) -> str:
        """The stage that it is at."""
        return self.stage.stage if self.stage is not None else self.item.current_stage


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which agreements are asked for: by words of their names, a sector, a stage."""

    words: str = ""
    sector: str = ""
    stage: str = ""

    def takes(self, line: BoardLine) -> bool:
        """Tell whether the line is asked for."""
        if self.sector and self.sector not in line.item.sectors:
            return False
        if self.stage and self.stage != line.stage_id:
            return False
        names = " ".join(_names(line.item)).casefold()
        return all(word in names for word in self.words.casefold().split())


def line_of(
    item: Agreement, reports: Sequence[Report], alerts: Mapping[date, int], today: date, days: int = ALERT_DAYS
) -> BoardLine:
    """Return what is known of an agreement; `alerts` counts its alerts by day."""
    steps = steps_of(item, reports, today)
    stood = [step for step in steps if not step.expected]
    coming = sorted((step for step in steps if step.expected), key=lambda step: step.day)
    asked = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return BoardLine(
        item=item,
        stage=stood[0] if stood else None,
        news=max(reports, key=lambda report: report.moment, default=None),
        coming=coming[0] if coming else None,
        alerts=drawn([Figure(day.isoformat(), alerts.get(day, 0)) for day in asked], SPARKLINE_HEIGHT),
    )


def steps_of(item: Agreement, reports: Iterable[Report], today: date) -> list[Step]:
    """Return the stages of an agreement, the newest first: the catalogue's, and those that articles report.

    Several articles that say the same of one day are one step, told by the first of them. An article that gives no day
    for a stage which is known already recalls it, unless it is one that comes again, as meetings do. What is expected
    is kept while its day is to come.
    """
    known = {(step.stage, step.day, step.expected): step for step in _catalogued(item, today)}
    last_told = {stage: datetime.min.replace(tzinfo=UTC) for stage, _, expected in known if not expected}
    told: dict[tuple[str, str, bool], Step] = {}
    for report in sorted(reports, key=lambda report: report.moment):
        for step in _steps_in(report, today):
            before = last_told.get(step.stage)
            if not step.expected:
                last_told[step.stage] = report.moment
            if not step.is_dated and before is not None and _recalls(step.stage, report.moment - before):
                continue
            told.setdefault((step.stage, step.day, step.expected), step)
    steps = {**known, **told}.values()
    return sorted(steps, key=lambda step: (step.day, step.report is not None), reverse=True)


def _recalls(stage: str, since: timedelta) -> bool:
    return stage not in _COMES_AGAIN or since < _STILL_THE_SAME


def newest_first(lines: Iterable[BoardLine]) -> list[BoardLine]:
    """Return the lines by their last news; those without any stand last, by name."""
    by_name = sorted(lines, key=lambda line: line.item.short_name.casefold())
    return sorted(by_name, key=lambda line: line.news.moment.isoformat() if line.news else _NO_MOMENT, reverse=True)


def _steps_in(report: Report, today: date) -> Iterator[Step]:
    finding = report.finding
    if finding is None:
        return
    came = report.moment.date().isoformat()
    claims = finding.claims
    if not claims and finding.stage is not None:
        claims = (Claim(stage=finding.stage, evidence=finding.evidence),)
    for claim in claims:
        if claim.tense == "denied":
            continue
        expected = claim.tense == "expected"
        day = claim.date or came
        if expected and (claim.date is None or _is_past(claim.date, today)):
            continue
        if not expected and day > came:  # what has happened did so before it was written of
            day = came
        yield Step(
            claim.stage,
            day,
            is_dated=claim.date is not None,
            expected=expected,
            claimant=claim.claimant,
            evidence=claim.evidence,
            report=report,
        )


def _catalogued(item: Agreement, today: date) -> Iterator[Step]:
    for each in item.dates:
        if each.date is not None:
            to_come = each.date > today.isoformat()
            yield Step(each.stage, each.date, expected=to_come, source=each.source, note=each.note)


def _is_past(day: str, today: date) -> bool:
    return day < today.isoformat()[: len(day)]


def _names(item: Agreement) -> Iterator[str]:
    yield from (item.id, item.short_name, item.official_name)
    for names in item.aliases.values():
        yield from names

"""Where an agreement stands, out of what articles claim and the catalogue knows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from services.desk.domain.agreement_board import Narrowed, Report, line_of, steps_of
from services.desk.domain.archive_finds import Spot, months_of, safe_cell
from services.desk.domain.views import ArticleGlance
from shared.catalogue.entries import Agreement, DatedStage, Naming
from shared.contracts.verdict import AgreementFinding, Claim

TODAY = date(2026, 11, 22)
PACT = Agreement(
    id="pact",
    short_name="Pact",
    official_name="The pact",
    kind="agreement",
    sectors=("trade",),
    aliases={"en": ("the pact",), "ru": ("договор",), "hi": ("समझौता",)},
    current_stage="signed",
    naming=Naming({}, {}),
    dates=(DatedStage("2025-12-05", "signed", "https://example.org"), DatedStage("2027-03", "in_force", "", "due")),
)


def report(*claims: Claim, days_ago: int = 1) -> Report:
    article = ArticleGlance(uuid4(), "Title", "https://example.org", "Courier", "en", None)
    finding = AgreementFinding(id="pact", score=1, evidence="It says so.", claims=claims)
    return Report("pact", article, uuid4(), datetime(2026, 11, 22, tzinfo=UTC) - timedelta(days=days_ago), finding)


def said(*reports: Report) -> list[tuple[str, str]]:
    return [(step.stage, step.day) for step in steps_of(PACT, reports, TODAY) if not step.expected]


def test_a_later_day_stands_above_an_earlier_one():
    ratified = Claim(stage="ratified_russia", date="2026-02-01", evidence="Ratified.")
    assert said(report(ratified)) == [("ratified_russia", "2026-02-01"), ("signed", "2025-12-05")]


def test_what_was_said_before_of_a_day_is_said_by_the_first():
    claim = Claim(stage="ratified_russia", date="2026-02-01", evidence="Ratified.")
    first, second = report(claim, days_ago=9), report(claim, days_ago=2)
    assert steps_of(PACT, (second, first), TODAY)[1].report is first


@pytest.mark.parametrize(
    ("stage", "apart", "times"), [("ratified_russia", 90, 1), ("meeting_held", 90, 2), ("meeting_held", 5, 1)]
)
def test_without_a_day_a_known_stage_is_recalled_and_meetings_come_again(stage: str, apart: int, times: int):
    claim = Claim(stage=stage, evidence="So.")
    steps = said(report(claim, days_ago=apart + 1), report(claim, days_ago=1))
    assert [name for name, _ in steps].count(stage) == times


def test_what_is_denied_or_was_expected_by_now_is_no_step():
    denied = Claim(stage="in_force", tense="denied", evidence="Not yet.")
    late = Claim(stage="in_force", date="2026-05", tense="expected", evidence="By May.")
    assert [step.stage for step in steps_of(PACT, [report(denied, late)], TODAY)] == ["in_force", "signed"]
    assert steps_of(PACT, [report(denied, late)], TODAY)[0].note == "due"


def test_what_comes_first_is_next():
    soon = Claim(stage="ratified_india", date="2026-12-01", tense="expected", evidence="In December.")
    line = line_of(PACT, [report(soon)], {TODAY: 2}, TODAY)
    assert line.coming is not None
    assert (line.stage_id, line.coming.stage, line.coming.day) == ("signed", "ratified_india", "2026-12-01")
    assert (line.alerts.total, len(line.alerts.bars)) == (2, 30)


def test_what_has_happened_did_so_before_it_was_written_of():
    ahead = Claim(stage="ratified_russia", date="2027-01-01", evidence="Ratified.")
    assert said(report(ahead))[0] == ("ratified_russia", "2026-11-21")


@pytest.mark.parametrize("words", ["PACT", "договор", "समझौता", "the pact"])
def test_names_are_found_in_three_scripts(words: str):
    assert Narrowed(words).takes(line_of(PACT, (), {}, TODAY))
    assert not Narrowed(words, sector="energy").takes(line_of(PACT, (), {}, TODAY))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\r=x", "\n=x", "  =x"])
def test_what_a_spreadsheet_would_run_is_made_text(text: str):
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("x" + text) == "x" + text


def test_months_are_whole_rows_with_their_queries():
    months = months_of("pact", [(date(2025, 12, 31), 2), (date(2026, 2, 1), 1), (date(2026, 2, 28), 1)])
    assert [(month.label, month.articles) for month in months] == [("2025-12", 2), ("2026-01", 0), ("2026-02", 2)]
    assert months[2].query == "pact AND date:2026-02-01..2026-02-28"


def test_a_spot_is_read_as_it_was_spelt():
    spot = Spot(datetime(2026, 11, 22, 5, 1, 2, 345, tzinfo=UTC), uuid4())
    assert Spot.read(spot.spelt()) == spot

"""The labelled digests: floors under what was reached, so that no change quietly loses ground."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from services.classifier.domain.scoring import Report
from tests.unit.classifier.scoring import labelled_in, score, told


@pytest.fixture(scope="module")
def report(judge: Judge) -> Report:
    return score(judge, labelled_in())


def test_relevance_stays_above_its_floor(report: Report) -> None:
    assert report.all.relevance.micro().f1 >= 0.97, told(report)


def test_agreements_stay_above_their_floor(report: Report) -> None:
    assert report.all.agreements.micro().f1 >= 0.94, told(report)


def test_sectors_stay_above_their_floor_in_each_language(report: Report) -> None:
    whole = report.all.sectors.micro().f1
    assert whole >= 0.84, told(report)
    assert report.all.sectors.macro_f1() >= 0.78, told(report)
    for language, scores in report.by_language.items():
        assert scores.sectors.micro().f1 >= whole - 0.10, language


def test_stages_stay_above_their_floor(report: Report) -> None:
    assert report.all.stage_accuracy >= 0.93, told(report)

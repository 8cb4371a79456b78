"""The labelled digests: floors under what was reached, so that no change quietly loses ground."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from shared.catalogue.loader import load_catalogue
from tests.unit.classifier.scoring import Scores, rows_of, score


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score(Judge(load_catalogue()), rows_of())


def report(scores: Scores) -> str:
    return "\n".join([*scores.lines(), *scores.mistakes])


def test_relevance_stays_above_its_floor(scores: Scores) -> None:
    assert scores.relevance.micro()[2] >= 0.97, report(scores)


def test_agreements_stay_above_their_floor(scores: Scores) -> None:
    assert scores.agreements.micro()[2] >= 0.94, report(scores)


def test_sectors_stay_above_their_floor(scores: Scores) -> None:
    assert scores.sectors.micro()[2] >= 0.84, report(scores)
    assert scores.sectors.macro() >= 0.78, report(scores)


def test_stages_stay_above_their_floor(scores: Scores) -> None:
    assert scores.stage_accuracy >= 0.93, report(scores)

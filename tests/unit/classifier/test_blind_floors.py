"""Sixteen batches of our own digests, each labelled before the classifier saw it; floors keep the gains.

Every batch was measured blind once; then the classes of its mistakes were mended, never a single text. What is left
below the floors' distance to 1 are honest differences of opinion about what an article names in passing.
"""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from services.classifier.domain.labels import Labelled
from services.classifier.domain.scoring import Report
from tests.unit.classifier.scoring import DEV, labelled_in, score, told

NUMBERS = """
    second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth
""".split()
BATCHES = ("", *(f"_{number}" for number in NUMBERS))
# Floors over all and for each language: relevance F1, agreements F1, stage accuracy.
FLOORS = {"all": (0.97, 0.94, 0.92), "en": (0.96, 0.92, 0.90), "ru": (0.96, 0.92, 0.90), "hi": (0.94, 0.92, 0.90)}


@pytest.fixture(scope="module")
def articles() -> list[Labelled]:
    return [each for batch in BATCHES for each in labelled_in(DEV.with_name(f"blind_articles{batch}.jsonl"))]


@pytest.fixture(scope="module")
def report(judge: Judge, articles: list[Labelled]) -> Report:
    return score(judge, articles)


@pytest.mark.parametrize("language", FLOORS)
def test_each_language_stays_above_its_floors(report: Report, language: str) -> None:
    scores = report.all if language == "all" else report.by_language[language]
    relevance, agreements, stages = FLOORS[language]
    assert scores.relevance.micro().f1 >= relevance, told(report)
    assert scores.agreements.micro().f1 >= agreements, told(report)
    assert scores.stage_accuracy >= stages, told(report)


def test_a_quarter_of_the_batches_is_about_no_agreement(articles: list[Labelled]) -> None:
    assert len({each.article.id for each in articles}) == len(articles) >= 200
    assert 4 * sum(not each.labels.agreements for each in articles) >= len(articles)

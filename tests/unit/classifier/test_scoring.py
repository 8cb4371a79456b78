"""What a verdict got wrong is counted, named and weighed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.labels import NO_STAGE, Labels, Mistake, Said, mistakes_of
from services.classifier.domain.scoring import NOTHING, Report

SAID = Said(
    relevant=True,
    sectors=frozenset({"health", "pharma"}),
    agreements=frozenset({"relos"}),
    stages={"relos": "signed"},
    language="en",
)


def report_of(*labels: Labels, said: Said = SAID) -> Report:
    report = Report()
    for number, each in enumerate(labels):
        report.add(f"a{number}", f"Title {number}", "en", each, said)
    return report


def test_precision_recall_and_f1_are_of_hits_false_alarms_and_misses():
    scores = report_of(Labels(sectors=frozenset({"health", "trade", "energy"}))).all
    measured = scores.sectors.micro()
    assert (measured.precision, measured.recall, measured.labels) == (0.5, pytest.approx(1 / 3), 3)
    assert measured.f1 == pytest.approx(0.4)
    assert scores.sectors.macro_f1() == pytest.approx(1 / 3)


def test_what_nobody_labelled_is_not_scored():
    scores = report_of(Labels(relevant=True)).all
    assert (scores.articles, scores.relevance.micro().labels) == (1, 1)
    assert (scores.sectors.micro().labels, scores.agreements.micro().labels, scores.stages_asked) == (0, 0, 0)
    assert not scores.sectors.false


def test_an_empty_label_says_that_nothing_was_to_be_found():
    scores = report_of(Labels(sectors=frozenset(), agreements=frozenset())).all
    assert scores.sectors.micro().precision == 0
    assert scores.agreements.false == {"relos": 1}


def test_a_missed_agreements_stage_is_wrong():
    scores = report_of(Labels(stages={"relos": "signed"}), Labels(stages={"uralchem": "signed"})).all
    assert (scores.stages_right, scores.stages_asked, scores.stage_accuracy) == (1, 2, 0.5)


def test_a_confusion_pairs_what_was_missed_with_what_was_said_in_its_place():
    report = report_of(Labels(sectors=frozenset({"health", "trade"}), stages={"relos": "in_force", "eaeu": "signed"}))
    assert report.sectors_taken == {("health", "health"): 1, ("trade", "pharma"): 1}
    assert report.stages_taken == {("in_force", "signed"): 1, ("signed", NO_STAGE): 1}
    too_much = report_of(Labels(sectors=frozenset({"health"})))
    assert too_much.sectors_taken == {("health", "health"): 1, (NOTHING, "pharma"): 1}
    too_little = report_of(Labels(sectors=frozenset({"health", "pharma", "trade"})))
    assert too_little.sectors_taken[("trade", NOTHING)] == 1


def test_the_worst_are_those_with_the_gravest_mistakes():
    report = report_of(
        Labels(sectors=frozenset({"health"})),
        Labels(relevant=False, agreements=frozenset()),
        Labels(relevant=True, sectors=SAID.sectors),
        Labels(agreements=frozenset({"relos", "uralchem"})),
    )
    assert [missed.article_id for missed in report.worst(10)] == ["a1", "a3", "a0"]
    assert [missed.article_id for missed in report.worst(1)] == ["a1"]
    assert report.worst(1)[0].mistakes == (
        Mistake("relevance", "not relevant", "relevant"),
        Mistake("agreement", "", "relos"),
    )


IDS = st.frozensets(st.sampled_from(["a", "b", "c", "d"]))


@given(IDS, IDS)
def test_a_verdict_that_says_what_was_meant_has_no_mistakes_and_any_other_has(
    meant: frozenset[str], said: frozenset[str]
):
    judged = Said(relevant=True, sectors=said, agreements=said, stages={}, language="ru")
    mistakes = mistakes_of(Labels(True, meant, meant), judged)
    assert (not mistakes) == (meant == said)
    assert len(mistakes) == 2 * len(meant ^ said)
    measured = report_of(Labels(True, meant, meant), said=judged).all.sectors.micro()
    assert (measured.f1 == 1) == (meant == said)
    assert 0 <= measured.f1 <= 1

"""What people say of an article is checked against the catalogue, and the newest of each kind holds."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.corrections import (
    CatalogueIds,
    Correction,
    GivenLabels,
    checked_author,
    checked_labels,
    checked_note,
    merged,
)
from shared.kit.errors import WrongInput

KNOWN = CatalogueIds({"health", "trade"}, {"relos", "uralchem"}, {"signed", "in_force"})
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_labels_come_back_sorted_and_each_once():
    labels = checked_labels(GivenLabels(sectors=["trade", "health", "trade"], agreements=["relos"]), KNOWN)
    assert labels == GivenLabels(None, ("health", "trade"), ("relos",), None)


def test_an_irrelevant_article_is_about_no_agreement():
    assert checked_labels(GivenLabels(relevant=False), KNOWN).agreements == ()


@pytest.mark.parametrize(
    ("wrong", "field", "value"),
    [
        (GivenLabels(), "correction", ""),
        (GivenLabels(sectors=["helth"]), "sectors", "helth"),
        (GivenLabels(agreements=["nato"]), "agreements", "nato"),
        (GivenLabels(stages={"nato": "signed"}), "stages", "nato"),
        (GivenLabels(stages={"relos": "sined"}), "stages.relos", "sined"),
        (GivenLabels(agreements=["uralchem"], stages={"relos": "signed"}), "stages", "relos"),
        (GivenLabels(relevant=False, agreements=["relos"]), "agreements", "relos"),
        (GivenLabels(relevant=False, stages={"relos": "signed"}), "agreements", "relos"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field_and_value(wrong: GivenLabels, field: str, value: str):
    with pytest.raises(WrongInput) as refused:
        checked_labels(wrong, KNOWN)
    assert (refused.value.field, refused.value.value) == (field, value)
    assert refused.value.mend


@pytest.mark.parametrize("name", ["", " \n", "x" * 101])
def test_somebody_must_say_it(name: str):
    with pytest.raises(WrongInput):
        checked_author(name)


def test_a_note_is_as_long_as_a_note():
    assert checked_note(" why\0\n\x1b[31mnot ") == "why\n[31mnot"
    with pytest.raises(WrongInput):
        checked_note("x" * 2001)


def said(minute: int, **labels: Any) -> Correction:
    return Correction(uuid4(), uuid4(), "A", THEN + timedelta(minutes=minute), **labels)


def test_the_newest_of_each_kind_holds():
    held = merged([said(1, relevant=True, sectors=("trade",)), said(2, sectors=("health",)), said(3, relevant=True)])
    assert held == GivenLabels(True, ("health",), None, None)


def test_the_stage_of_an_agreement_that_was_taken_back_is_gone_with_it():
    held = merged([said(1, agreements=("relos",), stages={"relos": "signed"}), said(2, agreements=())])
    assert (held.agreements, held.stages) == ((), {})


def test_a_stage_that_is_said_later_brings_its_agreement():
    held = merged([said(1, agreements=()), said(2, stages={"relos": "signed"})])
    assert held == GivenLabels(True, None, ("relos",), {"relos": "signed"})


def test_an_agreement_that_is_said_later_makes_the_article_relevant_and_the_other_way_round():
    first, second = said(1, relevant=False), said(2, agreements=("relos",), stages={"relos": "signed"})
    assert merged([first, second]) == GivenLabels(True, None, ("relos",), {"relos": "signed"})
    assert merged([second, first]) == GivenLabels(False, None, (), {})


STAGES: st.SearchStrategy[Mapping[str, str]] = st.dictionaries(
    st.sampled_from(["relos", "uralchem"]), st.sampled_from(["signed", "in_force"])
)
AGREEMENTS: st.SearchStrategy[tuple[str, ...]] = st.sampled_from([("relos",), ("relos", "uralchem"), ()])
GIVEN = st.builds(GivenLabels, st.none() | st.booleans(), st.none(), st.none() | AGREEMENTS, st.none() | STAGES)


@given(st.lists(GIVEN))
def test_whatever_was_said_the_labels_that_hold_could_be_said_by_one_person(told: list[GivenLabels]):
    taken = []
    for minute, given_labels in enumerate(told):
        with suppress(WrongInput):
            labels = checked_labels(given_labels, KNOWN)
            taken.append(said(minute, relevant=labels.relevant, agreements=labels.agreements, stages=labels.stages))
    held = merged(taken)
    if taken:
        checked_labels(held, KNOWN)

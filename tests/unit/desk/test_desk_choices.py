"""Suggestions for a value that is not known, and names that are not taken."""

from __future__ import annotations

import pytest

from services.desk.domain.choices import advice, listed, nearest
from services.desk.domain.names import checked_rule_name
from shared.kit.errors import WrongInput

KNOWN = ("relos", "health-agreement-2025", "inr-rub", "eaeu-fta")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("RELO", "relos"), ("health", "health-agreement-2025"), ("inr_rub", "inr-rub"), ("fta", "eaeu-fta")],
)
def test_the_nearest_value_is_suggested(typed: str, meant: str):
    assert nearest(typed, KNOWN)[0] == meant


def test_where_nothing_is_near_the_other_advice_is_given():
    assert advice("zzzzzz", KNOWN, otherwise="List them.") == "List them."


def test_a_long_list_is_cut():
    assert listed(f"n{number:02}" for number in range(40)).endswith("n11, …")


@pytest.mark.parametrize("name", ["", " \n ", "x" * 81, "Sector: Health", "agreement:relos"])
def test_a_name_that_would_mislead_is_refused(name: str):
    with pytest.raises(WrongInput):
        checked_rule_name(name, field="name")

"""An entry of sectors.yaml: its own words and those of the field at large, and what is wrong in it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.catalogue.entries import Sector
from shared.catalogue.sector_entries import sector_from
from shared.catalogue.shelf import Shelf
from shared.kit.errors import WrongInput

OWN = {"en": {3: ["beekeeping"]}, "ru": {3: ["пчеловодств*"]}, "hi": {3: ["मधुमक्खी पालन"]}}


def sector(**changes: Any) -> Sector:
    entry = {
        "name": {"en": "Bees", "ru": "Пчёлы", "hi": "मधुमक्खियां"},
        "definition": "Bees and those who keep them.",
        "examples": ["a hive is moved"],
        "not_in_it": "Wasps.",
        "threshold": 3,
        "terms": OWN,
    }
    return sector_from(Shelf("sectors.yaml", "bees", entry | changes))


def test_general_words_stand_beside_the_sectors_own_and_may_be_left_out() -> None:
    assert not any(term.general for term in sector().terms)
    terms = sector(general={"en": {1.5: ["honey", "hive*"]}, "hi": {0.25: ["शहद"]}}).terms
    assert [(term.text, term.language, term.weight) for term in terms if term.general] == [
        ("honey", "en", 1.5),
        ("hive*", "en", 1.5),
        ("शहद", "hi", 0.25),
    ]


def test_an_acronym_among_general_words_is_looked_for_in_capitals_unless_told_otherwise() -> None:
    words = {"en": {2: ["SALT", "honey", "ЕГЭ", "BEE"]}}
    terms = sector(general=words, options={"BEE": {"exact_case": False}}).terms
    assert {term.text: term.exact_case for term in terms if term.general} == {
        "SALT": True,
        "honey": False,
        "ЕГЭ": True,
        "BEE": False,
    }


def test_conditions_hold_for_general_words_too() -> None:
    terms = sector(general={"en": {1: ["queen"]}}, options={"queen": {"unless": ["palace"]}}).terms
    assert [term.unless for term in terms if term.text == "queen"] == [("palace",)]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"terms": {"en": OWN["en"]}}, "terms", "['en']"),
        ({"terms": OWN | {"ru": {}}}, "terms.ru", "{}"),
        ({"general": {"fr": {1: ["miel"]}}}, "general", "['fr']"),
        ({"general": []}, "general", ""),
        ({"general": {"en": {1: ["beekeeping"]}}}, "general.en", "beekeeping"),
        ({"general": {"en": {1: ["honey", "honey"]}}}, "general.en", "honey"),
        ({"general": {"en": {1: ["honey"], 2: ["honey"]}}}, "general.en", "honey"),
        ({"general": {"en": {0.1: ["honey"]}}}, "general.en", "0.1"),
        ({"general": {"en": {"much": ["honey"]}}}, "general.en", "much"),
        ({"general": {"en": {1: [False]}}}, "general.en", "False"),
        ({"general": {"en": {1: None}}}, "general.en", "None"),
        ({"general": {"en": {1: "honey"}}}, "general.en", "honey"),
        ({"general": {"en": {1: ["ho*"]}}}, "general", "ho*"),
        ({"general": {"en": {1: ["the"]}}}, "general", "the"),
        ({"options": {"wasp": {"near": ["nest"]}}}, "options", "wasp"),
        ({"options": ["wasp"]}, "options", "wasp"),
    ],
)
def test_what_is_wrong_is_named_with_its_field_and_value(changes: dict[str, Any], field: str, value: str) -> None:
    with pytest.raises(WrongInput) as refused:
        sector(**changes)
    assert refused.value.field.startswith(f"sectors.yaml bees {field}")
    assert value in str(refused.value)
    assert refused.value.mend

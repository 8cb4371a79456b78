"""The five damaged texts are as damaged as they claim, and their expectations speak of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "data" / "damaged"
EXPECTED = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_there_is_an_expectation_for_each_of_the_five_texts() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in FOLDER.glob("*.txt"))
    assert len(EXPECTED) == 5


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_text_begins_with_its_title_and_holds_every_phrase_that_must_be_taken_out(name: str) -> None:
    title, blank, *rest = text_of(name).split("\n")
    assert title.strip()
    assert not blank
    assert EXPECTED[name]["agreements"]
    assert not set(EXPECTED[name]["agreements"]) & set(EXPECTED[name]["may_be_found"])
    assert all(phrase in "\n".join(rest) for phrase in EXPECTED[name]["absent"])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("damaged-1.txt", "\n date 2025-12-05 By "),
        ("damaged-3.txt", "Putins plane"),
        ("damaged-3.txt", "December 45 visit"),
        ("damaged-3.txt", "FY 202425"),
        ("damaged-3.txt", "IndiaEurasian Economic Union Free Trade Agreement"),
        ("damaged-5.txt", "\n\n\n\n\n"),
    ],
)
def test_the_damage_of_scraped_wire_text_is_there(name: str, damage: str) -> None:
    assert damage in text_of(name)


def test_the_preview_is_one_single_paragraph_without_a_dash_or_an_apostrophe() -> None:
    _, _, body = text_of("damaged-3.txt").split("\n", 2)
    assert "\n" not in body.strip()
    assert not set(body) & set("'’–—")

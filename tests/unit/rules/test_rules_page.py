"""The page for those who write rules says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared.rules import WrongQuery
from shared.rules.matching import holds
from tests.unit.rules.rule_builders import article, parsed

PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")


def rows(section: str) -> list[list[str]]:
    """The table rows of a section, without head and rule."""
    body = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def code(cell: str) -> str:
    return re.findall(r"`([^`]+)`", cell)[0]


@pytest.mark.parametrize("row", rows("Examples"), ids=lambda row: row[0])
def test_an_example_is_a_valid_rule(row):
    assert parsed(code(row[1]))


@pytest.mark.parametrize("row", rows("When a rule is not taken"), ids=lambda row: row[0])
def test_a_complaint_is_quoted_as_it_is_made(row):
    with pytest.raises(WrongQuery) as raised:
        parsed(code(row[0]))
    if not row[1].startswith("the same"):
        assert row[1] in raised.value.why
        assert row[2].rstrip(" |.") in raised.value.advice.replace(", for example: visa AND NOT tourist", "")


@pytest.mark.parametrize("row", rows("Words"), ids=lambda row: row[0])
def test_a_word_matches_the_forms_listed_beside_it(row):
    for form in re.sub(r"\([^)]*\)", "", row[1]).split(", "):
        assert holds(parsed(code(row[0])), article(form.replace(" and С400 in Cyrillic", ""))), form
    for word in re.split(r"[,:(]", row[2].rstrip("|"))[0].split():
        assert not holds(parsed(code(row[0])), article(word)), word


@pytest.mark.parametrize("row", rows("Phrases"), ids=lambda row: row[0])
def test_a_phrase_matches_the_spellings_listed_beside_it(row):
    for form in re.sub(r"\([^)]*\)", "", row[1].rstrip("|")).split(" · "):
        assert holds(parsed(code(row[0])), article(form)), form


def test_the_complaint_shown_in_full_is_word_for_word():
    with pytest.raises(WrongQuery) as raised:
        parsed("visa agreement:relso")
    assert str(raised.value) in PAGE

"""The page for those who write rules says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared.rules import WrongQuery, explain, limits, parse
from shared.rules.matching import holds
from tests.unit.rules.rule_builders import VOCABULARY, agreement, article, parsed, sector, verdict

PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")


def rows(section: str) -> list[list[str]]:
    """The table rows of a section, without head and rule."""
    body = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = body[body.index("|") :].split("\n\n")[0].splitlines()
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


@pytest.mark.parametrize("row", rows("Beginnings, exact forms, and words near each other"), ids=lambda row: row[0])
def test_a_term_matches_what_stands_beside_it_and_not_what_stands_after_that(row):
    for form in row[1].split(" · "):
        assert holds(parsed(code(row[0])), article(form)), form
    assert not holds(parsed(code(row[0])), article(row[2].rstrip(" |")))


@pytest.mark.parametrize("row", rows("Fields"), ids=lambda row: row[0])
def test_every_value_shown_of_a_field_is_taken(row):
    for shown in re.findall(r"`((?:title|date|relevance)?:[^`]+)`", row[1]):
        assert parse(shown.replace("@list", "@travel"), **VOCABULARY), shown
    assert parsed(code(row[0]))


def test_the_limits_are_those_of_the_code():
    told = [int(re.findall(r"\d+", row[1])[0]) for row in rows("Limits")]
    assert told == [
        limits.MAX_QUERY_CHARS,
        limits.MAX_CLAUSES,
        limits.MAX_DEPTH,
        limits.MAX_PHRASE_WORDS,
        limits.MAX_NEAR_WORDS,
        limits.MAX_LIST_MEMBERS,
        limits.MAX_LIST_WORDS,
    ]


@pytest.mark.parametrize("row", rows("Why, and why not"), ids=lambda row: row[0])
def test_a_clause_is_told_as_the_page_says(row):
    between = "on trade, customs and the mutual recognition of diplomas will later turn to"
    text = f"RELOS was tabled. The working group {between} health."
    found = verdict(agreements=(agreement("relos", stage="in_force"),), sectors=(sector("trade"),))
    nearest = explain(parsed(code(row[0])), article(text, found=found)).nearest
    assert nearest.replace(' of "working group" NEAR/8 health', "") == row[1].rstrip(" |")


def test_the_complaint_shown_in_full_is_word_for_word():
    with pytest.raises(WrongQuery) as raised:
        parsed("visa agreement:relso")
    assert str(raised.value) in PAGE

"""Look-alikes of catalogue items: texts that share words with an item, and are not about it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.classifier.domain.judge import Judge
from shared.catalogue.loader import load_catalogue
from shared.contracts.verdict import ArticleText

DATA = Path(__file__).parents[2] / "data" / "look_alikes.jsonl"
WRITTEN = datetime(2025, 12, 10, tzinfo=UTC)


def look_alikes() -> list[dict[str, Any]]:
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def named(judge: Judge, title: str, text: str, language: str) -> set[str]:
    article = ArticleText(id="t", title=title, text=text, language=language, published=WRITTEN)
    return {finding.id for finding in judge.judge(article).agreements}


@pytest.mark.parametrize("row", look_alikes(), ids=lambda row: f"{row['item']}-{row['language']}-{row['why']}")
def test_a_look_alike_does_not_yield_the_item(judge: Judge, row: dict[str, Any]) -> None:
    assert row["item"] not in named(judge, row["text"], "", row["language"])
    assert row["item"] not in named(judge, "", row["text"], row["language"])
    assert row["item"] not in named(judge, row["text"], row["text"], row["language"])


def test_every_item_that_can_be_confused_has_a_look_alike() -> None:
    covered = {row["item"] for row in look_alikes()}
    confusable = {item.id for item in load_catalogue().agreements.values() if item.confusable}
    assert confusable <= covered, sorted(confusable - covered)


def test_look_alikes_stand_in_all_three_languages() -> None:
    assert {row["language"] for row in look_alikes()} == {"en", "ru", "hi"}


def test_the_names_that_look_alike_are_still_found_where_they_are_meant(judge: Judge) -> None:
    """The refusals above must not come from deafness."""
    meant = {
        "relos": "India and Russia bring the RELOS pact into force",
        "rupay-mir": "Карты «Мир» начнут принимать в Индии, RuPay в России",
        "northern-sea-route": "Индия и Россия обсудили перевозки грузов по СМП в Арктике",
        "bilateral-investment-treaty": "India and Russia resume negotiations on BIT to protect investments",
        "chennai-vladivostok": "India and Russia open the EMC maritime corridor to containers",
        "s-400": "Россия передаст Индии С-400 «Триумф»",
    }
    for item, title in meant.items():
        assert item in named(judge, title, "", "ru" if title[0] >= "\u0400" else "en"), item

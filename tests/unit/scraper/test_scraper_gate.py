"""What the gate holds back, with its reason; it never holds back what the classifier would find relevant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.scraper.domain.gate import Gate
from shared.catalogue.loader import load_catalogue

DEV = Path(__file__).parents[2] / "data" / "dev_articles.jsonl"
ARTICLES = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(load_catalogue())


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article["id"])
def test_no_relevant_article_is_held_back_whatever_its_outlet(gate, article):
    if article["relevant"]:
        for country in (None, "IN", "RU", "AE"):
            assert gate.judge(article["title"], article["text"], country) is None


def test_what_names_one_side_only_is_held_back_with_the_side_that_is_missing(gate):
    assert gate.judge("Delhi to build a hospital", "India opens it in May.", None) == (
        "It names India, and nothing of Russia."
    )
    assert gate.judge("В Москве открыли больницу", "Её построили за год.", "RU") == (
        "It names Russia, and nothing of India."
    )


def test_what_names_neither_side_is_held_back(gate):
    assert "neither India nor Russia" in (gate.judge("Cup final", "The match ended in a draw.", "GB") or "")


@pytest.mark.parametrize(
    ("title", "text", "country"),
    [
        ("Murashko meets health officials", "The talks were held on Tuesday.", "IN"),
        ("Мурашко провел переговоры в Дели", "Стороны обсудили лекарства.", None),
        ("रूस के साथ समझौता", "बैठक मंगलवार को हुई।", "IN"),
        ("Индия закупит удобрения", "Поставки начнутся летом.", "RU"),
        ("RELOS enters into force", "The last notes were exchanged.", None),
        ("Trade talks", "A long text. " * 200 + "At the end India is named, and Russia.", None),
    ],
)
def test_one_word_of_the_other_side_is_enough(gate, title, text, country):
    assert gate.judge(title, text, country) is None


def test_an_outlets_own_country_is_not_news_of_the_other(gate):
    assert gate.judge("Moscow metro grows", "A new line opens.", "RU") is not None
    assert gate.judge("Moscow metro grows", "A new line opens.", "IN") is None

"""Labelled articles are read from lines of JSON and written to them; what is wrong is named."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.labels import Labelled, Labels
from services.classifier.parsing.labelled import KnownIds, as_line, labelled_of
from shared.contracts.verdict import ArticleText
from shared.kit.errors import WrongInput

SECTORS, AGREEMENTS, STAGES = ("health", "trade"), ("relos", "uralchem"), ("signed", "in_force")
KNOWN = KnownIds(dict.fromkeys(SECTORS), dict.fromkeys(AGREEMENTS), dict.fromkeys(STAGES))
ROW: dict[str, Any] = {
    "id": "d1",
    "language": "en",
    "date": "2025-12-05",
    "title": "RELOS in force",
    "text": "It is in force.",
    "relevant": True,
    "sectors": ["trade"],
    "agreements": ["relos"],
    "stages": {"relos": "in_force"},
}


def test_a_line_becomes_an_article_with_its_labels():
    labelled = labelled_of(json.dumps(ROW), KNOWN)
    assert labelled.article.title == "RELOS in force"
    assert labelled.article.published == datetime(2025, 12, 5, tzinfo=UTC)
    assert labelled.labels == Labels(True, frozenset({"trade"}), frozenset({"relos"}), {"relos": "in_force"})


@pytest.mark.parametrize("absent", [{}, {"relevant": None, "sectors": None, "agreements": None, "stages": None}])
def test_a_label_that_is_not_there_is_none(absent: dict[str, None]):
    row = {"id": "1", "title": "A pact", **absent}
    assert labelled_of(json.dumps(row), KNOWN).labels == Labels()


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"relevant": "yes"}, "relevant", "yes"),
        ({"sectors": "trade"}, "sectors", "trade"),
        ({"sectors": ["trade", 3]}, "sectors", ["trade", 3]),
        ({"sectors": ["traade"]}, "sectors", "traade"),
        ({"agreements": ["nato"]}, "agreements", "nato"),
        ({"stages": ["signed"]}, "stages", ["signed"]),
        ({"stages": {"relos": "sined"}}, "stages.relos", "sined"),
        ({"stages": {"relos": ["signed"]}}, "stages.relos", ["signed"]),
        ({"stages": {"uralchem": "signed"}}, "stages", "uralchem"),
        ({"title": 7}, "title", 7),
        ({"title": "", "text": " "}, "text", " "),
        ({"language": "kk"}, "language", "kk"),
    ],
)
def test_what_is_wrong_is_named_by_field_and_value(changed: dict[str, Any], field: str, value: object):
    with pytest.raises(WrongInput) as wrong:
        labelled_of(json.dumps({**ROW, **changed}), KNOWN)
    assert (wrong.value.field, wrong.value.value) == (field, value)
    assert wrong.value.mend


@given(st.text(max_size=80) | st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "replace")))
def test_any_line_is_an_article_or_refused(line: str):
    with suppress(WrongInput):
        labelled_of(line, KNOWN)


LABELS = st.builds(
    Labels,
    st.none() | st.booleans(),
    st.none() | st.frozensets(st.sampled_from(SECTORS)),
    st.just(frozenset(AGREEMENTS)),
    st.dictionaries(st.sampled_from(AGREEMENTS), st.sampled_from(STAGES)),
)


@given(LABELS, st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip))
def test_what_is_written_is_read_as_it_was(labels: Labels, words: str):
    article = ArticleText(
        id="1", title="A pact", text=words, language="ru", published=datetime(2026, 1, 2, 3, tzinfo=UTC)
    )
    labelled = Labelled(article, labels)
    assert labelled_of(as_line(labelled), KNOWN) == labelled

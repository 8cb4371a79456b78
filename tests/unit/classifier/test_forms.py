"""What kind of text lies before the judge: a bare sentence, a headline, or a story."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.forms import BRIEF_TOKENS, Form, form_of
from services.classifier.domain.lexicon import Lexicon
from services.classifier.domain.reading import Reading
from shared.catalogue.loader import load_catalogue
from shared.contracts.verdict import ArticleText


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(load_catalogue())


def form(lexicon: Lexicon, title: str = "", text: str = "") -> Form:
    return form_of(Reading(ArticleText(id="t", title=title, text=text), lexicon))


@pytest.mark.parametrize(
    "text",
    [
        "Glaciers are rivers of ice that move a few metres a year.",
        "“They have never been seen so far north,” he said.",
        "Ледники — это реки льда, которые движутся медленно.",
        "हिमनद बर्फ की नदियां हैं।",
    ],
)
def test_a_bare_sentence_has_a_finite_verb_and_an_end(lexicon: Lexicon, text: str) -> None:
    assert form(lexicon, text=text) == form(lexicon, title=text) == "sentence"


@pytest.mark.parametrize(
    "title",
    [
        "Glaciers move faster than thought",
        "Sale of surplus railway wagons.",
        "Ледники стали двигаться быстрее",
        "हिमनदों पर नई रिपोर्ट जारी",
        "",
    ],
)
def test_a_headline_has_not_both(lexicon: Lexicon, title: str) -> None:
    assert form(lexicon, title=title) == "headline"


def test_a_headline_with_a_line_below_it_is_no_bare_sentence(lexicon: Lexicon) -> None:
    assert form(lexicon, "Glaciers on the move", "They are faster than they were.") == "headline"


def test_more_than_a_headline_and_a_line_is_a_story(lexicon: Lexicon) -> None:
    assert form(lexicon, text="They are slow. " * (BRIEF_TOKENS // 3 + 1)) == "story"


@given(title=st.text(max_size=60), text=st.text(max_size=200))
def test_every_text_has_a_form(lexicon: Lexicon, title: str, text: str) -> None:
    assert form(lexicon, title, text) in {"sentence", "headline", "story"}

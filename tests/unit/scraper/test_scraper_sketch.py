"""A sketch keeps what copies share, in all three scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.domain.sketch import BRIEF_WORDS, FEWEST_WORDS, LEAD_WORDS, MOST_WORDS, Sketch, sketch_of

FIRST_LONG_MARKS = (
    1816610616,
    -1681138380,
    -1094986874,
)  # written down once: stored marks must be met by those of any later version
FIRST_SHORT_MARKS = (875676414, 1236602822, -1202387081)


def words(count: int, name: str = "word") -> str:
    return " ".join(f"{name}{number}" for number in range(count))


def sketched(text: str) -> Sketch:
    sketch = sketch_of(text)
    assert sketch is not None
    return sketch


def test_a_flash_has_no_sketch():
    assert sketch_of(words(FEWEST_WORDS - 1)) is None
    assert sketch_of("") is None
    assert sketch_of(words(FEWEST_WORDS)) is not None


def test_only_a_brief_text_keeps_short_marks():
    assert sketched(words(BRIEF_WORDS - 1)).short
    assert not sketched(words(BRIEF_WORDS)).short


def test_every_other_long_mark_is_kept():
    assert 400 < len(sketched(words(1_000)).long) < 600


def test_the_lead_is_the_beginning_of_the_marks():
    whole, lead = sketched(words(600)), sketched(words(LEAD_WORDS))
    assert whole.long[: whole.lead] == lead.long
    assert lead.lead == len(lead.long)


def test_a_text_of_any_length_keeps_no_more_than_the_longest():
    assert sketched(words(MOST_WORDS)) == sketched(words(3 * MOST_WORDS))


def test_a_text_is_found_by_about_half_of_its_leads_marks():
    sketch = sketched(words(600))
    assert sketch.keys < set(sketch.long[: sketch.lead])
    assert 15 < len(sketch.keys) < 45


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The ministers signed — the agreement, ", "the MINISTERS signed the agreement "),
        ("Министры подписали важное соглашение, ", "министр подписал важные соглашения "),
        ("मंत्रियों ने हिन्दी में समझौते पर हस्ताक्षर किए। ", "मंत्रियों ने हिंदी में समझौते पर हस्ताक्षर किए "),
    ],
)
def test_case_punctuation_and_inflection_change_nothing(one: str, other: str):
    tail = words(40)
    assert sketched(one * 8 + tail) == sketched(other * 8 + tail)


def test_figures_are_kept_by_their_value_not_by_their_script():
    assert sketched(words(30) + " २०२६").figures == sketched(words(30) + " 2026").figures != ()


def test_a_sketch_is_the_same_on_every_machine_and_day():
    sketch = sketched(words(40))
    assert sketch.long[:3] == FIRST_LONG_MARKS
    assert sketch.short[:3] == FIRST_SHORT_MARKS


@given(st.text(max_size=2_000))
def test_any_text_has_a_sketch_that_fits_its_columns_or_none(text: str):
    sketch = sketch_of(text)
    if sketch is not None:
        marks = (*sketch.long, *sketch.short, *sketch.figures)
        assert all(-(1 << 31) <= mark < 1 << 31 for mark in marks)
        assert len(set(sketch.long)) == len(sketch.long)
        assert 0 <= sketch.lead <= len(sketch.long)

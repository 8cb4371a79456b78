"""Small text values, in every script we read."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.text import clip, comparison_key, one_line, storable


@given(st.text())
def test_one_line_is_one_line_and_stays_so(text: str):
    line = one_line(text)
    assert line == one_line(line)
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(letter) == "Cc" for letter in line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  RELOS \n\t in \r\n force ", "RELOS in force"),
        ("a\u00adgree\u200bment\ufeff", "agreement"),
        ("one\u2028two\u2029three", "one two three"),
        ("bell\x07 and escape\x1b[31m", "bell and escape [31m"),
        ("क्\u200dष", "क्\u200dष"),  # the joiner belongs to the word's spelling
        ("", ""),
    ],
)
def test_a_headline_on_one_line(text: str, line: str):
    assert one_line(text) == line


@given(st.text(), st.integers(1, 40))
def test_a_clipped_text_fits(text: str, limit: int):
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped == text or clipped.endswith("…")
    assert text.startswith(clipped.removesuffix("…")) or clipped == text


def test_a_text_is_cut_between_words():
    assert clip("India and Russia sign", 15) == "India and…"
    assert clip("India and Russia sign", 21) == "India and Russia sign"
    assert clip("Einverständniserklärung", 10) == "Einverstä…"


@given(st.text())
def test_a_comparison_key_is_its_own_key(text: str):
    key = comparison_key(text)
    assert comparison_key(key) == key
    assert comparison_key(f"  {text.upper().lower()}!") == comparison_key(text.upper().lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RELOS: in force!", "relos in force"),
        ("Путин — в Дели", "ПУТИН, В ДЕЛИ"),
        ("ﬁnal", "final"),
        ("भारत-रूस", "भारत रूस"),
    ],
)
def test_two_spellings_of_the_same_words(one: str, other: str):
    assert comparison_key(one) == comparison_key(other)


def test_words_that_differ_in_a_vowel_sign_are_two_words():
    assert comparison_key("कल") != comparison_key("काल")


@given(st.text(st.characters(categories=["Cs", "Cc", "L"])))
def test_what_is_stored_is_text_that_every_database_takes(text: str):
    kept = storable(text)
    assert "\x00" not in kept
    kept.encode("utf-8")
    assert storable(kept) == kept


def test_only_what_cannot_be_stored_goes():
    assert storable("a\x00b\ud83dc भारत\n") == "ab\ufffdc भारत\n"

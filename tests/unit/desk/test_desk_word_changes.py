"""What became of a text, word by word; and a finger on the place of a query that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.word_changes import marked, word_changes
from services.desk.pages.complaints import finger_on, on_page
from shared.kit.errors import WrongInput

TEXTS = st.text(alphabet='abc "()@:विज़аб\n', max_size=40)


@given(TEXTS, TEXTS)
def test_what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(before, after):
    pieces = word_changes(before, after)
    assert "".join(each.text for each in pieces if each.fate != "gained") == before
    assert "".join(each.text for each in pieces if each.fate != "lost") == after


def test_one_word_more_is_one_piece_more():
    pieces = [(each.text, each.fate) for each in word_changes("visa AND health", "visa AND (health OR tourism)")]
    assert ("(", "gained") in pieces
    assert (" OR tourism)", "gained") in pieces
    assert not [text for text, fate in pieces if fate == "lost"]


def test_texts_too_long_to_compare_are_told_as_a_whole():
    old, new = "a " * 3_000, "b " * 3_000
    assert [(each.text, each.fate) for each in word_changes(old, new)] == [(old, "lost"), (new, "gained")]


@given(TEXTS, st.lists(st.tuples(st.integers(-3, 50), st.integers(-3, 50)), max_size=5))
def test_marking_places_loses_and_adds_nothing(text, places):
    assert "".join(each.text for each in marked(text, places)) == text


def test_overlapping_places_are_marked_once():
    pieces = [(each.text, each.fate) for each in marked("joint working group", [(0, 13), (6, 19)])]
    assert pieces == [("joint working", "gained"), (" group", "gained")]


@pytest.mark.parametrize(
    ("query", "position", "there"),
    [("visa AND (", 9, "("), ("visa विज़ा", 5, "विज़ा"), ("visa AND", 8, ""), ("a  b", 1, " ")],
)
def test_a_finger_points_at_the_word_that_begins_there(query, position, there):
    finger = finger_on(query, position)
    assert finger.there == there
    assert finger.before + finger.there + finger.after == query


def test_a_page_never_sends_anybody_to_the_command_line():
    wrong = WrongInput("--note", "x", "is long", mend="Give less. See `pactwatch rule show X`. Or use --force.")
    said = on_page(wrong)
    assert (said.field, said.mend) == ("note", "Give less.")
    assert said.why == "Note: is long."

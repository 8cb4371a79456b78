"""The same fact has the same id, at every process and in every year; different facts differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.kit.ids import id_for

PARTS = st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"])), st.integers(), st.uuids()))


def test_an_id_of_last_year_is_an_id_of_today():
    assert id_for("entry", "https://example.org/a") == UUID("6c5862bf-9451-5555-afc5-15f7ca259dde")
    assert id_for("entry", "https://example.org/a").version == 5


@given(PARTS)
def test_the_same_fact_has_the_same_id(parts):
    assert id_for("fact", *parts) == id_for("fact", *parts)


@given(PARTS, PARTS)
def test_different_facts_have_different_ids(one, other):
    spelled = [
        [each if each is None or isinstance(each, int) else str(each) for each in parts] for parts in (one, other)
    ]
    assert (id_for("fact", *one) == id_for("fact", *other)) == (spelled[0] == spelled[1])


@given(st.text("ab", max_size=4), st.text("ab", max_size=4))
def test_parts_do_not_run_together(one, other):
    assert id_for("fact", one, other) != id_for("fact", one + other)
    assert (id_for("fact", one, other) == id_for("fact", other, one)) == (one == other)


def test_nothing_is_not_the_empty_text_and_one_is_not_the_digit_one():
    assert len({id_for("fact"), id_for("fact", None), id_for("fact", ""), id_for("fact", 1), id_for("fact", "1")}) == 5


def test_facts_of_two_kinds_differ():
    assert id_for("alert", "a") != id_for("story", "a")
    assert id_for("a", "b") != id_for("a b")


def test_an_id_and_its_spelling_are_the_same_part():
    one = UUID(int=7)
    assert id_for("alert", one) == id_for("alert", str(one))


def test_two_moments_differ_by_their_time():
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert id_for("source", noon) == id_for("source", datetime(2026, 1, 1, 12, tzinfo=timezone.utc))  # noqa: UP017
    assert id_for("source", noon) != id_for("source", noon + timedelta(microseconds=1))

"""The form of a source: what it takes, and that every wrong field is told at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.desk.domain.pipeline import by_hour, seconds_words, size_words
from services.desk.domain.source_forms import SourceForm, WrongFields
from services.desk.domain.sources import checked_fields, new_source

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
GOOD = {"name": "Courier", "url": "https://example.org/feed"}


def test_a_form_that_is_sent_back_unchanged_changes_nothing():
    given = {
        **GOOD,
        "every_seconds": 300,
        "alert_since": "2026-11-01",
        "selectors": {"item": "article"},
        "quirks": "odd",
    }
    source = new_source(
        checked_fields({"kind": None, "country": "in", "language": "en,hi", "paused": False, **given}, NOW), NOW
    )
    form = SourceForm.of(source)
    assert SourceForm.sent({each: getattr(form, each) for each in form.__slots__}) == form
    checked = form.checked(NOW)
    assert {name: getattr(source, name) for name in checked} == checked


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("every", "soon"),
        ("every", "²"),
        ("every", "-5"),
        ("every", "9" * 40),
        ("url", "javascript:alert(1)"),
        ("alert_since", "yesterday"),
        ("language", "fr"),
        ("text", "a[["),
        ("kind", "carrier pigeon"),
    ],
)
def test_a_wrong_field_is_told_under_its_own_name_in_words_of_the_page(field, value):
    with pytest.raises(WrongFields) as told:
        SourceForm.sent({**GOOD, field: value, "country": "Nowhere"}).checked(NOW)
    assert {each.field for each in told.value.wrong} == {field, "country"}
    assert all(each.mend and "--" not in each.mend for each in told.value.wrong)


def test_times_and_sizes_are_told_as_people_read_them():
    assert [seconds_words(each) for each in (-3, 0.08, 3.21, 75, 600, 90_000, 400_000)] == [
        *("0 ms", "80 ms", "3.2 s", "75 s", "10 min", "25 h", "5 d"),
    ]
    assert [size_words(each) for each in (7, 8_400, 52_000, 1_250_000_000)] == ["7 B", "8.4 kB", "52 kB", "1.2 GB"]


def test_a_day_is_drawn_hour_by_hour_with_the_running_one_last():
    drawing = by_hour({datetime(2026, 11, 22, 6, tzinfo=UTC): 3}, NOW)
    assert len(drawing.bars) == 24
    assert (drawing.bars[-1].figure.label, drawing.bars[-1].figure.value) == ("06:00", 3)
    assert drawing.bars[0].figure.label == "07:00"

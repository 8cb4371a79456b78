"""Bars of a chart are as long as their figures say, and nothing that counts is invisible."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.figures import CHART_HEIGHT, Figure, drawn


def test_the_greatest_figure_fills_the_box_and_half_of_it_half():
    drawing = drawn([Figure("Mon", 5), Figure("Tue", 10), Figure("Wed", 0)])
    assert [bar.height for bar in drawing.bars] == [CHART_HEIGHT // 2, CHART_HEIGHT, 0]
    assert (drawing.most, drawing.total) == (10, 15)


def test_nothing_is_drawn_of_no_figures():
    assert drawn([]).bars == ()
    assert drawn([]).most == 0


@given(st.lists(st.floats(min_value=-10, max_value=1e12), max_size=50))
def test_every_bar_lies_in_its_box_and_is_seen_where_it_counts(values):
    drawing = drawn([Figure(str(place), value) for place, value in enumerate(values)])
    for bar in drawing.bars:
        assert 0 <= bar.y <= bar.y + bar.height == CHART_HEIGHT
        assert bar.x + bar.width <= drawing.width
        assert (bar.height > 0) == (bar.figure.value > 0)

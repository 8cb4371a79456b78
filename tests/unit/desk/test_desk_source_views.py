"""How a source's state reads: calm or trouble, and what mends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.desk.domain.source_views import SourceView, in_state, state_words
from services.desk.domain.sources import Source
from services.scraper.domain.source import SourceState
from shared.kit.errors import WrongInput

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def a_view(name: str, state: str) -> SourceView:
    source = Source(uuid4(), name, f"https://example.org/{name}", None, None, None, None, None, False, NOW)
    return SourceView(source, state, NOW, NOW, None, 0, moved_to="https://new.example/feed")


@pytest.mark.parametrize("state", SourceState)
def test_every_state_of_the_scraper_is_calm_or_says_what_mends_it(state: SourceState):
    view = a_view("The Hindu", state)
    assert view.in_trouble == (state not in ("new", "fine"))
    assert bool(view.mend) == view.in_trouble
    assert "{" not in view.mend
    assert "_" not in state_words(state)


def test_a_state_of_a_newer_scraper_still_reads_as_trouble():
    view = a_view("A", "made_of_cheese")
    assert (view.in_trouble, state_words(view.state)) == (True, "made of cheese")
    assert "pactwatch source test https://example.org/A" in view.mend


def test_the_mend_of_a_moved_source_is_a_command_to_copy():
    assert a_view("The Hindu", "moved").mend.endswith(
        "pactwatch source edit 'The Hindu' --url https://new.example/feed"
    )


def test_sources_are_found_by_state_in_any_spelling_and_by_trouble():
    views = [a_view("A", "fine"), a_view("B", "not_a_feed"), replace(a_view("C", "silent"), failures=2)]
    assert [view.name for view in in_state(views, "not a feed")] == ["B"]
    assert [view.name for view in in_state(views, "Not-A-Feed")] == ["B"]
    assert [view.name for view in in_state(views, "trouble")] == ["B", "C"]
    assert in_state(views, "gone") == []
    with pytest.raises(WrongInput, match="Did you mean silent"):
        in_state(views, "silnt")

"""CSS selectors for listing pages: used before our own eyes, and named when they find nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.results import NotAFeed, ParsedFeed, Selectors
from tests.unit.scraper.source_pages import outcome, read, refused

PAGE = b"""<html><body><div class="row"><span class="when">05.12.2025</span><b>Pact</b> <a href="/x/1">open</a></div>
<div class="row"><span class="when">04.12.2025</span><b>Visit</b> <a href="https://other.example/2">open</a></div>
<div class="row"><b>Broken</b> <a href="javascript:open()">open</a></div></body></html>"""
ALL = Selectors(item="div.row", link="a", title="b", date=".when")


def test_selectors_find_what_own_eyes_would_not_also_on_another_site():
    feed = read(PAGE, "page", selectors=ALL)
    assert [(entry.url, entry.title) for entry in feed.entries] == [
        ("https://site.example.com/x/1", "Pact"),
        ("https://other.example/2", "Visit"),
    ]
    assert feed.entries[0].published == datetime(2025, 12, 5, tzinfo=UTC)
    assert [left_out.title for left_out in feed.unusable] == ["Broken"]


def test_selectors_that_are_left_out_are_left_to_own_eyes():
    assert len(read(PAGE, "page", selectors=Selectors(item=".row", title="b")).entries) == 2
    assert len(read(PAGE, "page", selectors=Selectors(link=".row > a", title="b")).entries) == 2
    rows = b"".join(
        b"<li><a href='/news/%d'>A headline of the day, number %d</a><i class=t>Set title %d</i></li>" % (n, n, n)
        for n in range(12345, 12350)
    )
    titles = [entry.title for entry in read(b"<ul>" + rows + b"</ul>", "page", selectors=Selectors(title=".t")).entries]
    assert titles[0] == "Set title 12345"


@pytest.mark.parametrize(
    ("selectors", "sentence"),
    [
        (Selectors(item="li.news"), "The item selector “li.news” finds nothing on the page."),
        (Selectors(item="div.row", link="a.more"), "The link selector “a.more” finds no link on the page."),
        (Selectors(link="a.more"), "The link selector “a.more” finds no link on the page."),
        (Selectors(item="div.row", title="h2"), "The title selector “h2” finds nothing in any of 2 items."),
        (Selectors(item="div.row", date="time"), "The date selector “time” finds nothing in any of 2 items."),
        (Selectors(item="div..row"), "The item selector “div..row” is not a CSS selector."),
    ],
)
def test_a_selector_that_finds_nothing_is_named(selectors, sentence):
    answer = refused(PAGE, "page", selectors=selectors)
    assert (answer.reason, answer.found) == (sentence, "html")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_are_a_selector_or_not_and_never_another_exception(item, title):
    selectors = Selectors(item=item, title=title)
    assert isinstance(outcome(PAGE, "page", selectors=selectors), (ParsedFeed, NotAFeed))

"""How values read on a page, and which links a reader may follow."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.pages.words import (
    HEADLINE_CHARACTERS,
    headline,
    lang,
    machine_time,
    reader_time,
    stage_words,
    web_link,
)

IST = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "http://user@example.org",
        "java\nscript:x",
        "",
        "ftp://e.org",
    ],
)
def test_no_link_leads_anywhere_but_to_the_web(url: str):
    assert web_link(url) is None


@given(st.text())
def test_any_link_shown_begins_as_a_web_address(url: str):
    assert (web_link(url) or "https://").startswith(("http://", "https://"))


@given(st.text())
def test_a_headline_is_one_short_line_that_turns_no_text_around(text: str):
    shown = headline(text)
    assert len(shown) <= HEADLINE_CHARACTERS
    assert "\n" not in shown
    assert "\u202e" not in shown


def test_a_stage_reads_as_words():
    assert stage_words("fedcouncil_approved") == "approved by the Federation Council"
    assert stage_words("negotiation_started") == "negotiation started"


def test_a_moment_is_told_in_utc():
    moment = datetime(2026, 11, 22, 11, 30, tzinfo=IST)
    assert machine_time(moment) == "2026-11-22T06:00:00Z"
    assert reader_time(moment) == "22 Nov 2026, 06:00 UTC"


def test_only_languages_that_we_know_are_named():
    assert [lang(code) for code in ("hi", "xx", None, '"><script>')] == ["hi", None, None, None]

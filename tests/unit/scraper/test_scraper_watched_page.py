"""A single page that is watched for change."""

from __future__ import annotations

from services.scraper.parsing.results import Selectors
from tests.unit.scraper.source_pages import SITE, read, refused, source_bytes

ARTICLE = (
    b"<html lang='en'><head><title>Terms of the visa regime</title></head><body>"
    b"<nav><a href='/a'>About</a></nav><article>"
    b"<h1>Terms of the visa regime</h1>"
    + b"<p>A citizen may stay for ninety days within half a year. </p>" * 12
    + b"</article></body></html>"
)


def test_the_page_is_one_whole_entry_without_a_date():
    (entry,) = read(ARTICLE, "watch").entries
    assert (entry.url, entry.title, entry.whole, entry.published) == (SITE, "Terms of the visa regime", True, None)
    assert "ninety days" in entry.content
    assert "About" not in entry.content


def test_a_table_without_an_article_is_read_a_row_a_line():
    (entry,) = read("watched_table.html", "watch").entries
    assert "Protocol on the exchange of customs data | 05.12.2025 | not yet" in entry.content.split("\n")
    assert "Agreements in force with the Russian Federation" in entry.content


def test_counters_and_clocks_are_no_change():
    later = source_bytes("watched_table.html").replace(b"1,204,331", b"1,204,332").replace(b"10:15", b"11:40")
    assert read(later, "watch").entries == read("watched_table.html", "watch").entries


def test_a_changed_row_is_a_change():
    changed = source_bytes("watched_table.html").replace(b"not yet", b"01.03.2026")
    assert read(changed, "watch").entries != read("watched_table.html", "watch").entries


def test_a_selector_says_what_is_watched():
    (entry,) = read("watched_table.html", "watch", selectors=Selectors(text="table")).entries
    assert entry.content.startswith("Agreement | Signed | In force since")
    assert "convenience" not in entry.content


def test_a_selector_that_finds_nothing_is_named():
    answer = refused("watched_table.html", "watch", selectors=Selectors(text="div.body"))
    assert answer.reason == "The text selector “div.body” finds nothing on the page."


def test_an_empty_page_is_refused():
    assert refused("javascript_only.html", "watch").found == "html"

"""What is a new version of an article, when it is read again, and when its feed is enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.domain.entry import mark_of
from services.scraper.domain.revision import REREAD_AFTER, comparable, next_reread, rewritten
from services.scraper.domain.whole_text import looks_whole, needs_no_page, says_no_more
from shared.kit.text import comparison_key
from shared.language.changes import changes_between

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TEXT = (
    "Both ministers signed the protocol in Delhi on Tuesday. It covers the supply of fertiliser for three years. "
    "The first ships are expected in March. No figure was given for the price."
)


@pytest.mark.parametrize(
    "new",
    [
        TEXT + " The Russian side later confirmed the price.",
        TEXT.replace("three years", "five years"),
        TEXT.replace(" The first ships are expected in March.", ""),
    ],
    ids=["a sentence more", "another figure", "a sentence less"],
)
def test_another_sentence_makes_a_new_version(new):
    assert rewritten("Pact signed", TEXT, "Pact signed", new)


def test_another_headline_makes_a_new_version():
    assert rewritten("Pact to be signed", TEXT, "Pact signed", TEXT)
    assert not rewritten("Pact signed", TEXT, "PACT SIGNED!", TEXT)
    assert not rewritten("Pact signed", TEXT, "", TEXT)


@pytest.mark.parametrize(
    "new",
    [TEXT.upper(), TEXT.replace(". ", ".\n\n"), TEXT + "\n\n1,204 views", "2 hours ago\n\n" + TEXT],
    ids=["case", "white space", "a counter", "an age"],
)
def test_counters_and_marks_make_none(new):
    assert not rewritten("Pact signed", TEXT, "Pact signed", new)


def test_a_page_that_shows_less_than_it_did_takes_no_words_away():
    assert not rewritten("Pact signed", TEXT, "Pact signed", TEXT.partition(". ")[0] + ".")


def test_words_of_a_feed_say_nothing_about_a_page_that_was_read():
    assert not comparable(TEXT, "Another text", before_from="page", now_from="feed")
    assert not comparable(TEXT, TEXT, before_from="feed", now_from="page")
    assert comparable("A teaser.", TEXT, before_from="feed", now_from="page")
    assert comparable(TEXT, "Another text", before_from="page", now_from="page")


def test_news_is_read_again_after_half_an_hour_four_hours_and_a_day():
    waits = [next_reread(count, NOW - timedelta(hours=1), now=NOW) for count in range(4)]
    assert waits == [*REREAD_AFTER, None]


def test_old_articles_are_not_read_again_and_undated_ones_are():
    assert next_reread(0, NOW - timedelta(days=3), now=NOW) is None
    assert next_reread(0, None, now=NOW) == REREAD_AFTER[0]


def letters(*pieces: str) -> str:
    return comparison_key(" ".join(pieces)).replace(" ", "")


@given(st.text(max_size=300), st.text(max_size=300))
def test_both_versions_can_be_read_out_of_their_changes(old, new):
    changes = changes_between(old, new)
    assert letters(*(change.text for change in changes if change.kind != "new")) == letters(old)
    assert letters(*(change.text for change in changes if change.kind != "gone")) == letters(new)


@given(st.text(max_size=300))
def test_a_text_has_not_changed_from_itself(text):
    assert all(change.kind == "kept" for change in changes_between(text, text))
    assert not rewritten("A title", text, "A title", text)


def test_a_changed_sentence_is_shown_beside_what_stayed():
    changes = changes_between(TEXT, TEXT.replace("three years", "five years"))
    assert [change.kind for change in changes] == ["kept", "gone", "new", "kept"]
    assert changes[1].text == "It covers the supply of fertiliser for three years."
    assert changes[2].text == "It covers the supply of fertiliser for five years."


def test_a_feed_is_trusted_with_whole_articles_after_three_pages_that_said_no_more():
    whole = TEXT * 5
    assert needs_no_page(whole, pages_alike=3, dice=0.5)
    assert not needs_no_page(whole, pages_alike=2, dice=0.5)
    assert not needs_no_page(whole, pages_alike=30, dice=0.01)  # one in twenty is checked all the same
    assert not needs_no_page(TEXT[:100], pages_alike=30, dice=0.5)


@pytest.mark.parametrize("ending", ["…", "...", " [...]", " […]", " Read more »", " Читать далее"])
def test_a_teaser_is_not_taken_for_a_whole_article(ending):
    assert looks_whole(TEXT * 5)
    assert not looks_whole(TEXT * 5 + ending)


def test_a_page_says_no_more_when_it_is_hardly_longer_and_begins_alike():
    assert says_no_more(TEXT + " Photo: TASS", TEXT)
    assert not says_no_more(TEXT * 2, TEXT)
    assert not says_no_more("Please accept our cookies to go on reading.", TEXT)


def test_a_feeds_mark_changes_with_its_words_and_not_with_their_case():
    mark = mark_of("Pact", "Signed today.", "", NOW)
    assert mark == mark_of("PACT", "signed  today", "", NOW)
    assert mark != mark_of("Pact", "Signed tomorrow.", "", NOW)
    assert mark != mark_of("Pact", "Signed today.", "", NOW + timedelta(hours=1))

"""When to look again, what is new, and what becomes of an entry whose page fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.domain.article import (
    AKIN_AT_TWO_HOSTS,
    alertable,
    believable,
    content_fingerprint,
    leads_to_the_front_page,
    titles_akin,
)
from services.scraper.domain.entry import Retry, UseFeedText, next_page_try, next_try_after_mistake
from services.scraper.domain.entry import wait_seconds as entry_wait_seconds
from services.scraper.domain.mistake import mistake_sentence
from services.scraper.domain.source import SourceState, next_look_at
from shared.web.looks import Failed, Fetched, Look, NotModified, Throttled

NOW = datetime(2025, 12, 5, 12, 0, tzinfo=UTC)
TROUBLED = [SourceState.FAILING, SourceState.BLOCKED, SourceState.NOT_A_FEED, SourceState.THROTTLED]


def wait_seconds(outcome: SourceState, **how) -> float:
    return (next_look_at(NOW, outcome, **how) - NOW).total_seconds()


def every(minutes: float, count: int = 10) -> list[datetime]:
    return [NOW - timedelta(minutes=minutes * position) for position in range(1, count + 1)]


@pytest.mark.parametrize("outcome", [SourceState.NEW, SourceState.FINE, SourceState.EMPTY, SourceState.MOVED])
def test_a_pace_that_was_set_is_kept_exactly(outcome):
    assert wait_seconds(outcome, every_seconds=17, rng=0.7) == 17
    assert wait_seconds(outcome, every_seconds=0) == 1


@pytest.mark.parametrize(("minutes", "seconds"), [(0.5, 60), (4, 60), (20, 300), (60, 300), (600, 300)], ids=str)
def test_without_a_pace_the_source_sets_its_own_between_one_minute_and_five(minutes, seconds):
    assert wait_seconds(SourceState.FINE, published_times=every(minutes)) == seconds


def test_a_source_without_dates_or_with_dates_ahead_is_looked_at_every_two_minutes():
    assert wait_seconds(SourceState.FINE) == 120
    assert wait_seconds(SourceState.FINE, published_times=[None, NOW + timedelta(days=9)]) == 120


def test_failures_double_the_wait_up_to_an_hour():
    waits = [wait_seconds(SourceState.FAILING, every_seconds=60, failures=count) for count in (1, 2, 3, 4, 30, 10_000)]
    assert waits[:4] == [60, 120, 240, 480]
    assert waits[4] == waits[5] <= 3600


@given(
    st.sampled_from(list(SourceState)),
    st.one_of(st.none(), st.integers(-5, 10**6)),
    st.integers(-3, 10**6),
    st.one_of(st.none(), st.integers(-5, 10**9)),
    st.floats(0, 1),
)
def test_the_next_look_is_always_ahead_and_never_before_what_was_asked_for(outcome, pace, failures, asked, rng):
    seconds = wait_seconds(
        outcome, every_seconds=pace, failures=failures, retry_after_seconds=asked, rng=rng, published_times=every(3)
    )
    assert seconds >= 1
    assert seconds >= min(asked or 0, 86_400)
    assert seconds <= max(3600, pace or 0, 86_400 * 1.1 if asked else 0)


# ----------------------------------------------------------------------------------------------------------- entries


FETCHED = Fetched("https://a.example/", 200, {}, b"")
FAILURES = [
    Failed("timeout", "too slow"),
    Failed("http", "answered 401", 401, permanent=True),
    Failed("http", "answered 403", 403, permanent=True),
    Failed("http", "answered 404", 404, permanent=True),
    Failed("http", "answered 500", 500),
    FETCHED,  # and held no article
    NotModified({}),
    Throttled(None, 429),
]


@pytest.mark.parametrize("look", FAILURES, ids=str)
def test_a_page_that_fails_is_tried_four_times_and_then_the_feed_speaks(look: Look):
    tries = [next_page_try(failures, look, feed_has_text=False) for failures in range(4)]
    assert tries[:3] == [Retry(10), Retry(60), Retry(180)]
    assert isinstance(tries[3], UseFeedText)


@pytest.mark.parametrize("look", FAILURES, ids=str)
def test_a_feed_that_carries_the_whole_text_speaks_at_the_first_failure(look: Look):
    assert isinstance(next_page_try(0, look, feed_has_text=True), UseFeedText)


@pytest.mark.parametrize(
    "look",
    [
        Failed("blocked", "private", permanent=True),
        Failed("too_large", "ten megabytes", 200, permanent=True),
        Failed("http", "answered 410", 410, permanent=True),
        Failed("http", "answered 451", 451, permanent=True),
    ],
    ids=str,
)
def test_a_page_that_will_never_be_had_is_not_asked_for_again(look: Look):
    assert isinstance(next_page_try(0, look, feed_has_text=False), UseFeedText)


def test_a_server_that_asks_for_patience_gets_it_unless_the_news_would_be_old():
    assert next_page_try(0, Throttled(120, 429), feed_has_text=False) == Retry(120)
    assert next_page_try(1, Throttled(5, 429), feed_has_text=False) == Retry(60)
    assert next_page_try(2, Throttled(181, 429), feed_has_text=False) == UseFeedText(
        "The server asks to wait 181 seconds, too long for news."
    )
    assert isinstance(next_page_try(0, Throttled(7200, 429), feed_has_text=False), UseFeedText)


@given(st.integers(-3, 10**6), st.sampled_from(FAILURES) | st.builds(Throttled, st.integers(0, 10**9), st.just(429)))
def test_an_entry_waits_minutes_at_most(failures: int, look: Look):
    match next_page_try(failures, look, feed_has_text=False):
        case Retry(after_seconds):
            assert 10 <= after_seconds <= 250
            assert failures < 3
        case UseFeedText(reason):
            assert reason.endswith(".")


def test_a_mistake_of_ours_is_waited_out_like_a_page_that_fails():
    tries = [next_try_after_mistake(failures, feed_has_text=False) for failures in range(4)]
    assert tries[:3] == [Retry(10), Retry(60), Retry(180)]
    assert isinstance(tries[3], UseFeedText)
    assert isinstance(next_try_after_mistake(0, feed_has_text=True), UseFeedText)


def test_what_cannot_even_be_published_from_its_feed_is_tried_every_hour():
    assert [entry_wait_seconds(failures) for failures in (0, 1, 2, 3, 4, 10**6)] == [10, 60, 180, 3600, 3600, 3600]


def test_a_mistake_is_told_by_its_kind_and_its_first_line():
    assert mistake_sentence(ValueError("a \x00 bug\n[SQL: …]")) == "could not be handled (ValueError: a bug)"
    assert mistake_sentence(KeyError()) == "could not be handled (KeyError)"
    assert len(mistake_sentence(ValueError("long " * 1000))) < 350


# ---------------------------------------------------------------------------------------------------------- articles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Logistics pact enters into force", "Pact is in FORCE, say both"),
        ("Three companies ink pact", "Fertiliser: three, not four, sign with Uralchem"),  # one word in four
        ("Россия и Индия: договор", "Индия одобрила документ сегодня"),
    ],
)
def test_headlines_of_one_story_share_a_quarter_of_the_shorter_ones_words(one: str, other: str):
    assert titles_akin(one, other, part=AKIN_AT_TWO_HOSTS)
    assert titles_akin(other, one, part=AKIN_AT_TWO_HOSTS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Logistics pact enters into force", "Rain saves the Colts from defeat"),
        ("One two three four five", "Five six seven eight nine ten"),  # one word in five
        ("", "Pact"),
        ("", ""),
        ("—", "—"),
    ],
)
def test_headlines_that_share_less_are_not_akin(one: str, other: str):
    assert not titles_akin(one, other, part=AKIN_AT_TWO_HOSTS)
    assert not titles_akin(other, one, part=AKIN_AT_TWO_HOSTS)


def test_texts_that_differ_in_case_space_and_marks_only_have_one_fingerprint():
    assert content_fingerprint("India, Russia  sign.\n") == content_fingerprint("india russia — SIGN")
    assert content_fingerprint("one") != content_fingerprint("two")
    assert content_fingerprint("", "Title A") != content_fingerprint("", "Title B")
    assert len(content_fingerprint("")) == 64


def test_a_date_that_cannot_be_is_unknown():
    assert believable(NOW + timedelta(hours=23), now=NOW) == NOW + timedelta(hours=23)
    assert believable(NOW + timedelta(hours=25), now=NOW) is None
    assert believable(datetime(1970, 1, 1, tzinfo=UTC), now=NOW) is None
    assert believable(None, now=NOW) is None


def test_old_news_raises_no_alert_and_unknown_dates_do():
    assert alertable(None, NOW)
    assert alertable(NOW, None)
    assert alertable(NOW, NOW)
    assert not alertable(NOW - timedelta(seconds=1), NOW)


def test_a_day_without_a_time_counts_until_its_end():
    midnight = datetime(2025, 12, 5, tzinfo=UTC)
    assert alertable(midnight, NOW)
    assert not alertable(midnight - timedelta(days=1), NOW)


@pytest.mark.parametrize(
    ("asked", "final", "front"),
    [
        ("https://a.example/news/1", "https://a.example/", True),
        ("https://a.example/?p=17", "https://www.a.example", True),
        ("https://a.example/news/1", "https://a.example/news/one", False),
        ("https://a.example/news/1", "https://a.example/?p=17", False),
        ("https://a.example/", "https://www.a.example/", False),
    ],
)
def test_a_site_that_answers_with_its_front_page_has_no_such_article(asked, final, front):
    assert leads_to_the_front_page(asked, final) is front

"""When to look again, what is new, and what becomes of an entry whose page fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.domain.article import alertable, believable, content_fingerprint, unseen
from services.scraper.domain.entry import Retry, UseFeedText, next_page_try
from services.scraper.domain.source import SourceState, next_look_at
from shared.web.looks import Failed, Fetched, Throttled

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


@pytest.mark.parametrize(("minutes", "seconds"), [(0.5, 60), (4, 60), (20, 300), (60, 900), (600, 900)], ids=str)
def test_without_a_pace_the_source_sets_its_own_between_a_minute_and_a_quarter_of_an_hour(minutes, seconds):
    assert wait_seconds(SourceState.FINE, published_times=every(minutes)) == seconds


def test_a_source_without_dates_or_with_dates_ahead_is_looked_at_every_five_minutes():
    assert wait_seconds(SourceState.FINE) == 300
    assert wait_seconds(SourceState.FINE, published_times=[None, NOW + timedelta(days=9)]) == 300


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


def test_a_page_that_fails_is_tried_five_times_and_then_the_feed_speaks():
    look = Failed("timeout", "too slow")
    tries = [next_page_try(failures, look) for failures in range(5)]
    assert tries[:4] == [Retry(10), Retry(60), Retry(300), Retry(1800)]
    assert isinstance(tries[4], UseFeedText)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_page_refused_for_good_is_not_asked_for_again(status):
    assert isinstance(next_page_try(0, Failed("http", f"answered {status}", status)), UseFeedText)


def test_a_blocked_address_and_an_unreadable_page_let_the_feed_speak_at_once():
    assert isinstance(next_page_try(0, Failed("blocked", "private", permanent=True)), UseFeedText)
    assert isinstance(next_page_try(0, Fetched("https://a.example/", 200, {}, b"")), UseFeedText)


def test_a_server_that_asks_for_patience_gets_it_unless_the_news_would_be_old():
    assert next_page_try(0, Throttled(120, 429)) == Retry(120)
    assert next_page_try(1, Throttled(5, 429)) == Retry(60)
    assert next_page_try(0, Throttled(None, 429)) == Retry(10)
    assert isinstance(next_page_try(0, Throttled(7200, 429)), UseFeedText)


# ---------------------------------------------------------------------------------------------------------- articles


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


@dataclass(frozen=True)
class Told:
    url: str


def test_unseen_keeps_the_first_of_each_address_that_is_not_known():
    told = [Told("https://a.example/1?utm_source=x"), Told("https://A.example/1"), Told("https://a.example/2")]
    assert unseen(told, set()) == (told[0], told[2])
    assert unseen(told, {"https://a.example/1"}) == (told[2],)

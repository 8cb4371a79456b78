"""A whole language that falls silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.scraper.domain.vigil import LanguageStanding, changed_languages, silent_languages

NOW = datetime(2025, 12, 5, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def standing(language: str, hours_ago: float | None, *, healthy: bool = True) -> LanguageStanding:
    return LanguageStanding(language, None if hours_ago is None else NOW - hours_ago * HOUR, healthy)


def every(gap: timedelta, *, last: timedelta, count: int = 40) -> list[datetime]:
    return [NOW - last - gap * position for position in range(count)]


def test_a_language_is_silent_when_none_of_its_sources_has_had_news_for_six_hours():
    assert silent_languages([standing("hi", 5.9), standing("hi", 30)], NOW) == ()
    [silence] = silent_languages([standing("hi", 6.1), standing("hi", 30), standing("ru", 1), standing("ru", 1)], NOW)
    assert (silence.language, silence.since) == ("hi", NOW - 6.1 * HOUR)
    assert silence.sentence == (
        "None of the 2 sources in Hindi has had news for 6 hours, since 2025-12-05 05:54 UTC; that is long for them."
    )
    assert silence.mend


def test_a_slow_language_may_be_silent_for_ten_of_its_gaps():
    sources = [standing("ru", 25), standing("ru", 40)]
    assert silent_languages(sources, NOW, news_times={"ru": every(3 * HOUR, last=25 * HOUR)}) == ()
    assert silent_languages(sources, NOW, news_times={"ru": every(2 * HOUR, last=25 * HOUR)})


def test_a_night_is_no_silence():
    days = [
        NOW - 10 * HOUR - day * 24 * HOUR - minutes * timedelta(minutes=10) for day in range(4) for minutes in range(80)
    ]
    assert silent_languages([standing("hi", 10), standing("hi", 11)], NOW, news_times={"hi": days}) == ()
    assert silent_languages([standing("hi", 14), standing("hi", 15)], NOW, news_times={"hi": days})


def test_a_language_whose_sources_are_all_in_trouble_is_silent_at_once():
    [silence] = silent_languages([standing("hi", 0.1, healthy=False), standing("hi", 2, healthy=False)], NOW)
    assert "All 2 sources in Hindi are in trouble" in silence.sentence
    assert silent_languages([standing("hi", 0.1, healthy=False), standing("hi", 2)], NOW) == ()


def test_one_source_is_no_language_and_what_never_had_news_cannot_fall_silent():
    assert silent_languages([standing("hi", 900)], NOW) == ()
    assert silent_languages([standing("hi", None), standing("hi", None)], NOW) == ()


def test_a_silence_is_told_once_and_over_at_the_first_news():
    silent = [standing("hi", 7), standing("hi", 30)]
    [began] = changed_languages({}, silent, NOW)
    assert (began.kind, began.about, began.state, began.over) == ("language", "hi", "silent", False)
    told = {"hi": began.since}
    assert changed_languages(told, silent, NOW) == ()
    trouble_mended = [standing("hi", 7), standing("hi", 30)]
    assert changed_languages(told, trouble_mended, NOW + HOUR) == ()
    [over] = changed_languages(told, [standing("hi", 0), standing("hi", 30)], NOW)
    assert (over.about, over.since, over.over, over.sentence) == (
        "hi",
        began.since,
        True,
        "There is news in Hindi again.",
    )
    assert over.event_id != began.event_id


def test_a_language_that_is_no_longer_watched_is_no_longer_in_trouble():
    [over] = changed_languages({"hi": NOW - 9 * HOUR}, [standing("hi", 9)], NOW)
    assert over.over
    assert "no longer watched" in over.sentence


standings = st.lists(
    st.builds(standing, st.sampled_from(["en", "ru", "hi"]), st.none() | st.floats(0, 100), healthy=st.booleans()),
    max_size=8,
)


@given(st.lists(standings, max_size=12))
def test_whatever_happens_each_silence_is_told_once_and_ends_once(rounds):
    told: dict[str, datetime] = {}
    for number, sources in enumerate(rounds):
        for event in changed_languages(told, sources, NOW + number * HOUR):
            if event.over:
                assert told.pop(event.about) == event.since
            else:
                assert event.about not in told
                told[event.about] = event.since

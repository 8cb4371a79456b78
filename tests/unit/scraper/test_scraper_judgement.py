"""What a look says of its source: one word, what happened, and what mends it."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.domain.judgement import FINE, History, language_of_words, state_of_look
from services.scraper.domain.source import SourceState, conditional_allowed, last_news_at, longest_usual_silence
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed, Part, UnusableEntry
from shared.web.looks import Failed, Fetched, Look, NotModified, NotYet, Throttled

NOW = datetime(2025, 12, 5, 12, 0, tzinfo=UTC)
URL = "https://news.example/rss.xml"
KNOWN = History("News", URL, state=SourceState.FINE, last_new_at=NOW - timedelta(hours=2))
ENGLISH = "India and Russia sign a logistics pact in New Delhi"
RUSSIAN = "Россия и Индия подписали соглашение о логистике"
HINDI = "भारत और रूस ने रसद समझौते पर हस्ताक्षर किए"
GEORGIAN = "რუსეთმა და ინდოეთმა ხელი მოაწერეს შეთანხმებას"


def fetched(*, final: str = URL, moved_to: str | None = None) -> Fetched:
    return Fetched(final, 200, {}, b"...", moved_to)


def a_feed(*titles: str, **more) -> ParsedFeed:
    entries = tuple(Entry(f"https://news.example/{number}", title) for number, title in enumerate(titles))
    return ParsedFeed("News", "rss", entries, **more)


def judged(look: Look, parsed=None, history: History = KNOWN):
    verdict = state_of_look(look, parsed, history, NOW)
    assert verdict is not None
    return verdict


def known(**changed) -> History:
    values = {"name": "News", "url": URL, "state": SourceState.FINE, "last_new_at": NOW - timedelta(hours=2)}
    return History(**values | changed)


def every(gap: timedelta, count: int = 10, *, last: timedelta = timedelta(0)) -> list[datetime]:
    return [NOW - last - gap * position for position in range(count)]


FAILED = {
    (Failed("dns", "no such host"), SourceState.FAILING),
    (Failed("connect", "no connection"), SourceState.FAILING),
    (Failed("tls", "certificate has expired"), SourceState.FAILING),
    (Failed("timeout", "too slow"), SourceState.FAILING),
    (Failed("too_large", "larger than 10 MB", 200), SourceState.FAILING),
    (Failed("redirects", "sent on too often"), SourceState.FAILING),
    (Failed("protocol", "no proper HTTP"), SourceState.FAILING),
    (Failed("http", "answered 500", 500), SourceState.FAILING),
    (Failed("http", "answered 418", 418), SourceState.FAILING),
    (Failed("http", "answered 404", 404), SourceState.GONE),
    (Failed("http", "answered 410", 410), SourceState.GONE),
    (Failed("http", "answered 401", 401), SourceState.BLOCKED),
    (Failed("http", "answered 403", 403), SourceState.BLOCKED),
    (Failed("http", "answered 451", 451), SourceState.BLOCKED),
    (Failed("blocked", "leads to 10.0.0.1", permanent=True), SourceState.REFUSED),
    (Failed("robots", "robots.txt forbids it", permanent=True), SourceState.ROBOTS),
    (Throttled(60, 429), SourceState.THROTTLED),
    (Throttled(None, 503), SourceState.THROTTLED),
}


@pytest.mark.parametrize(("look", "state"), sorted(FAILED, key=str), ids=str)
def test_what_went_wrong_has_a_name_a_sentence_and_a_mend(look, state):
    verdict = judged(look)
    assert verdict.state is state
    assert verdict.sentence
    assert verdict.mend


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ("html", SourceState.NOT_A_FEED),
        ("binary", SourceState.NOT_A_FEED),
        ("broken", SourceState.NOT_A_FEED),
        ("", SourceState.NOT_A_FEED),
        ("login", SourceState.BLOCKED),
        ("wall", SourceState.BLOCKED),
        ("empty", SourceState.EMPTY),
    ],
)
def test_what_is_no_feed_is_named_by_what_it_is(found, state):
    verdict = judged(fetched(), NotAFeed("It is a page about cats.", found))
    assert verdict.state is state
    assert "about cats" in verdict.sentence
    assert verdict.mend


def test_a_feed_that_turned_to_html_says_that_it_was_well_and_where_it_led():
    verdict = judged(fetched(final="https://news.example/home"), NotAFeed("It is an HTML page.", "html"))
    assert verdict.sentence == ("It gave news before. It is an HTML page. (it led to https://news.example/home)")
    never = judged(fetched(), NotAFeed("It is an HTML page.", "html"), known(last_new_at=None))
    assert never.sentence == "It is an HTML page."


def test_a_feed_with_news_is_fine():
    assert judged(fetched(), a_feed(ENGLISH)) == FINE
    assert judged(NotModified({}), history=known(conditional=True)) == FINE


def test_a_feed_that_was_fine_and_has_nothing_is_empty():
    verdict = judged(fetched(), a_feed())
    assert (verdict.state, verdict.sentence) == (SourceState.EMPTY, "It gave news before. It has no entries.")
    unusable = judged(fetched(), a_feed(unusable=(UnusableEntry("x", "it has no link."),)))
    assert (unusable.state, "it has no link" in unusable.sentence) == (SourceState.EMPTY, True)


def test_an_index_whose_entries_are_elsewhere_is_not_empty():
    assert judged(fetched(), a_feed(parts=(Part("https://news.example/map-1.xml"),))) == FINE


def test_nothing_new_means_as_before():
    empty = judged(NotModified({}), history=known(conditional=True, state=SourceState.EMPTY))
    assert empty.state is SourceState.EMPTY
    strange = judged(NotModified({}), history=known(conditional=True, state=SourceState.OTHER_LANGUAGE, languages="hi"))
    assert (strange.state, "Hindi" in strange.sentence) == (SourceState.OTHER_LANGUAGE, True)
    moved = judged(NotModified({}), history=known(conditional=True, moved_to="https://new.example/rss"))
    assert moved.state is SourceState.MOVED


def test_nothing_new_to_somebody_who_has_nothing_is_a_failure():
    assert judged(NotModified({}), history=known(conditional=False)).state is SourceState.FAILING


def test_nothing_asked_is_nothing_known():
    assert state_of_look(NotYet(3.0, "resting"), None, KNOWN, NOW) is None


def test_a_source_that_moved_works_and_says_the_command_that_mends_it():
    new = "https://new.example/feed?a=1&b='; rm -rf"
    verdict = judged(fetched(moved_to=new), a_feed(ENGLISH), known(name="The Daily; News"))
    assert verdict.state is SourceState.MOVED
    command = verdict.mend.partition(": ")[2]
    assert shlex.split(command) == ["pactwatch", "source", "edit", "The Daily; News", "--url", new]
    assert judged(fetched(moved_to=URL), a_feed(ENGLISH)) == FINE


def test_an_address_that_nobody_could_copy_is_left_out_of_the_command():
    for address in ("https://new.example/" + "a" * 400, "https://new.example/\u202ereversed"):
        assert judged(fetched(moved_to=address), a_feed(ENGLISH)).mend.endswith("--url …")


# --------------------------------------------------------------------------------------------------------- languages


@pytest.mark.parametrize(
    ("words", "language"),
    [(ENGLISH, "en"), (RUSSIAN, "ru"), (HINDI, "hi"), (GEORGIAN, None), ("RELOS: PDF", None), ("", None)],
)
def test_a_language_is_known_by_its_script_where_there_are_letters_enough(words, language):
    assert language_of_words(words) == language


@pytest.mark.parametrize(
    ("titles", "languages", "state"),
    [
        ([ENGLISH] * 3, "hi", SourceState.OTHER_LANGUAGE),
        ([ENGLISH] * 3, "en,hi", SourceState.FINE),
        ([HINDI] * 3, "en, HI", SourceState.FINE),
        ([HINDI] * 3, "en,mr", SourceState.FINE),
        ([RUSSIAN] * 3, "en,kk", SourceState.FINE),
        ([ENGLISH] * 3, "ru,fr", SourceState.FINE),
        ([ENGLISH] * 3, None, SourceState.FINE),
        ([ENGLISH] * 2, "hi", SourceState.FINE),
        ([ENGLISH, ENGLISH, HINDI, HINDI], "hi", SourceState.FINE),
        ([ENGLISH, ENGLISH, HINDI], "hi", SourceState.OTHER_LANGUAGE),
        ([GEORGIAN] * 9, "ru", SourceState.FINE),
        (["PDF"] * 9 + [RUSSIAN] * 2, "en", SourceState.FINE),
    ],
)
def test_a_source_is_in_another_language_where_most_of_its_entries_surely_are(titles, languages, state):
    assert judged(fetched(), a_feed(*titles), known(languages=languages)).state is state


def test_the_sentence_tells_which_language_was_meant_and_which_letters_came():
    verdict = judged(fetched(), a_feed(*[RUSSIAN] * 4), known(languages="en,hi"))
    assert verdict.sentence == "4 of its 4 entries are not in English or Hindi: most are written in Cyrillic letters."


# ------------------------------------------------------------------------------------------------------------ silence


@pytest.mark.parametrize(
    ("gap", "limit"),
    [
        (timedelta(minutes=5), timedelta(days=3)),
        (timedelta(days=1), timedelta(days=8)),
        (timedelta(days=30), timedelta(days=45)),
    ],
)
def test_how_long_a_silence_is_usual_follows_the_sources_own_pace(gap, limit):
    assert longest_usual_silence(every(gap), NOW) == limit


def test_of_fewer_than_three_dated_entries_nobody_knows_what_is_usual():
    assert longest_usual_silence(every(timedelta(days=1), 2), NOW) is None
    ahead = [NOW + timedelta(days=400)] * 5
    assert longest_usual_silence([*every(timedelta(days=1), 2), *ahead], NOW) is None
    assert judged(fetched(), a_feed(ENGLISH), known(published_times=every(timedelta(days=300), 2))) == FINE


@pytest.mark.parametrize("look", [fetched(), NotModified({})], ids=["fetched", "not modified"])
def test_a_source_without_news_for_much_longer_than_usual_is_silent(look):
    def at(last: timedelta):
        times = every(timedelta(days=1), last=last)
        parsed = a_feed(ENGLISH) if isinstance(look, Fetched) else None
        return judged(look, parsed, known(conditional=True, published_times=times, last_new_at=None))

    assert at(timedelta(days=8)) == FINE
    verdict = at(timedelta(days=8, hours=1))
    assert verdict.state is SourceState.SILENT
    assert "since 2025-11-27 11:00 UTC" in verdict.sentence


def test_news_that_came_without_a_date_breaks_a_silence():
    times = every(timedelta(days=1), last=timedelta(days=60))
    assert judged(fetched(), a_feed(ENGLISH), known(published_times=times, last_new_at=NOW)) == FINE


def test_a_silent_source_that_has_moved_says_so():
    times = every(timedelta(days=1), last=timedelta(days=60))
    history = known(published_times=times, last_new_at=None)
    verdict = judged(fetched(moved_to="https://new.example/rss"), a_feed(ENGLISH), history)
    assert verdict.state is SourceState.SILENT
    assert "has moved for good to https://new.example/rss" in verdict.sentence
    assert "--url https://new.example/rss" in verdict.mend


def test_the_first_look_finds_old_news_and_later_ones_find_new():
    old = every(timedelta(days=1), last=timedelta(days=90))
    assert last_news_at(None, old, NOW, new_entries=10) == NOW - timedelta(days=90)
    assert last_news_at(None, [None, NOW + timedelta(days=1)], NOW, new_entries=2) == NOW
    assert last_news_at(NOW - timedelta(days=1), old, NOW, new_entries=1) == NOW
    assert last_news_at(NOW - timedelta(days=1), old, NOW, new_entries=0) == NOW - timedelta(days=1)


def test_a_cache_that_says_nothing_changed_for_ever_is_asked_for_the_whole_every_hour():
    assert not conditional_allowed(None, NOW)
    assert conditional_allowed(NOW - timedelta(minutes=59), NOW)
    assert not conditional_allowed(NOW - timedelta(minutes=60), NOW)
    assert not conditional_allowed(NOW + timedelta(days=1), NOW), "a clock that was wrong must not silence it"


# ----------------------------------------------------------------------------------------------------- hostile values


texts = st.text(max_size=60)
moments = st.none() | st.datetimes(timezones=st.just(UTC))


@given(
    st.sampled_from([fetched(moved_to="https://x.example/"), NotModified({}), Throttled(3, 429), Failed("dns", "x")]),
    st.one_of(
        st.none(),
        st.builds(NotAFeed, texts, st.sampled_from(["html", "login", "wall", "empty", "binary", "broken", ""])),
        st.lists(texts, max_size=6).map(lambda titles: a_feed(*titles)),
    ),
    st.builds(
        History,
        texts,
        texts,
        st.sampled_from(SourceState),
        st.booleans(),
        st.none() | texts,
        st.none() | texts,
        st.lists(st.datetimes(timezones=st.just(UTC)), max_size=6),
        moments,
    ),
)
def test_whatever_comes_a_source_has_one_state_and_says_why_unless_it_is_fine(look, parsed, history):
    verdict = judged(look, parsed, history)
    assert (verdict == FINE) == (verdict.state is SourceState.FINE)
    assert verdict == FINE or (verdict.sentence and verdict.mend)
    assert len(verdict.sentence) <= 500
    assert len(verdict.sentence.splitlines()) <= 1

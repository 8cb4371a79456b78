"""How a source fares: its state has a name, its trouble a sentence, its next look a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from services.scraper.adapters.reading import ChildReading
from services.scraper.adapters.work import ScraperWork
from services.scraper.use_cases.vigil import Vigil
from shared.kit.clock import SystemClock
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from tests.live.scraper.newsstand import NOW, Answer, Item, Newsstand, Scraper, page_of, rss_of

pytestmark = pytest.mark.live

HTML = Answer(page_of("We have a new site"))
ENTITIES = Answer(b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><rss>&b;</rss>")
EVERY_SECONDS = 300


@pytest.fixture
async def source(stand: Newsstand, scraper: Scraper) -> UUID:
    """A source that has been fine so far."""
    stand.serve_feed(
        "/feed", Item("/a", "A pact"), etag='"1"', headers=(("last-modified", "Sun, 01 Nov 2026 09:00 GMT"),)
    )
    source_id = await scraper.add_source(stand.url("/feed"), every_seconds=EVERY_SECONDS)
    await scraper.look()
    return source_id


def is_in(moment: datetime, seconds: float) -> bool:
    """Tell whether a moment is about so many seconds from now (trouble spreads its waits by a tenth)."""
    return abs((moment - datetime.now(UTC)).total_seconds() - seconds) < 15 + seconds / 10


# Each with the state that its source is shown in, words of its sentence, and when it is looked at next.
TROUBLES = {
    "html": (HTML, "not_a_feed", "HTML page", EVERY_SECONDS),
    "binary": (Answer(b"\x00\xff\xfe\x01" * 1000), "not_a_feed", "", EVERY_SECONDS),
    "entities": (ENTITIES, "not_a_feed", "entities", EVERY_SECONDS),
    "half of a JSON": (Answer(b"{"), "not_a_feed", "JSON", EVERY_SECONDS),
    "forbidden": (Answer(b"no", 403), "blocked", "403", EVERY_SECONDS),
    "not found": (Answer(b"no", 404), "gone", "404", EVERY_SECONDS),
    "broken": (Answer(b"", 500), "failing", "500", EVERY_SECONDS),
    "too often": (Answer(b"", 429), "throttled", "429", EVERY_SECONDS),
    "much too often": (Answer(b"", 429, headers=(("retry-after", "4000"),)), "throttled", "429", 4000),
    "under repair": (Answer(b"", 503, headers=(("retry-after", "900"),)), "throttled", "503", 900),
    "private": (Answer(b"", 302, headers=(("location", "http://10.0.0.1/"),)), "refused", "10.0.0.1", EVERY_SECONDS),
    "in circles": (Answer(b"", 302, headers=(("location", "?"),)), "failing", "more than 5 times", EVERY_SECONDS),
    "endless": (Answer(b"x" * 10_000_001), "failing", "10,000,000", EVERY_SECONDS),
}


async def test_trouble_has_a_state_a_sentence_and_a_next_look(stand: Newsstand, scraper: Scraper):
    sources = {}
    for name in TROUBLES:
        path = "/" + name.replace(" ", "-")
        stand.serve_feed(path, Item("/a", "A pact"))
        sources[name] = await scraper.add_source(stand.url(path), every_seconds=EVERY_SECONDS)
    await scraper.look()
    before = {name: await scraper.state(source) for name, source in sources.items()}
    assert {each.state for each in before.values()} == {"fine"}
    for name, (answer, *_) in TROUBLES.items():
        stand.answers["/" + name.replace(" ", "-")] = answer
    await scraper.look_again()
    for name, (_, state, sentence, next_look_seconds) in TROUBLES.items():
        after = await scraper.state(sources[name])
        assert (name, after.state, after.failures, after.leased_until) == (name, state, 1, None)
        assert after.last_error
        assert sentence in after.last_error
        assert is_in(after.next_look_at, next_look_seconds), name
        assert after.last_success_at == before[name].last_success_at


@pytest.mark.parametrize(
    ("body", "sentence"), [(rss_of(), "It has no entries."), (b"", "The answer is empty.")], ids=["entries", "bytes"]
)
async def test_a_feed_without_anything_is_empty_and_no_failure(body, sentence, source, stand, scraper: Scraper):
    stand.answers["/feed"] = Answer(body)
    await scraper.look_again()
    state = await scraper.state(source)
    assert (state.state, state.failures) == ("empty", 0)
    assert state.last_error == f"It gave news before. {sentence}"
    assert is_in(state.next_look_at, EVERY_SECONDS)


async def test_a_feed_whose_entries_lead_nowhere_says_so(source, stand: Newsstand, scraper: Scraper):
    stand.answers["/feed"] = Answer(rss_of("<item><title>A</title><link>ftp://x/</link></item>"))
    await scraper.look_again()
    state = await scraper.state(source)
    assert state.state == "empty"
    assert state.last_error


async def test_failures_in_a_row_are_waited_out_longer_and_a_good_look_forgets_them(
    source, stand: Newsstand, scraper: Scraper
):
    good = stand.answers["/feed"]
    stand.answers["/feed"] = Answer(b"", 500)
    for failures, seconds in ((1, 300), (2, 600), (3, 1200), (4, 2400), (5, 3600), (6, 3600)):
        await scraper.look_again()
        state = await scraper.state(source)
        assert state.failures == failures
        assert is_in(state.next_look_at, seconds)
    stand.answers["/feed"] = good
    await scraper.look_again()
    state = await scraper.state(source)
    assert (state.state, state.failures, state.last_error) == ("fine", 0, None)


async def test_a_server_that_is_not_there_is_a_failing_source(stand: Newsstand, scraper: Scraper):
    source = await scraper.add_source("http://127.0.0.1:9999/feed")
    await scraper.look()
    state = await scraper.state(source)
    assert state.state == "failing"
    assert "127.0.0.1:9999" in (state.last_error or "")


async def test_what_is_known_is_told_and_forgotten_after_a_failure(source, stand: Newsstand, scraper: Scraper):
    good = stand.answers["/feed"]
    await scraper.look_again()
    assert (await scraper.state(source)).state == "fine"
    stand.answers["/feed"] = Answer(b"", 500)
    await scraper.look_again()
    stand.answers["/feed"] = good
    await scraper.look_again()
    first, second, third, fourth = stand.headers_at("/feed")
    assert "if-none-match" not in first
    assert (second["if-none-match"], second["if-modified-since"]) == ('"1"', "Sun, 01 Nov 2026 09:00 GMT")
    assert third["if-none-match"] == '"1"'
    assert "if-none-match" not in fourth
    assert "if-modified-since" not in fourth


async def test_a_304_keeps_what_is_known(source, stand: Newsstand, scraper: Scraper):
    for _ in range(3):
        await scraper.look_again()
    assert [each.get("if-none-match") for each in stand.headers_at("/feed")] == [None, '"1"', '"1"', '"1"']
    state = await scraper.state(source)
    assert (state.found_kind, state.last_modified) == ("rss", "Sun, 01 Nov 2026 09:00 GMT")


async def test_a_permanent_move_is_remembered_and_forgotten_when_it_fails(source, stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/new", Item("/b", "Another"))
    stand.answers["/feed"] = Answer(b"", 301, headers=(("location", "/new"),))
    assert await scraper.look_again() == 1
    assert (await scraper.state(source)).moved_to == stand.url("/new")
    asked = len(stand.headers_at("/feed"))
    await scraper.look_again()
    assert len(stand.headers_at("/feed")) == asked  # straight to the new address
    stand.answers["/new"] = Answer(b"", 410)
    await scraper.look_again()
    assert (await scraper.state(source)).moved_to is None
    await scraper.look_again()
    assert len(stand.headers_at("/feed")) == asked + 1


async def test_a_passing_redirect_is_not_remembered(source, stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/today", Item("/b", "Another"))
    stand.answers["/feed"] = Answer(b"", 302, headers=(("location", "/today"),))
    assert await scraper.look_again() == 1
    assert (await scraper.state(source)).moved_to is None


async def test_a_scraper_that_died_leaves_its_source_to_another_when_its_lease_ends(
    source, database: Database, web: WebClient, scraper: Scraper
):
    other = Scraper(database, web)
    await scraper.sql("UPDATE source_states SET next_look_at = now() - interval '1 second'")
    assert len(await scraper.looks.claim(50)) == 1  # and dies
    assert await other.looks.claim(50) == []
    await scraper.sql("UPDATE source_states SET leased_until = now() - interval '1 second'")
    assert len(await other.looks.claim(50)) == 1


async def test_a_source_is_claimed_by_one_of_many(stand: Newsstand, database: Database, web: WebClient):
    scrapers = [Scraper(database, web) for _ in range(4)]
    for n in range(12):
        await scrapers[0].add_source(stand.url("/feed", host=f"127.0.0.{n + 1}"))
    claimed = await asyncio.gather(*(each.looks.claim(50) for each in scrapers * 2))
    names = [source.name for batch in claimed for source in batch]
    assert len(names) == len(set(names)) == 12


@pytest.mark.parametrize("fields", [{"paused": True}, {"removed_at": NOW}])
async def test_a_paused_or_removed_source_is_not_looked_at(fields: dict, stand: Newsstand, scraper: Scraper):
    await scraper.add_source(stand.url("/feed"), **fields)
    assert await scraper.looks.claim(50) == []


@pytest.mark.parametrize("ended", ["removed_at = now()", "paused = true"])
async def test_entries_that_were_found_before_a_source_ended_are_still_published(
    ended: str, source, stand: Newsstand, scraper: Scraper
):
    stand.serve_article("/a", "A pact")
    await scraper.sql(f"UPDATE sources SET {ended}")
    assert await scraper.read() == 1
    assert [each["title"] for each in await scraper.announced()] == ["A pact"]


@pytest.mark.parametrize(("late", "first"), [("30 seconds", "/new"), ("1 hour", "/old")])
async def test_the_source_that_is_latest_by_its_own_pace_is_looked_at_first(late, first, stand, scraper: Scraper):
    await scraper.add_source(stand.url("/old"), created_at=NOW - timedelta(days=2), every_seconds=300)
    await scraper.look()
    await scraper.sql(f"UPDATE source_states SET next_look_at = now() - interval '{late}'")
    await scraper.add_source(stand.url("/new"), created_at=NOW - timedelta(minutes=5))
    assert [each.url for each in await scraper.looks.claim(1)] == [stand.url(first)]


LISTING = "".join(f"<li><a href='/news/{n}-pact'>Officials meet on pact number {n}</a></li>" for n in range(6))
LIST_PAGE = Answer(f"<html><head><title>News</title></head><body><ul>{LISTING}</ul></body></html>".encode())


@pytest.mark.parametrize("kind", ["page", None])
async def test_a_page_that_lists_articles_is_a_source(kind: str | None, stand: Newsstand, scraper: Scraper):
    stand.answers["/news"] = LIST_PAGE
    source = await scraper.add_source(stand.url("/news"), kind=kind)
    assert await scraper.look() == 6
    assert (await scraper.state(source)).found_kind == "page"
    assert await scraper.look_again() == 0


async def test_a_feed_that_turned_into_a_page_is_in_trouble_until_it_is_a_feed_again(source, stand, scraper: Scraper):
    stand.answers["/feed"] = LIST_PAGE
    for _ in range(2):
        assert await scraper.look_again() == 0  # whatever the page links to: it is not what was meant
        state = await scraper.state(source)
        assert (state.found_kind, state.state) == ("rss", "not_a_feed")
    stand.serve_feed("/feed", Item("/new", "A new pact"))
    assert await scraper.look_again() == 1
    assert (await scraper.state(source)).state == "fine"


async def test_a_feed_that_became_a_sitemap_is_found_out(source, stand: Newsstand, scraper: Scraper):
    sitemap = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{stand.url('/a-new-pact-1')}</loc></url></urlset>"
    stand.answers["/feed"] = Answer(sitemap.encode(), content_type="application/xml")
    assert await scraper.look_again() == 1
    assert (await scraper.state(source)).found_kind == "sitemap"


async def test_a_kind_that_was_found_outlives_a_server_that_is_down(source, stand: Newsstand, scraper: Scraper):
    stand.answers["/feed"] = Answer(b"", 500)
    await scraper.look_again()
    assert (await scraper.state(source)).found_kind == "rss"


async def test_a_wall_at_the_first_look_does_not_make_a_feed_a_page(stand: Newsstand, scraper: Scraper):
    stand.answers["/feed"] = LIST_PAGE
    source = await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    stand.serve_feed("/feed", Item("/a", "A pact"))
    assert await scraper.look_again() == 1
    assert (await scraper.state(source)).found_kind == "rss"


async def test_a_source_that_says_unchanged_to_who_knows_nothing_is_in_trouble(stand: Newsstand, scraper: Scraper):
    stand.answers["/feed"] = Answer(b"", 304)
    source = await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    state = await scraper.state(source)
    assert (state.state, state.failures) == ("failing", 1)
    assert "nothing has changed" in (state.last_error or "")


async def test_hostile_feeds_are_a_recorded_error_and_the_scraper_lives(
    stand: Newsstand, database: Database, web: WebClient
):
    scraper = Scraper(database, web, reading=ChildReading())
    stand.answers["/entities"] = ENTITIES
    stand.answers["/binary"] = Answer(bytes(range(256)) * 1000)
    stand.answers["/long"] = Answer(rss_of("<item><title>" + "a" * 3_000_000 + "</title></item>"))
    stand.answers["/deep"] = Answer(b"<?xml version='1.0'?><rss version='2.0'>" + b"<channel>" * 100_000)
    stand.serve_feed("/good", Item("/a", "A pact"))
    sources = {path: await scraper.add_source(stand.url(path)) for path in stand.answers}
    assert await scraper.look() == 1
    states = {path: await scraper.state(source) for path, source in sources.items()}
    assert {path: state.state for path, state in states.items()} == {
        "/entities": "not_a_feed",
        "/binary": "not_a_feed",
        "/long": "empty",
        "/deep": "not_a_feed",
        "/good": "fine",
    }
    assert all(states[path].last_error for path in ("/entities", "/binary", "/long"))


async def test_a_tag_that_no_database_takes_does_not_stop_a_source(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/a", "A pact"), etag='"\xe9\x80"')
    source = await scraper.add_source(stand.url("/feed"))
    assert await scraper.look() == 1
    assert (await scraper.state(source)).state == "fine"
    await scraper.look_again()
    assert (await scraper.state(source)).state == "fine"


async def test_a_source_renamed_in_trouble_ends_the_trouble_of_its_old_name_and_has_it_told_under_the_new(
    source, stand: Newsstand, scraper: Scraper
):
    stand.answers["/feed"] = HTML
    for _ in range(2):
        await scraper.look_again()
    await scraper.sql("UPDATE sources SET name = 'Herald'")
    vigil = Vigil(partial(scraper.database.begin, ScraperWork), SystemClock())
    await vigil.look_around()
    await vigil.look_around()
    for _ in range(2):
        await scraper.look_again()
    troubles = [event for event in await scraper.announced() if "over" in event]
    old = stand.url("/feed")
    assert [(each["about"], each["over"]) for each in troubles] == [(old, False), (old, True), ("Herald", False)]
    assert troubles[0]["since"] == troubles[1]["since"]


async def test_a_source_without_dates_that_has_had_no_news_for_long_is_silent(stand: Newsstand, scraper: Scraper):
    items = [Item(f"/{n}", f"A pact {n}", published=None) for n in range(4)]
    stand.serve_feed("/undated", *items)
    for item in items:
        stand.serve_article(item.path, item.title)
    source_id = await scraper.add_source(stand.url("/undated"))
    await scraper.look()
    await scraper.read()
    for n in range(4):
        read_at = f"now() - interval '{20 + n} days'"
        await scraper.sql(f"UPDATE articles SET fetched_at = {read_at} WHERE title = 'A pact {n}'")
    await scraper.sql("UPDATE source_states SET last_new_at = now() - interval '20 days'")
    await scraper.look_again()
    assert (await scraper.state(source_id)).state == "silent"

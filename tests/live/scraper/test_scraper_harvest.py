"""What a feed tells of becomes articles, each announced once: whatever its page does, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.scraper.adapters.work import ScraperWork
from services.scraper.parsing.results import Entry
from shared.kit.ids import id_for
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from tests.live.scraper.newsstand import NOW, WORDS, Answer, Item, Newsstand, Scraper, page_of, rss_of
from tests.waiting import eventually

pytestmark = pytest.mark.live

ITEMS = (Item("/a", "Logistics pact enters into force"), Item("/b", "Committee to meet", published=None))


@pytest.fixture
async def feed(stand: Newsstand, scraper: Scraper) -> UUID:
    """A source with two entries, whose pages are there."""
    stand.serve_feed("/feed", *ITEMS, etag='"1"')
    for item in ITEMS:
        stand.serve_article(item.path, item.title, *WORDS, f"This was told of under {item.title}.")
    return await scraper.add_source(stand.url("/feed"), name="Courier")


async def test_entries_become_articles_and_each_is_announced_once(feed, stand: Newsstand, scraper: Scraper):
    assert await scraper.look() == 2
    assert await scraper.read() == 2
    one, other = await scraper.articles()
    assert (one.title, one.text_from, one.source_name, one.source_id) == (ITEMS[0].title, "page", "Courier", feed)
    assert WORDS[1] in one.text
    assert one.published_at == ITEMS[0].published
    assert other.published_at is None
    assert (one.language, one.alertable) == ("en", True)
    assert one.article_id == id_for("article", one.canonical_url)
    announced = {each["article_id"]: each for each in await scraper.announced()}
    assert set(announced) == {str(one.article_id), str(other.article_id)}
    event = announced[str(one.article_id)]
    assert event["correlation_id"] == str(one.correlation_id)
    assert event["story_id"] == str(one.story_id)
    assert (event["title"], event["url"], event["source_name"]) == (one.title, one.url, "Courier")
    assert all((entry.state, entry.leased_until) == ("again", None) for entry in await scraper.entries())


async def test_a_second_look_finds_nothing_new(feed, stand: Newsstand, scraper: Scraper):
    await scraper.look()
    await scraper.read()
    assert await scraper.look_again() == 0  # 304: the tag is known
    stand.serve_feed("/feed", *ITEMS, etag='"2"')
    assert await scraper.look_again() == 0  # whole again, with nothing new in it
    assert await scraper.read() == 0
    assert len(await scraper.articles()) == len(await scraper.announced()) == 2


async def test_an_entry_that_comes_late_is_the_only_new_one(feed, stand: Newsstand, scraper: Scraper):
    await scraper.look()
    stand.serve_feed("/feed", Item("/c", "A third"), *ITEMS)
    assert await scraper.look_again() == 1


async def test_one_address_told_of_twice_is_one_article(stand: Newsstand, scraper: Scraper):
    stand.serve_article("/a", "A pact")
    for path in ("/a?utm_source=rss", "/a/"):
        stand.serve_article(path, "A pact")
    stand.serve_feed("/feed", Item("/a?utm_source=rss", "A pact"), Item("/a#top", "A pact, corrected"))
    stand.serve_feed("/other", Item("/a/", "A pact"))
    await scraper.add_source(stand.url("/feed"))
    await scraper.add_source(stand.url("/other"))
    assert await scraper.look() == 1
    await scraper.read()
    assert len(await scraper.announced()) == 1


async def test_two_scrapers_on_one_database_do_not_double(
    feed, stand: Newsstand, database: Database, web: WebClient, scraper: Scraper
):
    stand.serve_feed("/many", *(Item(f"/many/{n}", f"Item {n}") for n in range(20)))
    for n in range(20):
        stand.serve_article(f"/many/{n}", f"Item {n}")
    await scraper.add_source(stand.url("/many"))
    both = (scraper, Scraper(database, web))
    assert sum(await asyncio.gather(*(each.look() for each in both))) == 22
    assert sum(await asyncio.gather(*(each.read() for each in both))) == 22
    assert len(await scraper.articles()) == len(await scraper.announced()) == 22
    assert len(stand.headers_at("/many")) == 1


async def test_an_entry_whose_page_is_gone_is_published_from_the_feeds_text(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/gone", "A pact", summary="The pact is in force since Monday."))
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read_out()
    (article,) = await scraper.articles()
    assert (article.text_from, article.text, article.title) == ("feed", "The pact is in force since Monday.", "A pact")
    assert len(await scraper.announced()) == 1


async def test_an_entry_without_words_and_page_is_published_under_its_title(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/gone", "A pact is in force", summary=""))
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read_out()
    (article,) = await scraper.articles()
    assert article.text == "A pact is in force"


async def test_a_page_that_fails_is_tried_again_later_and_not_lost(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/slow", "A pact", summary="Details follow."))
    stand.answers["/slow"] = Answer(b"", 500)
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read()
    (entry,) = await scraper.entries()
    assert (entry.state, entry.failures, entry.leased_until) == ("waiting", 1, None)
    assert "500" in (entry.last_error or "")
    assert timedelta(seconds=5) < entry.next_try_at - datetime.now(UTC) < timedelta(seconds=15)
    assert await scraper.read() == 0  # its time has not come
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second'")
    stand.serve_article("/slow", "A pact")
    await scraper.read()
    (article,) = await scraper.articles()
    assert article.text_from == "page"
    (entry,) = await scraper.entries()
    assert (entry.state, entry.last_error) == ("again", None)


async def test_a_page_that_never_comes_is_published_from_the_feed_after_the_fourth_try(
    stand: Newsstand, scraper: Scraper
):
    stand.serve_feed("/feed", Item("/never", "A pact", summary="Details follow."))
    stand.answers["/never"] = Answer(b"", 502)
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    assert await scraper.read_out() == 4
    assert (await scraper.articles())[0].text_from == "feed"


async def test_a_page_that_asks_for_patience_is_given_it(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/busy", "A pact"))
    stand.answers["/busy"] = Answer(b"", 429, headers=(("retry-after", "120"),))
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read()
    (entry,) = await scraper.entries()
    assert timedelta(seconds=110) < entry.next_try_at - datetime.now(UTC) < timedelta(seconds=130)


@pytest.mark.parametrize(
    "page",
    [
        Answer(b"<html><body><p>Please enable JavaScript.</p></body></html>"),
        Answer(b"%PDF-1.7 \x00\x01", content_type="application/pdf"),
        Answer(b""),
        Answer(bytes(range(256)) * 50, content_type="image/png"),
        Answer(b"<div>" * 50_000),
    ],
    ids=["wall", "pdf", "empty", "picture", "nested"],
)
async def test_an_unreadable_page_falls_back_to_the_feeds_text(page: Answer, stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/page", "A pact", summary="In force, both sides say."))
    stand.answers["/page"] = page
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read_out()
    (article,) = await scraper.articles()
    assert (article.text_from, article.text) == ("feed", "In force, both sides say.")


async def test_a_feed_that_carries_more_than_the_page_is_believed(stand: Newsstand, scraper: Scraper):
    whole = " ".join(WORDS)
    stand.serve_feed("/feed", Item("/page", "A pact", summary=whole))
    stand.serve_article("/page", "A pact", WORDS[0])
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read()
    (article,) = await scraper.articles()
    assert (article.text_from, article.text) == ("feed", whole)


async def test_old_news_of_a_new_source_is_stored_and_does_not_alert(stand: Newsstand, scraper: Scraper):
    old, fresh, undated = (
        Item("/old", "Old", published=NOW - timedelta(days=30)),
        Item("/fresh", "Fresh"),
        Item("/undated", "Undated", published=None),
    )
    stand.serve_feed("/feed", old, fresh, undated)
    await scraper.add_source(stand.url("/feed"), alert_since=NOW - timedelta(days=7))
    await scraper.look()
    await scraper.read_out()
    assert {each.title: each.alertable for each in await scraper.articles()} == {
        "Old": False,
        "Fresh": True,
        "Undated": True,
    }
    assert {each["title"]: each["alertable"] for each in await scraper.announced()} == {
        "Old": False,
        "Fresh": True,
        "Undated": True,
    }


async def test_a_date_of_next_year_is_taken_for_none(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/a", "A pact", published=NOW + timedelta(days=365)))
    await scraper.add_source(stand.url("/feed"), alert_since=NOW - timedelta(days=7))
    await scraper.look()
    await scraper.read_out()
    (article,) = await scraper.articles()
    assert (article.published_at, article.alertable) == (None, True)


async def test_words_that_no_database_takes_are_mended_and_stored(stand: Newsstand, scraper: Scraper):
    item = {
        "id": "1",
        "url": stand.url("/gone"),
        "title": "A pact \ud800 with\x00 Russia",
        "summary": "Half \udfff a pair",
        "content_text": "A zero \x00 and half \ud800 a character in the text.",
    }
    document = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "\x00\ud800", "items": [item]})
    stand.answers["/feed"] = Answer(document.encode(), content_type="application/feed+json")
    await scraper.add_source(stand.url("/feed"))
    assert await scraper.look() == 1
    await scraper.read_out()
    (article,) = await scraper.articles()
    assert article.text == "A zero  and half \ufffd a character in the text."
    assert article.title.startswith("A pact \ufffd with")
    assert len(await scraper.announced()) == 1


async def test_a_page_with_zeros_and_half_characters_is_stored(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/page", "", summary=""))
    words = (f"{WORDS[0]} zero", *WORDS[1:])
    page = page_of("A pact", words).replace(b"zero", b"zero \x00 &#0; &#xD800; \xff end")
    stand.answers["/page"] = Answer(page)
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read()
    (article,) = await scraper.articles()
    assert article.text_from == "page"
    assert "\x00" not in article.text


async def test_addresses_that_cannot_be_kept_cost_no_other_article(stand: Newsstand, scraper: Scraper):
    scraped = [chr(0x4E00 + (n * 7919) % 20_000) for n in range(1900)]  # ninefold when escaped, and not compressible
    links = [stand.url("/" + "".join(scraped)), "http://" + "h" * 64 + ".example/", "http://a..example/x", "http://[x/"]
    items = [f"<item><title>{n}</title><link>{link}</link></item>" for n, link in enumerate(links)]
    stand.serve_article("/c", "Short")
    stand.answers["/feed"] = Answer(rss_of(*items, Item("/c", "Short").xml(stand.url("/c"))))
    source = await scraper.add_source(stand.url("/feed"))
    assert await scraper.look() == 1
    assert (await scraper.state(source)).state == "fine"
    await scraper.read()
    assert [article.title for article in await scraper.articles()] == ["Short"]


async def test_an_entry_whose_address_cannot_be_kept_is_left_out_with_its_reason(
    database: Database, scraper: Scraper, caplog: pytest.LogCaptureFixture
):
    await scraper.add_source("http://example.org/feed", name="Courier")
    (source,) = await scraper.looks.claim(1)
    entries = [Entry(url=url, title="A") for url in ("http://a..example/x", "nonsense", "http://example.org/good")]
    async with database.begin(ScraperWork) as work:
        assert await work.add_entries(source, entries, NOW) == 1
    said = [record.getMessage() for record in caplog.records]
    assert sum("source Courier: an entry was left out" in line for line in said) == 2


async def test_an_entry_that_leads_to_a_private_place_is_not_fetched_and_not_lost(stand: Newsstand, scraper: Scraper):
    items = [f"<item><title>{u}</title><link>{u}</link></item>" for u in ("http://10.0.0.7/x", "http://[::1]/x")]
    stand.answers["/feed"] = Answer(rss_of(*items, "<item><title>File</title><link>file:///etc/passwd</link></item>"))
    await scraper.add_source(stand.url("/feed"))
    assert await scraper.look() == 2
    await scraper.read()
    assert {each.text_from for each in await scraper.articles()} == {"feed"}


async def test_the_latest_news_is_read_before_the_archive_of_a_new_source(stand: Newsstand, scraper: Scraper):
    archive = [Item(f"/old/{n}", f"Old {n}", published=NOW - timedelta(days=n + 1)) for n in range(20)]
    odd = [Item("/future", "Future", published=NOW + timedelta(days=300)), Item("/undated", "Undated", published=None)]
    stand.serve_feed("/archive", *archive, *odd)
    await scraper.add_source(stand.url("/archive"))
    await scraper.look()
    stand.serve_feed("/news", Item("/fresh", "Fresh", published=None))
    await scraper.add_source(stand.url("/news"))
    await scraper.look()
    first = [entry.title for entry in await scraper.reads.claim(4)]
    assert "Fresh" in first[:2]  # each source is served once before one is served twice
    assert set(first) == {"Fresh", "Future", "Undated"}  # and no host with more than three at a time


async def test_two_looks_that_find_the_same_entries_in_another_order_do_not_block_each_other(
    database: Database, scraper: Scraper
):
    await scraper.add_source("http://example.org/feed")
    (source,) = await scraper.looks.claim(1)
    entries = [Entry(url=f"http://example.org/{n}", title=str(n)) for n in range(21)]

    async def added(entries: list[Entry]) -> int:
        async with database.begin(ScraperWork) as work:
            return await work.add_entries(source, entries, NOW)

    async def both_wait() -> bool:
        async with database.engine.connect() as connection:
            waiting = await connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return waiting.scalar_one() == 2

    async with database.begin(ScraperWork) as work:  # holds the one in the middle until both have come so far
        await work.add_entries(source, entries[10:11], NOW)
        looks = [asyncio.create_task(added(each)) for each in (entries, entries[::-1])]
        await eventually(both_wait)
    assert sum(await asyncio.gather(*looks)) == 20


async def test_a_reader_that_died_gives_its_entry_back_when_its_lease_ends(feed, stand: Newsstand, scraper: Scraper):
    await scraper.look()
    assert len(await scraper.reads.claim(50)) == 2  # and dies
    assert await scraper.read() == 0
    await scraper.sql("UPDATE entries SET leased_until = now() - interval '1 second'")
    assert await scraper.read() == 2
    assert len(await scraper.announced()) == 2


async def test_a_reader_that_was_thought_dead_changes_nothing_when_it_comes_back(
    feed, stand: Newsstand, scraper: Scraper
):
    await scraper.look()
    entries = await scraper.reads.claim(50)
    await scraper.sql("UPDATE entries SET leased_until = now() - interval '1 second'")
    await scraper.read()
    for entry in entries:
        await scraper.reads.read(entry)
    assert len(await scraper.articles()) == len(await scraper.announced()) == 2


async def test_a_late_failure_does_not_open_an_entry_that_is_done(feed, stand: Newsstand, scraper: Scraper):
    await scraper.look()
    entries = await scraper.reads.claim(50)
    await scraper.sql("UPDATE entries SET leased_until = now() - interval '1 second'")
    await scraper.read()
    stand.answers = {item.path: Answer(b"", 500) for item in ITEMS}
    for entry in entries:
        await scraper.reads.read(entry)
    assert all((entry.state, entry.failures) == ("again", 0) for entry in await scraper.entries())
    assert await scraper.read() == 0


async def test_news_that_the_feed_tells_well_enough_does_not_wait_for_a_page_that_fails(
    stand: Newsstand, scraper: Scraper
):
    stand.serve_feed("/feed", Item("/slow", "RELOS in force", summary="India and Russia let the RELOS pact begin."))
    stand.answers["/slow"] = Answer(b"", 403)
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read()
    assert await scraper.announced() == []  # the page may be there in a moment
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second'")
    await scraper.read()
    (first,) = await scraper.announced()
    assert (first["title"], first["revision"]) == ("RELOS in force", 1)
    (entry,) = await scraper.entries()
    assert (entry.state, entry.failures) == ("again", 2)
    assert timedelta(seconds=50) < entry.next_try_at - datetime.now(UTC) < timedelta(seconds=70)
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second'")
    await scraper.read()
    assert [each.failures for each in await scraper.entries()] == [3]
    stand.serve_article("/slow", "RELOS in force", *WORDS)
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second'")
    await scraper.read()
    (article,) = await scraper.articles()
    assert (article.text_from, article.revision) == ("page", 2)
    assert [(each.state, each.failures) for each in await scraper.entries()] == [("again", 0)]
    copy = Item("/copy", "RELOS pact in force", summary="Details follow.")
    stand.serve_feed("/other", copy, host="localhost")
    stand.serve_article("/copy", copy.title, *WORDS)
    await scraper.add_source(stand.url("/other"))
    await scraper.look()
    await scraper.read()
    assert len({each.story_id for each in await scraper.articles()}) == 1

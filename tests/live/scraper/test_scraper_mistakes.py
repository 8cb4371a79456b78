"""A mistake of ours costs one look or one page, is seen, and is tried again at a distance: nothing spins or is lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.scraper.parsing.results import NotAFeed, ParsedFeed, ReadablePage, Unreadable
from services.scraper.schedule import poll_forever, read_forever
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from tests.live.scraper.newsstand import WORDS, Answer, Item, Newsstand, ReadingHere, Scraper
from tests.waiting import eventually

pytestmark = pytest.mark.live

WHOLE = " ".join(WORDS) + " " + WORDS[0]


class Mistaken(ReadingHere):
    """Reads well, but for what holds a certain word."""

    async def feed(self, body: bytes, **how: Any) -> ParsedFeed | NotAFeed:
        if b"BADFEED" in body:
            raise KeyError("a feed we did not think of")
        return await super().feed(body, **how)

    async def page(self, body: bytes, **how: Any) -> ReadablePage | Unreadable:
        if b"BADPAGE" in body:
            raise RecursionError("a page\nwe did not think of")
        return await super().page(body, **how)


@pytest.fixture
def scraper(database: Database, web: WebClient) -> Scraper:
    return Scraper(database, web, reading=Mistaken())


async def read_wrongly(scraper: Scraper) -> int:
    """Read what is due as the clockwork does; return how many mistakes there were."""
    mistakes = 0
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second' WHERE state = 'waiting'")
    for entry in await scraper.reads.claim(50):
        try:
            await scraper.reads.read(entry)
        except Exception as trouble:  # noqa: BLE001
            mistakes += 1
            await scraper.reads.record_mistake(entry, trouble)
    return mistakes


async def test_a_mistake_is_recorded_with_its_source_and_its_entry_and_the_others_go_on(
    stand: Newsstand, scraper: Scraper
):
    stand.serve_feed("/bad", Item("/x", "BADFEED"))
    stand.serve_feed("/good", Item("/a", "A pact"), Item("/b", "A page", summary="Details follow."))
    stand.serve_article("/a", "A pact")
    stand.serve_article("/b", "BADPAGE")
    bad = await scraper.add_source(stand.url("/bad"), every_seconds=300)
    await scraper.add_source(stand.url("/good"))
    found, stop = asyncio.Event(), asyncio.Event()
    loops = [
        asyncio.create_task(poll_forever(scraper.looks, found, stop)),
        asyncio.create_task(read_forever(scraper.reads, found, stop)),
    ]

    async def all_seen() -> bool:
        entries = await scraper.entries()
        return len(await scraper.articles()) == 1 and sum(entry.failures for entry in entries) == 1

    await eventually(all_seen, within_seconds=10)
    stop.set()
    await asyncio.wait_for(asyncio.gather(*loops), 5)
    state = await scraper.state(bad)
    assert (state.state, state.failures, state.leased_until) == ("failing", 1, None)
    assert state.last_error == "could not be handled (KeyError: 'a feed we did not think of')"
    assert timedelta(seconds=250) < state.next_look_at - datetime.now(UTC) < timedelta(seconds=310)
    waiting = next(entry for entry in await scraper.entries() if entry.state == "waiting")
    assert (waiting.failures, waiting.leased_until) == (1, None)
    assert waiting.last_error == "could not be handled (RecursionError: a page)"
    assert timedelta(seconds=5) < waiting.next_try_at - datetime.now(UTC) < timedelta(seconds=15)


async def test_mistakes_in_a_row_are_waited_out_longer(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/bad", Item("/x", "BADFEED"))
    bad = await scraper.add_source(stand.url("/bad"), every_seconds=300)
    for failures, seconds in ((1, 300), (2, 600), (3, 1200)):
        for source in await scraper.looks.claim(1):
            with pytest.raises(KeyError) as trouble:
                await scraper.looks.look_at(source)
            await scraper.looks.record_mistake(source, trouble.value)
        state = await scraper.state(bad)
        assert state.failures == failures
        assert 0.85 * seconds < (state.next_look_at - datetime.now(UTC)).total_seconds() < 1.05 * seconds
        await scraper.sql("UPDATE source_states SET next_look_at = now() - interval '1 second'")


async def test_a_page_that_is_never_handled_is_published_from_its_feed(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/b", "A page", summary="In force, both sides say."))
    stand.serve_article("/b", "BADPAGE")
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    assert [await read_wrongly(scraper) for _ in range(5)] == [1, 1, 1, 1, 0]
    (article,) = await scraper.articles()
    assert (article.text_from, article.text) == ("feed", "In force, both sides say.")
    assert len(await scraper.announced()) == 1


async def test_what_cannot_even_be_published_from_its_feed_waits_is_seen_and_is_tried_every_hour(
    stand: Newsstand, scraper: Scraper
):
    stand.serve_feed("/feed", Item("/b", "A page"))
    stand.serve_article("/b", "A page")
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.sql("ALTER TABLE articles ADD CONSTRAINT never CHECK (title <> 'A page')")
    waits = []
    for _ in range(5):
        assert await read_wrongly(scraper) == 1
        (entry,) = await scraper.entries()
        waits.append(round((entry.next_try_at - datetime.now(UTC)).total_seconds(), -1))
        assert (entry.state, entry.leased_until) == ("waiting", None)
        assert (entry.last_error or "").startswith("could not be handled (IntegrityError: ")
    assert waits == [10, 60, 180, 3600, 3600]
    await scraper.sql("ALTER TABLE articles DROP CONSTRAINT never")
    assert await read_wrongly(scraper) == 0
    assert len(await scraper.articles()) == 1


async def test_a_feed_that_carries_the_whole_text_is_used_at_the_first_failure(stand: Newsstand, scraper: Scraper):
    assert len(WHOLE) >= 600
    for path in ("/gone", "/bad"):
        stand.serve_feed(path + "-feed", Item(path, f"A pact {path}"))
        body = stand.answers[path + "-feed"].body.replace(b"</item>", f"<c:encoded>{WHOLE}</c:encoded></item>".encode())
        body = body.replace(b"<rss ", b"<rss xmlns:c='http://purl.org/rss/1.0/modules/content/' ")
        stand.answers[path + "-feed"] = Answer(body, content_type="application/rss+xml")
        await scraper.add_source(stand.url(path + "-feed"))
    stand.serve_article("/bad", "BADPAGE")
    assert await scraper.look() == 2
    assert await read_wrongly(scraper) == 1
    assert [(each.text_from, each.text) for each in await scraper.articles()] == [("feed", WHOLE)] * 2

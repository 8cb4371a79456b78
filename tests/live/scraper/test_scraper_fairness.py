"""No source holds up another: hands are shared out fairly, by the database's clock, over all scrapers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from services.scraper.schedule import READS_AT_ONCE, poll_forever, read_forever
from services.scraper.use_cases.looking import SourceLooks
from services.scraper.use_cases.reading import PageReads
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from tests.live.scraper.newsstand import NOW, Answer, Item, Newsstand, Scraper
from tests.waiting import eventually

pytestmark = pytest.mark.live


@dataclass
class Abyss:
    """A server that takes every request and never answers."""

    port: int = 0
    asked: int = 0
    never: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        await self.never.wait()
        writer.close()


@pytest.fixture
async def abyss() -> AsyncIterator[Abyss]:
    one = Abyss()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    yield one
    one.never.set()
    server.close()
    await server.wait_closed()


async def test_a_host_that_never_answers_does_not_delay_anothers_article(
    abyss: Abyss, stand: Newsstand, scraper: Scraper, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.scraper.schedule.GRACE_SECONDS", 0.01)
    items = [Item(f"/{n}", f"Never {n}").xml(f"http://127.0.0.1:{abyss.port}/{n}") for n in range(12)]
    stand.answers["/slow"] = Answer(b"<rss version='2.0'><channel>" + "".join(items).encode() + b"</channel></rss>")
    await scraper.add_source(stand.url("/slow"), every_seconds=3600)
    found, stop = asyncio.Event(), asyncio.Event()
    loops = [
        asyncio.create_task(poll_forever(scraper.looks, found, stop)),
        asyncio.create_task(read_forever(scraper.reads, found, stop)),
    ]

    async def three_in_the_abyss() -> bool:
        return abyss.asked == 3

    await eventually(three_in_the_abyss, within_seconds=10)
    stand.serve_feed("/feed", Item("/a", "A pact", published=NOW - timedelta(days=30)))
    stand.serve_article("/a", "A pact")
    await scraper.add_source(stand.url("/feed"), every_seconds=3600)
    (article,) = await eventually(scraper.articles, within_seconds=10)
    assert article.title == "A pact"
    assert abyss.asked == 3
    stop.set()
    await asyncio.wait_for(asyncio.gather(*loops), 5)
    assert all(entry.leased_until is None for entry in await scraper.entries())  # given back at the stop


async def served(
    stand: Newsstand, scraper: Scraper, path: str, *, days_old: int, host: str = "127.0.0.1", entries: int = 6
) -> None:
    """A source, looked at once, whose entries lead to `host`, the latest first."""
    now = datetime.now(UTC)  # not when the tests began, which may be many minutes ago
    items = [
        Item(f"{path}/{n}", f"{path} {n}", published=now - timedelta(days=days_old, hours=n)) for n in range(entries)
    ]
    stand.serve_feed(path, *items, host=host)
    await scraper.add_source(stand.url(path))
    await scraper.look()


async def claimed(scraper: Scraper, limit: int = READS_AT_ONCE) -> list[str]:
    return [entry.title for entry in await scraper.reads.claim(limit)]


async def test_three_of_a_host_are_in_hand_at_most_whoever_holds_them(
    stand: Newsstand, database: Database, web: WebClient, scraper: Scraper
):
    await served(stand, scraper, "/one", days_old=1)
    await served(stand, scraper, "/same", days_old=9)
    await served(stand, scraper, "/two", days_old=1, host="localhost")
    scrapers = [scraper, *(Scraper(database, web) for _ in range(5))]
    batches = await asyncio.gather(*(each.reads.claim(READS_AT_ONCE) for each in scrapers))
    titles = sorted(entry.title for batch in batches for entry in batch)
    assert titles == ["/one 0", "/one 1", "/one 2", "/two 0", "/two 1", "/two 2"]  # of each the latest
    assert await claimed(scraper) == []
    await scraper.reads.read(next(entry for batch in batches for entry in batch if entry.title == "/one 1"))
    assert await claimed(scraper) == ["/one 3"]  # a hand was freed
    await scraper.sql("UPDATE entries SET leased_until = now() - interval '1 second' WHERE title = '/two 1'")
    assert await claimed(scraper) == ["/two 1"]  # its holder died


async def test_a_source_whose_links_lead_everywhere_does_not_take_every_hand(stand: Newsstand, scraper: Scraper):
    items = [Item("", f"Far {n}").xml(f"http://h{n}.example/") for n in range(30)]
    stand.answers["/far"] = Answer(b"<rss version='2.0'><channel>" + "".join(items).encode() + b"</channel></rss>")
    await scraper.add_source(stand.url("/far"))
    await scraper.look()
    assert len(await claimed(scraper)) == 6
    assert await claimed(scraper) == []
    await served(stand, scraper, "/near", days_old=1)
    assert await claimed(scraper) == ["/near 0", "/near 1", "/near 2"]


async def test_a_host_that_rests_is_passed_over_and_a_slow_one_is_read_page_by_page(stand: Newsstand, scraper: Scraper):
    await served(stand, scraper, "/resting", days_old=0)
    await served(stand, scraper, "/slow", days_old=1, host="localhost")
    port, soon = stand.port, "now() - interval '1 second'"
    await scraper.sql(f"""
        INSERT INTO hosts (host, delay_seconds, next_request_at) VALUES
        ('127.0.0.1:{port}', 1, now() + interval '1 minute'), ('localhost:{port}', 10, {soon})
    """)
    assert await claimed(scraper) == ["/slow 0"]
    await scraper.sql(f"UPDATE hosts SET next_request_at = {soon}")
    assert await claimed(scraper) == ["/resting 0", "/resting 1", "/resting 2"]


async def test_news_of_a_host_that_rests_for_an_hour_is_told_in_the_feeds_words(stand: Newsstand, scraper: Scraper):
    await served(stand, scraper, "/resting", days_old=0, entries=5)
    await scraper.sql(f"""
        INSERT INTO hosts (host, delay_seconds, next_request_at)
        VALUES ('127.0.0.1:{stand.port}', 1, now() + interval '1 hour')
    """)
    assert await scraper.read() == 5
    assert {article.text_from for article in await scraper.articles()} == {"feed"}
    assert {entry.state for entry in await scraper.entries()} == {"again"}  # the pages come when the host lets us in


async def test_pages_that_are_to_rest_are_told_in_the_feeds_words_though_the_host_may_be_asked(
    stand: Newsstand, scraper: Scraper
):
    await served(stand, scraper, "/resting", days_old=0, entries=2)
    await scraper.sql(f"""
        INSERT INTO hosts (host, delay_seconds, next_request_at, pages_rest_until)
        VALUES ('127.0.0.1:{stand.port}', 1, now(), now() + interval '1 hour')
    """)
    assert await scraper.read() == 2
    assert {article.text_from for article in await scraper.articles()} == {"feed"}


async def test_what_was_told_in_the_feeds_words_is_read_when_the_host_is_back_however_old_it_is(
    stand: Newsstand, scraper: Scraper
):
    await served(stand, scraper, "/resting", days_old=3, entries=1)
    stand.serve_article("/resting/0", "/resting 0")
    await scraper.sql(f"""
        INSERT INTO hosts (host, delay_seconds, next_request_at)
        VALUES ('127.0.0.1:{stand.port}', 1, now() + interval '1 hour')
    """)
    assert await scraper.read() == 1
    await scraper.sql("UPDATE hosts SET next_request_at = now()")
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second'")
    assert await scraper.read() == 1
    assert [(article.text_from, article.revision) for article in await scraper.articles()] == [("page", 2)]


async def test_news_waits_a_quarter_of_an_hour_for_a_host_that_has_no_time(stand: Newsstand, scraper: Scraper):
    await served(stand, scraper, "/slow", days_old=0, entries=3)
    await scraper.sql(f"""
        INSERT INTO hosts (host, delay_seconds, next_request_at)
        VALUES ('127.0.0.1:{stand.port}', 30, now() + interval '30 seconds')
    """)
    late = "UPDATE entries SET next_try_at = now() - interval '{}', alert_since = {} WHERE title = '/slow {}'"
    await scraper.sql(late.format("14 minutes", "NULL", 0))
    await scraper.sql(late.format("16 minutes", "NULL", 1))
    await scraper.sql(late.format("16 minutes", "now()", 2))  # of an archive, which is no news
    assert await claimed(scraper) == ["/slow 1"]


async def test_pages_that_were_read_before_come_after_the_news(stand: Newsstand, scraper: Scraper):
    await served(stand, scraper, "/news", days_old=1, entries=3)
    again = "UPDATE entries SET state = 'again', next_try_at = now() {} WHERE title = '{}'"
    await scraper.sql(again.format("- interval '1 day'", "/news 0"))
    await scraper.sql(again.format("+ interval '1 day'", "/news 2"))
    assert await claimed(scraper, 1) == ["/news 1"]
    (entry,) = await scraper.reads.claim(READS_AT_ONCE)
    assert (entry.title, entry.state) == ("/news 0", "again")


async def test_every_host_has_its_turn_before_one_has_two(stand: Newsstand, scraper: Scraper):
    hosts = ("127.0.0.1", "localhost", "h.example")
    for number, days_old in enumerate((40, 1, 9)):
        await served(stand, scraper, f"/{number}", days_old=days_old, host=hosts[number])
    turns = [set(await claimed(scraper, 3)) for _ in range(3)]
    assert turns == [{f"/{source} {n}" for source in range(3)} for n in range(3)]


async def test_the_archive_of_many_hosts_lets_the_news_pass_but_not_for_ever(stand: Newsstand, scraper: Scraper):
    for number in range(4):
        await served(stand, scraper, f"/old/{number}", days_old=9, host=f"old{number}.example")
    await served(stand, scraper, "/news", days_old=0, entries=1)
    assert await claimed(scraper, 1) == ["/news 0"]
    await scraper.sql("UPDATE entries SET leased_until = NULL")
    await scraper.sql("UPDATE entries SET next_try_at = next_try_at - interval '1 hour' WHERE title LIKE '/old/2%'")
    assert await claimed(scraper, 1) == ["/old/2 0"]


async def test_four_sources_of_a_host_are_in_hand_at_most_whoever_holds_them(
    database: Database, web: WebClient, scraper: Scraper
):
    for number in range(9):
        await scraper.add_source(f"https://Dead.example/{number}")
    await scraper.add_source("https://other.example/feed")
    scrapers = [scraper, *(Scraper(database, web) for _ in range(5))]
    batches = await asyncio.gather(*(each.looks.claim(50) for each in scrapers))
    in_hand = [source for batch in batches for source in batch]
    assert max(source.url for source in in_hand) == "https://other.example/feed"
    assert len(in_hand) == 5
    await scraper.looks.give_back([source for source in in_hand if "Dead" in source.url][:2])
    assert len(await scraper.looks.claim(50)) == 2


@dataclass(frozen=True)
class WrongClock:
    """A machine whose clock is days off."""

    off: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off


@pytest.mark.parametrize("off", [timedelta(days=-3), timedelta(days=3)], ids=["late", "early"])
async def test_a_machine_whose_clock_is_wrong_is_neither_hurried_nor_asleep(
    off: timedelta, stand: Newsstand, scraper: Scraper, monkeypatch: pytest.MonkeyPatch
):
    for clock_of in (scraper.looks, scraper.reads):
        assert isinstance(clock_of, SourceLooks | PageReads)
        monkeypatch.setattr(clock_of, "_clock", WrongClock(off))
    stand.serve_feed("/feed", Item("/a", "A pact"))
    source = await scraper.add_source(stand.url("/feed"), every_seconds=300)
    assert await scraper.look() == 1
    now, second = datetime.now(UTC), timedelta(seconds=1)
    assert 290 * second < (await scraper.state(source)).next_look_at - now < 310 * second
    assert await scraper.read() == 1  # due at once, and its page is missing
    (entry,) = await scraper.entries()
    assert 5 * second < entry.next_try_at - datetime.now(UTC) < 15 * second


async def test_what_is_given_back_is_due_at_once(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/a", "A pact"))
    await scraper.add_source(stand.url("/feed"))
    sources = await scraper.looks.claim(1)
    assert await scraper.looks.claim(1) == []
    await scraper.looks.give_back(sources)
    assert await scraper.look() == 1
    entries = await scraper.reads.claim(1)
    assert await scraper.reads.claim(1) == []
    await scraper.reads.give_back(entries)
    assert await scraper.reads.claim(1) == entries

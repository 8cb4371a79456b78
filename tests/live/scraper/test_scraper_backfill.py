"""A source's past is walked to its end, once: whatever breaks the walk off, nothing is lost and nothing is doubled."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from services.scraper.adapters.backfill_turn import the_only_walk
from services.scraper.adapters.hosts import HostQueries
from services.scraper.adapters.polite_web import PoliteWeb
from services.scraper.adapters.work import ScraperWork
from services.scraper.domain.backfill import Walk
from services.scraper.domain.backfill_order import Order
from services.scraper.parsing.results import Entry
from services.scraper.use_cases.backfilling import Backfill, Progress
from shared.kit.clock import SystemClock
from shared.kit.errors import PactwatchError, WrongInput
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from tests.live.scraper.newsstand import NOW, Answer, Item, Newsstand, ReadingHere, Scraper, rss_of

pytestmark = pytest.mark.live

XML = "application/rss+xml; charset=utf-8"
SINCE = f"{NOW - timedelta(days=90):%Y-%m-%d}"
COMMAND = "from services.cli.app import main; main()"


@pytest.fixture
def backfill(database: Database, web: WebClient) -> Backfill:
    polite = PoliteWeb(web, partial(database.begin, HostQueries))
    begin = partial(database.begin, ScraperWork)
    return Backfill(begin, polite, ReadingHere(), SystemClock(), waits_seconds=(0.01,) * 4)


async def walked(backfill: Backfill, source_id: UUID, *, told: list[Progress] | None = None, **order) -> Walk:
    opened = await backfill.open(source_id, Order(**({"since": SINCE} | order)))
    return await backfill.walk(opened.source, opened.walk, (told if told is not None else []).append)


def item(number: int, days_ago: float | None = None) -> Item:
    days = number + 1 if days_ago is None else days_ago
    return Item(f"/news/{number}", f"Entry {number}", published=NOW - timedelta(days=days))


def serve_archive(stand: Newsstand, pages: int = 6, of: int = 10, last: str = "") -> None:
    """A feed with pages of entries, a day apart, each naming the next one (RFC 5005)."""
    for page in range(pages):
        older = f"/feed?p={page + 1}" if page + 1 < pages else last
        items = [item(page * of + n).xml(stand.url(f"/news/{page * of + n}")) for n in range(of)]
        link = f"<atom:link rel='prev-archive' href='{stand.url(older)}'/>" if older else ""
        body = rss_of(*items).replace(b"<rss", b"<rss xmlns:atom='http://www.w3.org/2005/Atom'")
        body = body.replace(b"<title>C</title>", f"<title>C</title>{link}".encode())
        stand.answers["/feed" + (f"?p={page}" if page else "")] = Answer(body, content_type=XML)


def asked(stand: Newsstand, begin: str = "/feed") -> list[str]:
    return [path for path, _ in stand.asked if path.startswith(begin)]


async def test_an_archive_of_sixty_entries_on_six_pages_is_walked_to_its_end(
    stand: Newsstand, scraper: Scraper, backfill: Backfill
):
    serve_archive(stand)
    source_id = await scraper.add_source(stand.url("/feed"))
    told: list[Progress] = []
    walk = await walked(backfill, source_id, told=told)
    assert (walk.done, walk.entries, walk.looks, walk.last_error) == (True, 60, 6, None)
    assert asked(stand) == ["/feed", *(f"/feed?p={n}" for n in range(1, 6))]
    entries = await scraper.entries()
    assert len({entry.canonical_url for entry in entries}) == len(entries) == 60
    assert {(entry.state, entry.alert_since) for entry in entries} == {("waiting", walk.alert_since)}
    assert told[-1].part == 1
    reached = [each.reached for each in told if each.reached]
    assert reached == sorted(reached, reverse=True)


async def test_what_is_older_than_the_date_is_left_where_it_is(stand: Newsstand, scraper: Scraper, backfill: Backfill):
    serve_archive(stand)
    source_id = await scraper.add_source(stand.url("/feed"))
    walk = await walked(backfill, source_id, since=(NOW - timedelta(days=25, hours=1)).isoformat())
    assert (walk.done, walk.entries) == (True, 25)
    assert len(asked(stand)) == 5  # three with news, two that are too old


async def test_the_same_command_again_finds_nothing_and_again_walks_anew(
    stand: Newsstand, scraper: Scraper, backfill: Backfill
):
    serve_archive(stand)
    source_id = await scraper.add_source(stand.url("/feed"))
    await walked(backfill, source_id)
    assert (await backfill.open(source_id, Order(since=SINCE))).beginning == "is done"
    walk = await walked(backfill, source_id, again=True)
    assert (walk.done, walk.entries, walk.looks) == (True, 0, 6)
    assert len(await scraper.entries()) == 60


async def test_a_walk_through_what_is_known_goes_on_into_what_is_not(
    stand: Newsstand, scraper: Scraper, backfill: Backfill, database: Database
):
    serve_archive(stand)
    source_id = await scraper.add_source(stand.url("/feed"))
    (source,) = await scraper.looks.claim(1)
    known = [Entry(stand.url(f"/news/{n}"), f"Polled {n}", published=NOW) for n in range(45)]
    async with database.begin(ScraperWork) as work:
        await work.add_entries(source, known, NOW)
    walk = await walked(backfill, source_id)
    assert (walk.entries, len(await scraper.entries())) == (15, 60)
    polled = [entry for entry in await scraper.entries() if entry.title.startswith("Polled")]
    assert len(polled) == 45  # untouched
    assert {entry.alert_since for entry in polled} == {None}


async def test_a_walk_broken_off_between_any_two_looks_goes_on_where_it_stood(
    stand: Newsstand, scraper: Scraper, backfill: Backfill
):
    serve_archive(stand)
    source_id = await scraper.add_source(stand.url("/feed"))
    for _ in range(30):
        opened = await backfill.open(source_id, Order(since=SINCE))
        if opened.walk.done:
            break
        first = asyncio.Event()

        def told(progress: Progress, looks: int = opened.walk.looks, first: asyncio.Event = first) -> None:
            if progress.walk.looks > looks:
                first.set()

        walking = asyncio.create_task(backfill.walk(opened.source, opened.walk, told))
        await first.wait()
        walking.cancel()
        await asyncio.gather(walking, return_exceptions=True)
    standing = await backfill.standing(source_id)
    assert standing is not None
    assert (standing.done, standing.entries, standing.looks) == (True, 60, 6)
    assert len(await scraper.entries()) == 60


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
async def test_ended_in_the_middle_the_same_command_goes_on_and_every_entry_is_there_once(
    by: signal.Signals, stand: Newsstand, scraper: Scraper, database_url: str
):
    serve_archive(stand)
    await scraper.add_source(stand.url("/feed"), name="Courier")
    fourth = stand.answers["/feed?p=3"]
    stand.answers["/feed?p=3"] = Answer(b"", 429, headers=(("retry-after", "600"),))
    await scraper.database.close()  # whose connections are named as a scraper's
    async with command(database_url, "Courier", "--since", SINCE, "--no-wait") as first:
        assert first.stdout is not None
        said = await first.stdout.readuntil(b"Again in 600 s.")
        assert b"Walking the archive of Courier" in said
        assert b"No scraper is running" in said
        first.send_signal(by)
        rest = await first.stdout.read()
        assert await first.wait() == (130 if by == signal.SIGINT else -signal.SIGKILL)
    assert (b"`pactwatch backfill Courier` goes on where it stopped" in rest) == (by == signal.SIGINT)
    assert len(await scraper.entries()) == 30

    stand.answers["/feed?p=3"] = fourth
    await scraper.sql("UPDATE hosts SET next_request_at = NULL")
    async with command(database_url, "Courier", "--since", SINCE, "--no-wait", "--json") as second:
        out, err = await second.communicate()
    assert second.returncode == 0, err
    summary = json.loads(out)
    assert (summary["beginning"], summary["state"], summary["entries"], summary["looks"]) == ("goes on", "done", 60, 6)
    assert b"Going on with Courier" in err
    entries = await scraper.entries()
    assert len({entry.canonical_url for entry in entries}) == len(entries) == 60
    assert asked(stand) == ["/feed", "/feed?p=1", "/feed?p=2", "/feed?p=3", "/feed?p=3", "/feed?p=4", "/feed?p=5"]


@asynccontextmanager
async def command(database_url: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `pactwatch backfill` in a process of its own, which is ended with the block."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PACTWATCH_")}
    theirs = {
        "PACTWATCH_DATABASE_URL": database_url,
        "PACTWATCH_NATS_URL": "nats://hush@127.0.0.1:1",
        "PACTWATCH_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMMAND, "backfill", *arguments, env=ours | theirs,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_the_command_waits_until_what_it_found_is_read(stand: Newsstand, scraper: Scraper, database_url: str):
    stand.serve_feed("/feed", *(item(n) for n in range(4)))
    for n in range(4):
        stand.serve_article(f"/news/{n}", f"Entry {n}")
    await scraper.add_source(stand.url("/feed"), name="Courier")
    async with command(database_url, "Courier", "--since", SINCE) as waiting:
        assert waiting.stdout is not None
        said = await waiting.stdout.readuntil(b"0 of 4 read")
        assert b"100%" in said
        assert b"No scraper" not in said  # our connections are named as those of `pactwatch up`
        await scraper.read()
        rest = await waiting.stdout.read()
        assert b"4 of 4 read" in rest
        assert b"Done: 4 entries found in" in rest
        assert await waiting.wait() == 0


async def test_a_listing_without_dates_is_walked_by_its_older_pages(
    stand: Newsstand, scraper: Scraper, backfill: Backfill
):
    for page in range(3):
        links = "".join(
            f"<li><a href='/news/2026/pact-of-the-day-{page}-{n}'>India and Russia sign pact {page} {n}</a></li>"
            for n in range(8)
        )
        older = f"<a rel='next' href='/list?page={page + 1}'>Older</a>" if page < 2 else ""
        body = f"<html><body><main><ul>{links}</ul>{older}</main></body></html>"
        stand.answers["/list" + (f"?page={page}" if page else "")] = Answer(body.encode())
    source_id = await scraper.add_source(stand.url("/list"), kind="page")
    walk = await walked(backfill, source_id)
    assert (walk.done, walk.entries, walk.looks) == (True, 24, 3)


async def test_a_429_is_waited_out(stand: Newsstand, scraper: Scraper, backfill: Backfill):
    serve_archive(stand, pages=3)
    stand.answers = Once(stand.answers, {"/feed?p=1": Answer(b"", 429, headers=(("retry-after", "1"),))})
    source_id = await scraper.add_source(stand.url("/feed"))
    told: list[Progress] = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    walk = await walked(backfill, source_id, told=told)
    assert loop.time() - began >= 1
    assert (walk.done, walk.entries) == (True, 30)
    assert asked(stand).count("/feed?p=1") == 2
    assert any("asks us to come less often (HTTP 429). Again in 1 s." in each.note for each in told)


class Once(dict[str, Answer]):
    """Answers, some of which are given once before the others."""

    def __init__(self, answers: dict[str, Answer], first: dict[str, Answer]) -> None:
        super().__init__(answers)
        self.first = first

    def get(self, path: str, otherwise: Answer) -> Answer:  # type: ignore[override]
        return self.first.pop(path, None) or super().get(path, otherwise)


async def test_a_page_that_fails_for_now_is_tried_five_times_and_then_left_for_the_next_command(
    stand: Newsstand, scraper: Scraper, backfill: Backfill
):
    serve_archive(stand, pages=4)
    third = stand.answers["/feed?p=2"]
    stand.answers["/feed?p=2"] = Answer(b"", 500)
    source_id = await scraper.add_source(stand.url("/feed"))
    walk = await walked(backfill, source_id)
    assert (walk.done, walk.entries) == (False, 20)
    assert asked(stand).count("/feed?p=2") == 5
    assert "500" in (walk.last_error or "")
    stand.answers["/feed?p=2"] = third
    walk = await walked(backfill, source_id)
    assert (walk.done, walk.entries) == (True, 40)


async def test_a_source_that_is_gone_is_no_walk_that_is_done(stand: Newsstand, scraper: Scraper, backfill: Backfill):
    source_id = await scraper.add_source(stand.url("/gone"))
    walk = await walked(backfill, source_id)
    assert (walk.done, walk.looks, len(asked(stand, "/gone"))) == (False, 0, 1)
    assert "404" in (walk.last_error or "")


async def test_an_archive_that_leads_in_a_circle_ends(stand: Newsstand, scraper: Scraper, backfill: Backfill):
    serve_archive(stand, pages=4, last="/feed?p=1")
    source_id = await scraper.add_source(stand.url("/feed"))
    walk = await walked(backfill, source_id)
    assert (walk.done, walk.entries, walk.looks) == (True, 40, 4)


async def test_robots_are_heard_on_the_way_back_too(stand: Newsstand, scraper: Scraper, backfill: Backfill):
    serve_archive(stand)
    stand.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /feed?p=2\n", content_type="text/plain")
    source_id = await scraper.add_source(stand.url("/feed"))
    walk = await walked(backfill, source_id)
    assert (walk.done, walk.entries) == (True, 20)
    assert "robots.txt" in (walk.last_error or "")
    assert "/feed?p=2" not in asked(stand)


async def test_a_feed_of_wordpress_is_asked_for_page_after_page(stand: Newsstand, scraper: Scraper, backfill: Backfill):
    for page in range(3):
        items = [item(page * 10 + n).xml(stand.url(f"/{page * 10 + n}")) for n in range(10)]
        stand.answers["/feed/" + (f"?paged={page + 1}" if page else "")] = Answer(rss_of(*items), content_type=XML)
    source_id = await scraper.add_source(stand.url("/feed/"))
    walk = await walked(backfill, source_id)
    assert (walk.done, walk.entries, walk.last_error) == (True, 30, None)
    assert asked(stand, "/feed/") == ["/feed/", "/feed/?paged=2", "/feed/?paged=3", "/feed/?paged=4"]
    assert not asked(stand, "/sitemap")


async def test_a_feed_without_pages_has_its_past_in_the_sitemap(stand: Newsstand, scraper: Scraper, backfill: Backfill):
    stand.serve_feed("/rss.xml", *(item(n) for n in range(6)))
    stand.answers["/robots.txt"] = Answer(f"Sitemap: {stand.url('/map.xml')}".encode(), content_type="text/plain")
    parts = {"/new.xml": NOW, "/old.xml": NOW - timedelta(days=400)}
    stand.answers["/map.xml"] = Answer(sitemap_of("sitemap", {stand.url(path): day for path, day in parts.items()}))
    pages = {stand.url(f"/news/{n}"): NOW - timedelta(days=n + 1) for n in range(4, 100)}
    pages |= {stand.url(f"/sport/{n}"): NOW for n in range(9)}
    stand.answers["/new.xml"] = Answer(sitemap_of("url", pages))
    source_id = await scraper.add_source(stand.url("/rss.xml"))
    walk = await walked(backfill, source_id, since=(NOW - timedelta(days=50, hours=1)).isoformat())
    assert (walk.done, walk.entries, walk.last_error) == (True, 50, None)
    assert not asked(stand, "/old.xml")
    assert not asked(stand, "/sitemap")


def sitemap_of(kind: str, changed: dict[str, datetime]) -> bytes:
    rows = "".join(
        f"<{kind}><loc>{url}</loc><lastmod>{day.isoformat()}</lastmod></{kind}>" for url, day in changed.items()
    )
    root = {"sitemap": "sitemapindex", "url": "urlset"}[kind]
    return f"<?xml version='1.0'?><{root} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{rows}</{root}>".encode()


async def test_articles_older_than_the_flag_says_are_stored_and_do_not_alert(
    stand: Newsstand, scraper: Scraper, backfill: Backfill, database: Database
):
    stand.serve_feed("/feed", *(item(n) for n in range(4)))
    for n in range(4):
        stand.serve_article(f"/news/{n}", f"Entry {n}")
    source_id = await scraper.add_source(stand.url("/feed"), alert_since=None)
    walk = await walked(backfill, source_id, alerts=(NOW - timedelta(days=2, hours=1)).isoformat())
    before = await backfill.read_so_far(source_id, walk)
    assert (before.found, before.read, before.waiting) == (4, 0, 4)
    await scraper.read()
    assert {each.title: each.alertable for each in await scraper.articles()} == {
        "Entry 0": True,
        "Entry 1": True,
        "Entry 2": False,
        "Entry 3": False,
    }
    so_far = await backfill.read_so_far(source_id, walk)
    assert (so_far.found, so_far.read, so_far.waiting) == (4, 4, 0)
    async with database.begin(ScraperWork) as work:
        (listed,) = await work.walks()
    assert (listed.state, listed.entries, listed.read, listed.left) == ("done", 4, 4, 0)
    assert listed.oldest == NOW - timedelta(days=4)


async def test_two_commands_at_once_for_one_source_do_not_walk_it_together(
    stand: Newsstand, scraper: Scraper, backfill: Backfill, database: Database, database_url: str
):
    serve_archive(stand)
    source_id = await scraper.add_source(stand.url("/feed"), name="Courier")
    opened = await backfill.open(source_id, Order(since=SINCE))
    async with the_only_walk(database, source_id) as is_ours:
        assert is_ours
        async with database.begin(ScraperWork) as work:
            assert [each.state for each in await work.walks()] == ["walking"]
        async with command(database_url, "Courier", "--since", SINCE) as other:
            _, err = await other.communicate()
        assert other.returncode == 1
        assert b"Another command walks the archive of Courier" in err
    async with the_only_walk(database, source_id) as is_ours, database.begin(ScraperWork) as work:
        assert is_ours
    await backfill.walk(opened.source, opened.walk, lambda _: None)
    with pytest.raises(PactwatchError, match="Another command goes on"):  # whose lock was lost with its connection
        await backfill.walk(opened.source, opened.walk, lambda _: None)
    assert len(await scraper.entries()) == 60


async def test_a_watched_page_has_no_past(stand: Newsstand, scraper: Scraper, backfill: Backfill):
    source_id = await scraper.add_source(stand.url("/page"), kind="watch")
    with pytest.raises(WrongInput, match="has no past"):
        await backfill.open(source_id, Order(since=SINCE))

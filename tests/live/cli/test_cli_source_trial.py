"""`pactwatch source test` as a person runs it: one real site, real children that read, nothing kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from services.scraper import app
from tests.live.cli.conftest import Pactwatch
from tests.live.scraper import trial_sites as sites
from tests.live.scraper.newsstand import Newsstand, a_newsstand

pytestmark = pytest.mark.live


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch, pactwatch: Pactwatch) -> Iterator[Newsstand]:
    """A newsstand in a thread of its own: the command has this one."""
    monkeypatch.setenv("PACTWATCH_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setattr(app, "REST_SECONDS", 0)
    ready, done = threading.Event(), asyncio.Event()
    found: list[tuple[Newsstand, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        async with a_newsstand() as one:
            found.append((one, asyncio.get_running_loop()))
            ready.set()
            await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    (one, loop) = found[0]
    sites.serve_articles(one)
    yield one
    loop.call_soon_threadsafe(done.set)
    thread.join(10)


def test_a_feed_is_shown_with_what_would_be_taken_and_rejected(stand: Newsstand, pactwatch: Pactwatch):
    stand.answers["/feed"] = sites.rss(stand)
    said = pactwatch("source", "test", stand.url("/feed"), "--country", "IN").out
    for words in (
        "rss: Harbour Wire (RSS 2.0, 2 entries, in en)",
        "Would take (the newest 2 of 2, with their pages):",
        sites.PACT,
        "· en · agency ANI",
        "exchanged the notes",
        "dropped: Also Read | Ten trains that run late this winter.",
        "Would reject:",
        "left out: Leads nowhere: its link",
        f"held back: {sites.CRICKET}: It names India, and nothing of Russia.",
        f"To watch it: pactwatch source add 'Harbour Wire' {stand.url('/feed')}",
    ):
        assert words in said, words
    assert pactwatch("source", "list", "--json").json == []


def test_a_home_page_ends_in_lines_that_add_its_feeds(stand: Newsstand, pactwatch: Pactwatch):
    stand.answers["/"] = sites.listing(stand, "<link rel='alternate' type='application/atom+xml' href='/atom'>")
    stand.answers["/atom"] = sites.atom(stand)
    said = pactwatch("source", "test", stand.url("/")).out
    assert "The site offers feeds, which are better than its page:" in said
    assert f"    pactwatch source add 'Harbour Wire' {stand.url('/atom')}\n" in said
    assert f"pactwatch source add 'Harbour Wire' {stand.url('/')} --kind page" in said
    told = pactwatch("source", "test", stand.url("/"), "--json").json
    assert told["add"] == [f"pactwatch source add 'Harbour Wire' {stand.url('/atom')}"]
    assert (told["kind"], told["offers"][0]["kind"], len(told["articles"])) == ("page", "atom", 3)


def test_selectors_are_tried_and_stand_in_the_line_that_adds_the_page(stand: Newsstand, pactwatch: Pactwatch):
    stand.answers["/news"] = sites.listing(stand)
    arguments = ("source", "test", stand.url("/news"), "--kind", "page", "--selector", "item=div.row")
    said = pactwatch(*arguments, "--selector", "link=h2 a").out
    assert sites.PACT in said
    assert "--kind page --selector item=div.row --selector 'link=h2 a'" in said
    assert "--selector item: 'li['" in pactwatch(*arguments[:5], "--selector", "item=li[", code=2).err


def test_what_cannot_be_watched_ends_with_1_and_a_mend(stand: Newsstand, pactwatch: Pactwatch):
    ran = pactwatch("source", "test", stand.url("/nothing"), code=1)
    assert "404" in ran.err
    assert "Check the address" in ran.err
    assert "--kind: 'rdf'" in pactwatch("source", "test", stand.url("/"), "--kind", "rdf", code=2).err

"""The scraper asks a host what it allows, keeps one pace over all replicas, and leaves alone who asks for that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address, ip_address
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, text, update

from services.scraper.adapters.hosts import HostQueries
from services.scraper.adapters.polite_web import PoliteWeb
from shared.store.harvest import HostRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from shared.web.looks import Failed, Fetched, NotYet, Throttled
from tests.live.scraper.newsstand import Answer, Newsstand

pytestmark = pytest.mark.live

Polite = Callable[..., PoliteWeb]


async def here(host: str, port: int) -> list[IPv4Address]:
    return [IPv4Address(str(ip_address("127.0.0.1")))]


@pytest.fixture
async def public_web() -> AsyncIterator[WebClient]:
    """A door through which every name leads to this machine, and none of them is the operator's own."""
    client = make_client(allowed=AllowedHosts.parse("127.0.0.0/8"), user_agent="Pactwatch/test", resolve=here)
    yield client
    await client.aclose()


@pytest.fixture
def polite(database: Database, public_web: WebClient) -> Polite:
    """One more replica: what it learns it learns from the others' rows, or by itself."""

    def replica(web: WebClient = public_web, rest_seconds: float = 0.01) -> PoliteWeb:
        return PoliteWeb(web, partial(database.begin, HostQueries), rest_seconds=rest_seconds)

    return replica


@pytest.fixture
def row_of(database: Database) -> Callable[[str], Awaitable[HostRow]]:
    async def row(host: str) -> HostRow:
        async with database.begin(Work) as work:
            return (await work.session.scalars(select(HostRow).where(HostRow.host == host))).one()

    return row


@pytest.fixture
def later(database: Database) -> Callable[..., Awaitable[None]]:
    """Let time pass for what is written of hosts: set columns back."""

    async def age(**columns: Any) -> None:
        async with database.begin(Work) as work:
            await work.session.execute(update(HostRow).values(**columns))

    return age


def robots(stand: Newsstand, *lines: str, **answer: Any) -> None:
    stand.answers["/robots.txt"] = Answer("\n".join(lines).encode(), content_type="text/plain", **answer)


def paths(stand: Newsstand) -> list[str]:
    return [path for path, _ in stand.asked]


async def test_what_robots_txt_forbids_is_not_asked_for_and_robots_txt_is_asked_for_once(
    stand: Newsstand, polite: Polite
):
    robots(stand, "User-agent: *", "Disallow: /private/")
    stand.serve_article("/news", "A pact")
    one, other = polite(), polite()
    url = partial(stand.url, host="news.example")
    looks = await asyncio.gather(*(one.get(url(path)) for path in ("/private/1", "/news", "/news")))
    looks += await asyncio.gather(*(other.get(url(path)) for path in ("/news", "/private/2")))
    assert [type(look).__name__ for look in looks] == ["Failed", "Fetched", "Fetched", "Fetched", "Failed"]
    forbidden = looks[0]
    assert isinstance(forbidden, Failed)
    assert (forbidden.kind, forbidden.permanent) == ("robots", True)
    assert "robots.txt of news.example" in forbidden.sentence
    assert sorted(paths(stand)) == ["/news", "/news", "/news", "/robots.txt"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"gone", 404),
        Answer(b"User-agent: *\nDisallow: /", 403),
        Answer(b"<html>User-agent: *\nDisallow: /</html>"),
        Answer(b"", 302, headers=(("location", "/robots.txt"),)),
        Answer(b"\x89PNG", content_type="image/png"),
    ],
    ids=["missing", "refused", "page", "sent on for ever", "picture"],
)
async def test_where_there_is_no_robots_txt_everything_may_be_asked_for(
    answer: Answer, stand: Newsstand, polite: Polite, row_of: Callable[[str], Awaitable[HostRow]]
):
    stand.answers["/robots.txt"] = answer
    stand.serve_article("/news", "A pact")
    assert isinstance(await polite().get(stand.url("/news", "news.example")), Fetched)
    row = await row_of(f"news.example:{stand.port}")
    assert (row.robots, row.robots_failing_since) == ("", None)


async def test_a_robots_txt_that_fails_keeps_us_away_for_an_hour_and_makes_us_slow_after_that(
    stand: Newsstand, polite: Polite, row_of: Callable[[str], Awaitable[HostRow]], later: Callable[..., Awaitable[None]]
):
    robots(stand, status=503)
    stand.serve_article("/news", "A pact")
    url = stand.url("/news", "news.example")
    looks = [await each.get(url) for each in (polite(), polite())]
    assert [look.kind for look in looks if isinstance(look, Failed)] == ["robots", "robots"]
    assert all("503" in look.sentence and not look.permanent for look in looks if isinstance(look, Failed))
    assert paths(stand) == ["/robots.txt"]  # asked once in a while, over all scrapers
    row = await row_of(f"news.example:{stand.port}")
    assert row.robots_failing_since is not None
    await later(robots_failing_since=row.robots_failing_since - timedelta(hours=1), robots_try_at=None)
    assert isinstance(await polite().get(url), Fetched)
    assert (await row_of(f"news.example:{stand.port}")).delay_seconds == 30


async def test_an_old_copy_stands_in_for_a_robots_txt_that_fails(
    stand: Newsstand, polite: Polite, later: Callable[..., Awaitable[None]]
):
    robots(stand, "User-agent: *", "Disallow: /private/")
    stand.serve_article("/news", "A pact")
    await polite().get(stand.url("/news", "news.example"))
    robots(stand, status=500)
    await later(robots_try_at=None)
    again = polite()
    assert isinstance(await again.get(stand.url("/news", "news.example")), Fetched)
    assert isinstance(await again.get(stand.url("/private/", "news.example")), Failed)
    assert paths(stand).count("/robots.txt") == 2


async def test_a_host_that_is_down_is_called_down_and_a_private_one_blocked(polite: Polite):
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    down = await polite().get(f"http://news.example:{port}/")
    blocked = await polite().get("http://10.0.0.1/")
    nonsense = await polite().get("gopher://x/")
    assert [look.kind for look in (down, blocked, nonsense) if isinstance(look, Failed)] == [
        "connect",
        "blocked",
        "blocked",
    ]


async def test_replicas_keep_one_pace(stand: Newsstand, polite: Polite):
    arrived: list[float] = []
    serve = stand.serve

    async def noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(asyncio.get_running_loop().time())
        await serve(reader, writer)

    server = await asyncio.start_server(noted, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    replicas = [polite(rest_seconds=0.3) for _ in range(3)]
    await replicas[0].get(f"http://news.example:{port}/")
    await asyncio.gather(*(each.get(f"http://news.example:{port}/{n}") for each in replicas for n in range(2)))
    server.close()
    pages = arrived[1:]  # the first was for robots.txt, which is not waited for
    assert len(pages) == 7
    assert pages[-1] - pages[0] >= 6 * 0.3 - 0.2  # each began in its slot; a busy machine may be late for one
    assert sum(later - at >= 0.15 for at, later in pairwise(pages)) >= 5


async def test_a_long_rest_is_an_outcome_and_costs_no_hand(stand: Newsstand, polite: Polite):
    robots(stand, "User-agent: *", "Crawl-delay: 20")
    stand.serve_article("/news", "A pact")
    one, other = polite(), polite()
    assert isinstance(await one.get(stand.url("/news", "slow.example")), Fetched)
    for replica in (one, other):
        look = await replica.get(stand.url("/news", "slow.example"))
        assert isinstance(look, NotYet)
        assert 13 < look.wait_seconds <= 15  # the last five seconds are waited for in the look
        assert "slow.example" in look.sentence
    assert isinstance(await one.get(stand.url("/news", "quick.example")), Fetched)  # another host, the same delay
    assert paths(stand).count("/news") == 2


@pytest.mark.parametrize(("headers", "least"), [((("retry-after", "600"),), 590), ((), 50)])
async def test_a_host_that_asks_for_patience_is_left_alone_as_a_whole(
    headers: tuple[tuple[str, str], ...], least: float, stand: Newsstand, polite: Polite
):
    robots(stand)
    stand.answers["/busy"] = Answer(status=429, headers=headers)
    stand.serve_article("/news", "A pact")
    one, other = polite(), polite()
    assert isinstance(await one.get(stand.url("/busy", "news.example")), Throttled)
    for replica in (one, other):
        look = await replica.get(stand.url("/news", "news.example"))
        assert isinstance(look, NotYet)
        assert look.wait_seconds >= least
    assert "/news" not in paths(stand)


async def test_a_page_that_asks_for_patience_gets_it_and_the_feeds_of_its_host_wait_five_minutes(
    stand: Newsstand, database: Database, public_web: WebClient
):
    stand.answers["/page"] = Answer(b"", 429, headers=(("retry-after", "3600"),))
    await PoliteWeb(public_web, partial(database.begin, HostQueries), of_pages=True).get(stand.url("/page"))
    async with database.begin(Work) as work:
        (host,) = await work.session.scalars(select(HostRow))
    now = datetime.now(UTC)
    assert host.next_request_at is not None
    assert host.pages_rest_until is not None
    assert timedelta(minutes=4) < host.next_request_at - now < timedelta(minutes=6)
    assert timedelta(minutes=59) < host.pages_rest_until - now < timedelta(minutes=61)


async def test_a_robots_txt_that_asks_for_patience_gets_it(stand: Newsstand, polite: Polite):
    robots(stand, status=429, headers=(("retry-after", "600"),))
    one = polite()
    assert isinstance(await one.get(stand.url("/news", "news.example")), Throttled)
    assert isinstance(await one.get(stand.url("/news", "news.example")), NotYet)
    assert isinstance(await polite().get(stand.url("/news", "news.example")), NotYet)
    assert paths(stand) == ["/robots.txt"]


async def test_a_redirect_is_followed_only_to_where_robots_txt_lets_us(stand: Newsstand, polite: Polite):
    robots(stand, "User-agent: *", "Disallow: /private")
    stand.serve_article("/news", "A pact")
    for path, goal in (
        ("/here", "/private"),
        ("/there", stand.url("/private", "other.example")),
        ("/fine", stand.url("/news", "third.example")),
        ("/inward", "http://169.254.169.254/latest/meta-data/"),
    ):
        stand.answers[path] = Answer(status=302, headers=(("location", goal),))
    looks = [await polite().get(stand.url(path, "news.example")) for path in ("/here", "/there", "/inward", "/fine")]
    assert [look.kind for look in looks if isinstance(look, Failed)] == ["robots", "robots", "blocked"]
    assert isinstance(looks[-1], Fetched)
    assert "/private" not in paths(stand)
    assert {headers["host"].split(":")[0] for headers in stand.headers_at("/robots.txt")} == {
        "news.example",
        "other.example",
        "third.example",
    }


async def test_an_operators_own_host_needs_no_rest_but_its_robots_txt_counts(
    stand: Newsstand, polite: Polite, web: WebClient, row_of: Callable[[str], Awaitable[HostRow]]
):
    robots(stand, "User-agent: *", "Disallow: /private")
    stand.serve_article("/news", "A pact")
    own = polite(web, rest_seconds=3600)
    assert all([isinstance(await own.get(stand.url("/news")), Fetched) for _ in range(3)])
    assert isinstance(await own.get(stand.url("/private")), Failed)
    assert (await row_of(f"127.0.0.1:{stand.port}")).delay_seconds == 0


async def test_while_another_scraper_asks_for_robots_txt_we_come_back_later(
    stand: Newsstand, polite: Polite, database: Database
):
    async with database.begin(HostQueries) as hosts:
        assert await hosts.lease_robots(f"news.example:{stand.port}", lease_seconds=30)
    async with database.begin(HostQueries) as hosts:
        assert not await hosts.lease_robots(f"news.example:{stand.port}", lease_seconds=30)
    look = await polite().get(stand.url("/news", "news.example"))
    assert isinstance(look, NotYet)
    assert look.wait_seconds < 10
    assert paths(stand) == []


async def test_of_a_huge_robots_txt_the_beginning_counts(stand: Newsstand, polite: Polite):
    robots(stand, "User-agent: *", "Disallow: /first", *["# filler"] * 100_000, "Disallow: /last")
    stand.serve_article("/last", "A pact")
    one = polite()
    assert isinstance(await one.get(stand.url("/first", "news.example")), Failed)
    assert isinstance(await one.get(stand.url("/last", "news.example")), Fetched)


async def test_a_database_that_goes_away_in_the_middle_of_a_walk_is_no_fault_of_the_webs(
    stand: Newsstand, public_web: WebClient, database: Database
):
    robots(stand)
    stand.answers["/away"] = Answer(status=302, headers=(("location", stand.url("/", "other.example")),))
    begun = 0

    @asynccontextmanager
    async def failing() -> AsyncIterator[HostQueries]:
        nonlocal begun
        begun += 1
        if begun > 3:  # the first host was learnt, written down and reserved
            raise ConnectionRefusedError("the database is away")
        async with database.begin(HostQueries) as hosts:
            yield hosts

    begin: Callable[[], AbstractAsyncContextManager[HostQueries]] = failing
    with pytest.raises(ConnectionRefusedError):
        await PoliteWeb(public_web, begin, rest_seconds=0.01).get(stand.url("/away", "news.example"))


async def test_hosts_that_nobody_asks_any_more_are_forgotten(stand: Newsstand, polite: Polite, database: Database):
    robots(stand)
    await polite().get(stand.url("/", "old.example"))
    async with database.begin(HostQueries) as hosts:
        past = "UPDATE hosts SET next_request_at = now() - interval '9 days', robots_try_at = now() - interval '8 days'"
        await hosts.session.execute(text(past))
    await polite().get(stand.url("/", "new.example"))
    async with database.begin(HostQueries) as hosts:
        await hosts.forget_hosts(unused_for=timedelta(days=7))
        assert list(await hosts.session.scalars(select(HostRow.host))) == [f"new.example:{stand.port}"]

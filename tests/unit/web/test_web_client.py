"""The one door to HTTP, tried against real servers on the loopback."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime

import pytest

from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from shared.web.looks import Failed, Fetched, NotModified, NotSent, Throttled
from tests.unit.web.loopback_server import LocalServer, chosen, reply, resolving

NOW = datetime(2025, 12, 5, 12, 0, tzinfo=UTC)


class StoppedClock:
    def now(self) -> datetime:
        return NOW


async def test_a_page_is_fetched_with_its_headers_in_lower_case(server, client):
    server.answer = reply(200, b"<rss/>", ETag='"7"', Content_Type="text/xml")
    look = await client.get(server.url("/feed"))
    assert isinstance(look, Fetched)
    assert (look.body, look.status, look.moved_permanently_to) == (b"<rss/>", 200, None)
    assert (look.headers["etag"], look.headers["content-type"]) == ('"7"', "text/xml")
    assert server.asked[0].headers["user-agent"] == "pactwatch-tests/1"
    assert server.asked[0].headers["accept-encoding"] == "gzip, deflate"


async def test_a_validator_with_letters_outside_ascii_is_sent_back_as_it_came(server, client):
    server.answer = reply(304)
    look = await client.get(server.url(), headers={"If-None-Match": '"версия-7"'})
    assert isinstance(look, NotModified)
    assert server.asked[0].headers["if-none-match"].encode("latin-1").decode() == '"версия-7"'


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"Retry_After": "120"}, Throttled(120, 429)),
        (429, {}, Throttled(None, 429)),
        (503, {"Retry_After": "Fri, 05 Dec 2025 12:00:30 GMT"}, Throttled(30, 503)),
    ],
)
async def test_a_server_that_asks_for_patience_is_heard(server, status, headers, expected):
    server.answer = reply(status, b"", **headers)
    client = make_client(
        allowed=AllowedHosts.parse(f"127.0.0.1:{server.port}"), user_agent="t", clock=StoppedClock(), most_per_host=1
    )
    assert await client.get(server.url()) == expected
    await client.aclose()


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (410, True), (403, True), (500, False), (503, False)])
async def test_a_refusal_says_whether_asking_again_can_help(server, client, status, permanent):
    server.answer = reply(status, b"sorry")
    look = await client.get(server.url())
    assert isinstance(look, Failed)
    assert (look.kind, look.status, look.permanent) == ("http", status, permanent)
    assert str(status) in look.sentence


async def test_a_server_that_drips_hits_the_total_deadline(server, client):
    async def drip(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while not server.let_go.is_set():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    server.answer = drip
    look = await client.get(server.url(), total_seconds=0.2)
    assert isinstance(look, Failed)
    assert look.kind == "timeout"
    assert "0.2 seconds" in look.sentence


async def test_packed_bodies_are_unpacked_and_a_bomb_is_stopped_at_the_limit(server, client):
    server.answer = reply(200, gzip.compress(b"news " * 100), Content_Encoding="gzip")
    look = await client.get(server.url())
    assert isinstance(look, Fetched)
    assert look.body == b"news " * 100
    server.answer = reply(200, gzip.compress(bytes(30_000_000)), Content_Encoding="gzip")
    bomb = await client.get(server.url(), limit_bytes=1_000_000)
    assert isinstance(bomb, Failed)
    assert (bomb.kind, bomb.permanent) == ("too_large", True)


async def test_a_body_that_says_it_is_too_large_is_not_read(server, client):
    server.answer = reply(200, b"x" * 2000)
    look = await client.get(server.url(), limit_bytes=1000)
    assert isinstance(look, Failed)
    assert look.kind == "too_large"


async def test_a_body_packed_twice_or_broken_off_is_a_protocol_failure(server, client):
    server.answer = reply(200, gzip.compress(gzip.compress(b"x")), Content_Encoding="gzip, gzip")
    twice = await client.get(server.url())
    server.answer = reply(200, gzip.compress(b"x" * 100)[:-8], Content_Encoding="gzip")
    broken = await client.get(server.url())
    assert [look.kind for look in (twice, broken) if isinstance(look, Failed)] == ["protocol", "protocol"]


async def test_permanent_redirects_are_followed_and_remembered_up_to_the_first_temporary_one(server, client):
    onward = {"/old": (301, "/newer"), "/newer": (308, "/newest"), "/newest": (302, "/today")}

    def choose(request):
        if request.path in onward:
            status, location = onward[request.path]
            return status, b"", {"location": location}
        return 200, b"here", {}

    server.answer = chosen(choose)
    look = await client.get(server.url("/old"))
    assert isinstance(look, Fetched)
    assert (look.url_final, look.moved_permanently_to) == (server.url("/today"), server.url("/newest"))


async def test_a_redirect_in_circles_ends(server, client):
    server.answer = reply(302, b"", Location="/again")
    look = await client.get(server.url("/again"))
    assert isinstance(look, Failed)
    assert look.kind == "redirects"
    assert len(server.asked) == 6


async def test_a_site_that_sends_a_cookie_and_redirects_to_itself_is_read_and_forgotten(server, client):
    def choose(request):
        if "cookie" in request.headers:
            return 200, b"welcome", {}
        return 302, b"", {"set-cookie": "seen=1; Path=/", "location": "/"}

    server.answer = chosen(choose)
    assert isinstance(await client.get(server.url()), Fetched)
    assert isinstance(await client.get(server.url()), Fetched)
    assert ["cookie" in request.headers for request in server.asked] == [False, True, False, True]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:1/",
        "http://[::1]:8222/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/",
        "http://user:secret@8.8.8.8/",
    ],
)
async def test_a_redirect_to_where_we_must_not_go_is_refused(server, client, location):
    server.answer = reply(302, b"", Location=location)
    look = await client.get(server.url())
    assert isinstance(look, Failed)
    assert (look.kind, look.permanent) == ("blocked", True)


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 localhost 2130706433 0x7f000001 127.1 0.0.0.0 169.254.169.254 "
    "[::1] [::ffff:127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::]".split(),
)
async def test_no_spelling_of_a_private_address_is_reached_unless_it_was_opened(server, host):
    client = make_client(allowed=AllowedHosts(), user_agent="t")
    look = await client.get(server.url(host=host))
    await client.aclose()
    assert isinstance(look, Failed)
    assert look.kind == "blocked", look
    assert server.asked == []


@pytest.mark.parametrize("setting", ["127.0.0.1:{port}", "127.0.0.0/8", "localhost:{port}, ::1", "localhost"])
async def test_a_private_host_is_reached_once_an_administrator_opened_it(server, setting):
    client = make_client(
        allowed=AllowedHosts.parse(setting.format(port=server.port)), user_agent="t", resolve=resolving("127.0.0.1")
    )
    assert isinstance(await client.get(server.url(host="localhost")), Fetched)
    await client.aclose()


async def test_a_name_that_changes_its_address_after_the_check_gains_nothing(server):
    """The address that was checked is the one connected to: the second answer of the resolver is never asked for."""
    resolve = resolving("127.0.0.1", "10.0.0.1")
    client = make_client(allowed=AllowedHosts.parse(f"127.0.0.1:{server.port}"), user_agent="t", resolve=resolve)
    assert isinstance(await client.get(server.url(host="rebinding.example")), Fetched)
    assert server.asked[0].headers["host"] == f"rebinding.example:{server.port}"
    server.answer = reply(200, b"", Connection="close")
    await client.aclose()

    shut = make_client(allowed=AllowedHosts(), user_agent="t", resolve=resolving("127.0.0.1", "127.0.0.1"))
    look = await shut.get(server.url(host="rebinding.example"))
    await shut.aclose()
    assert isinstance(look, Failed)
    assert look.kind == "blocked"
    assert len(server.asked) == 1


async def test_a_proxy_in_the_environment_is_not_used(server, client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert isinstance(await client.get(server.url()), Fetched)


async def test_a_name_without_address_a_closed_port_and_bad_http_are_told_apart(server, client):
    async def nowhere(host, port):
        return []

    lost = make_client(allowed=AllowedHosts(), user_agent="t", resolve=nowhere)
    unknown = await lost.get("http://nowhere.example/")
    await lost.aclose()
    closed = LocalServer()
    await closed.start()
    await closed.stop()
    shut = make_client(allowed=AllowedHosts.parse("127.0.0.0/8"), user_agent="t")
    refused = await shut.get(closed.url())
    await shut.aclose()

    async def babble(request, writer):
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        writer.close()

    server.answer = babble
    babbled = await client.get(server.url())
    kinds = [look.kind for look in (unknown, refused, babbled) if isinstance(look, Failed)]
    assert kinds == ["dns", "connect", "protocol"]


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/x", "http://", "http://a b/", "http://a:b@c.example/", "not a url", "http://x" + "y" * 3000, ""],
)
async def test_an_address_that_is_none_is_an_outcome_and_not_an_exception(client, url):
    look = await client.get(url)
    assert isinstance(look, Failed)
    assert look.permanent
    assert isinstance(await client.post(url, content=b"", headers={}), NotSent)


async def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(server, client):
    async def answer_and_hang_up(request, writer):
        await reply(200, b"hello")(request, writer)
        await writer.drain()
        writer.close()

    server.answer = answer_and_hang_up
    assert isinstance(await client.get(server.url()), Fetched)
    assert isinstance(await client.get(server.url()), Fetched)


async def test_one_host_gets_no_more_than_its_share_of_requests_at_once(server):
    running, most = 0, 0
    gate = asyncio.Event()

    async def count(request, writer):
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 2:
            gate.set()
        await gate.wait()
        await reply(200, b"ok")(request, writer)
        running -= 1

    server.answer = count
    client = make_client(allowed=AllowedHosts.parse("127.0.0.0/8"), user_agent="t", most_per_host=2)
    looks = await asyncio.gather(*(client.get(server.url(f"/{i}")) for i in range(6)))
    await client.aclose()
    assert all(isinstance(look, Fetched) for look in looks)
    assert most == 2

"""Servers that send what nobody asked for: it ends early, in a named outcome, and others go on meanwhile."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from shared.web.client import make_client
from shared.web.content_types import is_no_text
from shared.web.guard import AllowedHosts
from shared.web.looks import Failed, Fetched, Look, NotSent, NotYet, Unknown
from tests.unit.web.loopback_server import Answering, LocalServer, chosen, reply


def without_end(start: bytes, block: bytes) -> Answering:
    """An answer that goes on until the client hangs up."""

    async def answer(request, writer):
        writer.write(start)
        while not writer.is_closing():
            writer.write(block)
            await writer.drain()

    return answer


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (without_end(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000), "protocol"),
        (without_end(b"HTTP/1.1 200 OK\r\n", b"x-more: headers\r\n" * 2000), "protocol"),
        (without_end(b"HTTP/1.1 200 OK\r\nx-long: ", b"y" * 50_000), "protocol"),
        (without_end(CHUNKED + b"0\r\n", b"x-more: trailers\r\n" * 2000), "protocol"),
        (without_end(CHUNKED + b"1;", b"extension=" * 5000), "protocol"),
        (without_end(CHUNKED, b"1\r\nx\r\n" * 5000), "too_large"),
        (without_end(CHUNKED, b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"), "too_large"),
        (without_end(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 50_000), "too_large"),
    ],
    ids=[
        "interim answers",
        "headers",
        "one header",
        "trailers",
        "chunk extension",
        "tiny chunks",
        "large chunks",
        "no length",
    ],
)
async def test_an_answer_without_end_is_ended_by_us(server: LocalServer, client, answer: Answering, kind: str):
    server.answer = answer
    look = await client.get(server.url(), limit_bytes=1_000_000)
    assert isinstance(look, Failed)
    assert look.kind == kind, look.sentence


async def test_while_one_server_floods_us_others_are_read(server: LocalServer, client):
    server.answer = without_end(CHUNKED, b"1\r\nx\r\n" * 20_000)
    other = LocalServer()
    await other.start()
    open_client = make_client(allowed=AllowedHosts.parse("127.0.0.1"), user_agent="t")
    flooded = asyncio.create_task(open_client.get(server.url()))
    read = 0
    while not flooded.done():
        assert isinstance(await open_client.get(other.url()), Fetched)
        read += 1
    assert isinstance(flooded.result(), Failed)
    await open_client.aclose()
    await other.stop()
    assert read > 10


async def test_a_receiver_that_never_comes_to_its_answer_is_left(server: LocalServer, client):
    server.answer = without_end(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000)
    answer = await client.post(server.url(), content=b"{}", headers={})
    assert isinstance(answer, Unknown)
    assert not isinstance(answer, NotSent)


async def test_a_large_head_that_ends_is_taken(server: LocalServer, client):
    server.answer = reply(200, b"news", **{f"x_{number}": "y" * 900 for number in range(60)})
    look = await client.get(server.url())
    assert isinstance(look, Fetched)
    assert look.body == b"news"


@pytest.mark.parametrize(
    "content_type",
    [
        "video/mp4",
        "Audio/MPEG",
        "image/jpeg; q=1",
        "application/pdf",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/event-stream",
        "multipart/x-mixed-replace; boundary=x",
    ],
)
async def test_what_is_no_text_is_told_by_its_header_and_not_taken(server: LocalServer, client, content_type: str):
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\n\r\n".encode()
    server.answer = without_end(head, b"x" * 1000)
    look = await client.get(server.url())
    assert isinstance(look, Failed)
    assert (look.kind, look.permanent, look.status) == ("content_type", True, 200)
    assert content_type in look.sentence


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/html",
        "application/rss+xml",
        "application/octet-stream",
        "application/x-gzip",
        "text/plain; charset=koi8-r",
        "application/json",
        "nonsense",
        "x" * 5000,
    ],
)
def test_what_may_be_text_is_taken(content_type: str):
    assert not is_no_text(content_type)


@pytest.mark.parametrize("packed", [False, True])
async def test_the_beginning_of_a_large_body_is_had_where_that_is_enough(server: LocalServer, client, packed: bool):
    body = b"0123456789" * 1000
    headers = {"content_encoding": "gzip"} if packed else {}
    server.answer = reply(200, gzip.compress(body) if packed else body, **headers)
    look = await client.get(server.url(), limit_bytes=2500, cut=True)
    assert isinstance(look, Fetched)
    assert look.body == body[:2500]


async def test_a_redirect_is_followed_when_whoever_asked_agrees(server: LocalServer, client):
    onward = {"/a": "/b", "/b": "/c", "/c": "/d"}
    server.answer = chosen(
        lambda request: (302, b"", {"location": onward[request.path]}) if request.path in onward else (200, b"", {})
    )
    seen: list[str] = []

    async def until_c(url: str) -> Look | None:
        seen.append(url)
        return NotYet(7, "it rests") if url.endswith("/c") else None

    assert await client.get(server.url("/a"), before_hop=until_c) == NotYet(7, "it rests")
    assert seen == [server.url("/b"), server.url("/c")]
    assert [request.path for request in server.asked] == ["/a", "/b"]


@pytest.mark.parametrize(
    ("setting", "url", "own"),
    [
        ("feeds.corp.lan", "http://feeds.corp.lan/x", True),
        ("feeds.corp.lan:8080", "http://feeds.corp.lan:8080/x", True),
        ("feeds.corp.lan:8080", "http://feeds.corp.lan/x", False),
        ("feeds.corp.lan:443", "https://feeds.corp.lan/x", True),
        ("10.0.0.0/8", "http://10.1.2.3/x", True),
        ("10.0.0.0/8", "http://feeds.corp.lan/x", False),  # who knows, before its name is looked up
        ("::1", "http://[::1]:8080/x", True),
        ("", "https://news.example/", False),
    ],
)
async def test_a_host_that_an_administrator_named_is_known_as_such(setting: str, url: str, own: bool):
    client = make_client(allowed=AllowedHosts.parse(setting), user_agent="t")
    assert client.opened(url) is own
    await client.aclose()

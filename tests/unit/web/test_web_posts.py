"""Posting through the one door to HTTP: what arrived, what surely did not, and what nobody can know."""

from __future__ import annotations

from shared.web.looks import Answered, NotSent, Unknown
from tests.unit.web.loopback_server import reply


async def test_a_post_arrives_and_its_answer_is_cut_at_4_kilobytes(server, client):
    server.answer = reply(202, b"x" * 9000)
    answer = await client.post(server.url("/hook"), content=b"{}", headers={"content-type": "application/json"})
    assert isinstance(answer, Answered)
    assert answer.accepted
    assert len(answer.body_start) == 4096
    assert (server.asked[0].method, server.asked[0].body) == ("POST", b"{}")
    assert server.asked[0].headers["content-type"] == "application/json"


async def test_a_redirected_post_is_not_followed_and_not_accepted(server, client):
    server.answer = reply(307, b"", Location="/elsewhere")
    answer = await client.post(server.url(), content=b"{}", headers={})
    assert isinstance(answer, Answered)
    assert (answer.status, answer.accepted) == (307, False)
    assert len(server.asked) == 1


async def test_a_receiver_that_asks_for_patience_is_heard(server, client):
    server.answer = reply(429, b"slow down", Retry_After="77")
    answer = await client.post(server.url(), content=b"{}", headers={})
    assert isinstance(answer, Answered)
    assert answer.retry_after_seconds == 77


async def test_a_post_that_never_left_is_told_apart_from_one_whose_fate_is_unknown(server, client):
    async def hang_up(request, writer):
        writer.close()

    server.answer = hang_up
    lost = await client.post(server.url(), content=b"{}", headers={})
    assert isinstance(lost, Unknown)
    assert len(server.asked) == 1, "a post whose fate is unknown is never repeated by the door itself"

    async def silence(request, writer):
        await server.let_go.wait()

    server.answer = silence
    late = await client.post(server.url(), content=b"{}", headers={}, total_seconds=0.2)
    assert isinstance(late, Unknown)
    blocked = await client.post("http://10.0.0.1/hook", content=b"{}", headers={})
    assert isinstance(blocked, NotSent)
    assert blocked.kind == "blocked"


async def test_an_answer_whose_body_stalls_is_still_an_answer(server, client):
    async def stall(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nthanks")
        await writer.drain()
        writer.close()

    server.answer = stall
    answer = await client.post(server.url(), content=b"{}", headers={})
    assert isinstance(answer, Answered)
    assert answer.body_start == b"thanks"

"""What open pages hear: news once, what is away, and the end of their session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from services.desk.domain.visitors import Visitor
from services.desk.use_cases import live as live_streams
from services.desk.use_cases.live import MOST_OF_ACCOUNT, Live, TooManyStreams

SOMEBODY = Visitor(unowned_here=True)


class Sessions:
    """Whether the session still stands."""

    def __init__(self) -> None:
        self.stand = True

    async def still(self, _visitor: Visitor) -> bool:
        return self.stand


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
def live(sessions: Sessions) -> Live:
    live = Live(sessions.still, beat_seconds=0.02)
    live.know(())
    return live


async def opened(live: Live) -> AsyncGenerator[str, None]:
    """A stream behind its greeting: how long to wait before trying again, and what is away."""
    stream = live.open(SOMEBODY)
    assert (await anext(stream)).startswith("retry:")
    assert "event: state" in await anext(stream)
    return stream


async def next_event(stream: AsyncGenerator[str, None]) -> str:
    while (told := await anext(stream)).startswith(":"):
        pass
    return told


async def test_news_is_told_at_once_and_a_burst_once(live: Live):
    stream = await opened(live)
    live.tell()
    assert "event: news" in await next_event(stream)
    for _ in range(5):
        live.tell()
    assert await next_event(stream) == "event: news\ndata: 6\n\n"
    assert (await anext(stream)).startswith(":"), "and then it is quiet"
    await stream.aclose()


async def test_what_is_away_is_told_when_it_changes(live: Live):
    stream = await opened(live)
    live.know(("classifier",))
    live.know(("classifier",))
    assert await next_event(stream) == 'event: state\ndata: {"away": ["classifier"]}\n\n'
    live.know(())
    assert await next_event(stream) == 'event: state\ndata: {"away": []}\n\n'
    await stream.aclose()


async def test_a_stream_ends_with_its_session_also_while_there_is_always_news(sessions: Sessions, monkeypatch):
    monkeypatch.setattr(live_streams, "GAP_SECONDS", 0.001)
    live = Live(sessions.still, beat_seconds=0.02)
    stream = await opened(live)
    sessions.stand = False
    told = ""
    for _ in range(500):
        live.tell()
        told = await next_event(stream)
        if "event: ended" in told:
            break
    assert "event: ended" in told
    await stream.aclose()


async def test_a_stream_ends_with_its_session(live: Live, sessions: Sessions):
    stream = await opened(live)
    sessions.stand = False
    assert "event: ended" in await next_event(stream)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    assert live.streams == 0


async def test_a_stream_ends_when_the_desk_stops(live: Live):
    stream = await opened(live)
    waiting = asyncio.ensure_future(anext(stream, "ended"))
    await asyncio.sleep(0)
    live.close()
    assert await waiting == "ended"


async def test_nobody_has_more_streams_than_they_may(live: Live):
    streams = [await opened(live) for _ in range(MOST_OF_ACCOUNT)]
    with pytest.raises(TooManyStreams):
        live.open(SOMEBODY)
    await streams.pop().aclose()
    await (await opened(live)).aclose()
    for stream in streams:
        await stream.aclose()

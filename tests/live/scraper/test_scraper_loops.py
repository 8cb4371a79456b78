"""The scraper's clockwork: free hands work, one that fails or hangs holds up only itself, and it stops when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.scraper.schedule import READS_AT_ONCE, poll_forever, read_forever
from tests.live.scraper.newsstand import Item, Newsstand, Scraper
from tests.waiting import eventually

pytestmark = pytest.mark.live


class Pieces:
    """Hands out pieces of work as `PageReads` does, and does them as told."""

    def __init__(self, *pieces: str) -> None:
        self.waiting = list(pieces)
        self.done: list[str] = []
        self.at_once = self.most_at_once = 0
        self.troubles: list[Exception] = []
        self.does: Callable[[str], Awaitable[None]] = self._nothing

    async def _nothing(self, piece: str) -> None:
        await asyncio.sleep(0)

    async def claim(self, limit: int) -> Sequence[str]:
        if self.troubles:
            raise self.troubles.pop(0)
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return claimed

    async def read(self, piece: str) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.does(piece)
        finally:
            self.at_once -= 1
        self.done.append(piece)

    async def all_done(self, count: int) -> bool:
        return len(self.done) == count


@asynccontextmanager
async def reading(pieces: Any) -> AsyncIterator[asyncio.Event]:
    """Run the reading loop on these pieces; yields its wake-up."""
    woken, stop = asyncio.Event(), asyncio.Event()
    loop = asyncio.create_task(read_forever(pieces, woken, stop))
    try:
        yield woken
    finally:
        stop.set()
        await asyncio.wait_for(loop, 5)


async def test_the_walk_from_feed_to_article_needs_no_second_look(stand: Newsstand, scraper: Scraper):
    stand.serve_article("/a", "A pact")
    stand.serve_feed("/feed", Item("/a", "A pact"))
    await scraper.add_source(stand.url("/feed"))
    found, stop = asyncio.Event(), asyncio.Event()
    loops = [
        asyncio.create_task(poll_forever(scraper.looks, found, stop)),
        asyncio.create_task(read_forever(scraper.reads, found, stop)),
    ]
    (article,) = await eventually(scraper.articles)
    assert article.text_from == "page"
    stop.set()
    await asyncio.wait_for(asyncio.gather(*loops), 5)


async def test_free_hands_work_and_no_more(stand: Newsstand):
    pieces = Pieces(*(str(n) for n in range(READS_AT_ONCE * 5)))
    async with reading(pieces):
        await eventually(lambda: pieces.all_done(READS_AT_ONCE * 5), within_seconds=5)
    assert pieces.most_at_once == READS_AT_ONCE
    assert sorted(pieces.done, key=int) == [str(n) for n in range(READS_AT_ONCE * 5)]


async def test_a_piece_that_hangs_holds_up_only_its_own_hand():
    pieces = Pieces("hangs", *(str(n) for n in range(20)))
    hanging = asyncio.Event()

    async def does(piece: str) -> None:
        if piece == "hangs":
            await hanging.wait()

    pieces.does = does
    async with reading(pieces):
        await eventually(lambda: pieces.all_done(20), within_seconds=5)
    assert "hangs" not in pieces.done  # and the loop's end did not wait for it


async def test_a_piece_that_fails_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture):
    pieces = Pieces("bad", "worse", "good")

    async def does(piece: str) -> None:
        if piece == "bad":
            raise ValueError("a bug")
        if piece == "worse":
            raise ConnectionRefusedError

    pieces.does = does
    async with reading(pieces):
        await eventually(lambda: pieces.all_done(1), within_seconds=5)
        assert pieces.done == ["good"]
    said = [record.getMessage() for record in caplog.records]
    assert any("a piece of work failed and comes back: 'bad'" in line for line in said)
    assert any("the database is away; this piece comes back" in line for line in said)


async def test_a_database_that_is_away_is_waited_out(caplog: pytest.LogCaptureFixture):
    pieces = Pieces("late")
    pieces.troubles = [ConnectionRefusedError()]
    async with reading(pieces):
        await eventually(lambda: pieces.all_done(1), within_seconds=10)
    assert any("the database is away" in record.getMessage() for record in caplog.records)


async def test_a_claim_that_fails_otherwise_ends_the_loop_and_its_pieces():
    pieces = Pieces("hangs")
    cancelled = asyncio.Event()

    async def does(piece: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    pieces.does = does
    woken = asyncio.Event()
    loop = asyncio.create_task(read_forever(pieces, woken, asyncio.Event()))  # type: ignore[arg-type]

    async def at_work() -> bool:
        return pieces.at_once == 1

    await eventually(at_work)
    pieces.troubles = [ValueError("a bug")]
    woken.set()
    with pytest.raises(ValueError, match="a bug"):
        await asyncio.wait_for(loop, 5)
    assert cancelled.is_set()


async def test_what_is_new_is_read_at_once():
    pieces = Pieces()
    async with reading(pieces) as woken:
        pieces.waiting = ["new"]
        woken.set()
        await eventually(lambda: pieces.all_done(1), within_seconds=0.9)  # before the loop's own tick

"""The scraper's clockwork: free hands work, one that fails or hangs holds up only itself, and it stops when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.scraper import schedule
from services.scraper.schedule import READS_AT_ONCE, poll_forever, read_forever
from tests.live.scraper.newsstand import Item, Newsstand, Scraper
from tests.waiting import eventually

pytestmark = pytest.mark.live


class Piece(str):
    """A piece of work that has an address, as an entry has."""

    __slots__ = ()

    @property
    def url(self) -> str:
        return f"http://example.org/{self}"


class Pieces:
    """Hands out pieces of work as `PageReads` does, and does them as told."""

    def __init__(self, *pieces: str) -> None:
        self.waiting: list[str] = [Piece(each) for each in pieces]
        self.done: list[str] = []
        self.at_once = self.most_at_once = 0
        self.troubles: list[Exception] = []
        self.mistakes: list[tuple[str, str]] = []
        self.given_back: list[str] = []
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

    async def record_mistake(self, piece: str, trouble: Exception) -> None:
        self.mistakes.append((piece, type(trouble).__name__))
        if piece == "hopeless":
            raise trouble

    async def give_back(self, pieces: Sequence[str]) -> None:
        self.given_back += pieces

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


async def test_a_piece_that_hangs_holds_up_only_its_own_hand(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schedule, "GRACE_SECONDS", 0.01)
    pieces = Pieces("hangs", *(str(n) for n in range(20)))
    hanging = asyncio.Event()

    async def does(piece: str) -> None:
        if piece == "hangs":
            await hanging.wait()

    pieces.does = does
    async with reading(pieces):
        await eventually(lambda: pieces.all_done(20), within_seconds=5)
    assert "hangs" not in pieces.done  # and the loop's end did not wait for it
    assert pieces.given_back == ["hangs"]


async def test_what_is_in_hand_at_a_stop_is_brought_to_its_end():
    pieces = Pieces("begun")
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def does(piece: str) -> None:
        begun.set()
        await may_end.wait()

    pieces.does = does
    async with reading(pieces):
        await begun.wait()
        asyncio.get_running_loop().call_later(0.05, may_end.set)
    assert pieces.done == ["begun"]
    assert pieces.given_back == []


async def test_a_piece_that_fails_is_recorded_and_the_others_go_on(caplog: pytest.LogCaptureFixture):
    pieces = Pieces("bad", "worse", "hopeless", "good")
    troubles = {"bad": ValueError("a bug"), "worse": ConnectionRefusedError(), "hopeless": TypeError("a bug")}

    async def does(piece: str) -> None:
        if piece in troubles:
            raise troubles[piece]

    async def recorded() -> bool:
        return len(pieces.mistakes) == 2

    pieces.does = does
    async with reading(pieces):
        await eventually(lambda: pieces.all_done(1), within_seconds=5)
        await eventually(recorded, within_seconds=5)
    assert pieces.done == ["good"]
    assert pieces.mistakes == [("bad", "ValueError"), ("hopeless", "TypeError")]
    said = [record.getMessage() for record in caplog.records]
    assert "page http://example.org/bad could not be handled" in said
    assert "page http://example.org/worse comes back, it could not be done now: ConnectionRefusedError" in said
    assert "page http://example.org/hopeless comes back as its lease ends, its mistake is not recorded" in said


async def test_a_database_that_is_away_is_waited_out(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schedule, "OUTAGE_WAIT_SECONDS", 0.1)
    pieces = Pieces("late")
    pieces.troubles = [ConnectionRefusedError()]
    async with reading(pieces):
        await eventually(lambda: pieces.all_done(1), within_seconds=10)
    assert any("the database is away" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("trouble", [ValueError("a bug"), ConnectionRefusedError()])
async def test_a_claim_that_fails_leaves_what_is_in_hand_alone(trouble: Exception, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schedule, "OUTAGE_WAIT_SECONDS", 0.1)
    pieces = Pieces("first")
    may_end = asyncio.Event()

    async def does(piece: str) -> None:
        if piece == "first":
            await may_end.wait()

    async def at_work() -> bool:
        return pieces.at_once == 1

    pieces.does = does
    async with reading(pieces) as woken:
        await eventually(at_work)
        pieces.troubles = [trouble]
        pieces.waiting = ["second"]
        woken.set()
        await eventually(lambda: pieces.all_done(1), within_seconds=5)
        may_end.set()
    assert pieces.done == ["second", "first"]


async def test_a_loop_that_is_cancelled_gives_back_what_is_in_hand():
    pieces = Pieces("one", "two")

    async def does(piece: str) -> None:
        await asyncio.Event().wait()

    async def at_work() -> bool:
        return pieces.at_once == 2

    pieces.does = does
    loop = asyncio.create_task(read_forever(pieces, asyncio.Event(), asyncio.Event()))  # type: ignore[arg-type]
    await eventually(at_work)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
    assert sorted(pieces.given_back) == ["one", "two"]


async def test_what_is_new_is_read_at_once():
    pieces = Pieces()
    async with reading(pieces) as woken:
        pieces.waiting = ["new"]
        woken.set()
        await eventually(lambda: pieces.all_done(1), within_seconds=0.9)  # before the loop's own tick

"""Hostile bytes are read in a child: one that hangs, eats or dies is ended, and the next page is read as ever."""

from __future__ import annotations

import asyncio
import os

import pytest

from services.scraper.adapters.reading import CHILDREN, LARGE_BYTES, ChildReading
from services.scraper.parsing.results import NotAFeed, ParsedFeed, ReadablePage, Unreadable
from tests.live.scraper.hostile_reads import die, eat_memory, hang, read
from tests.live.scraper.newsstand import Item, page_of, rss_of

pytestmark = pytest.mark.live

GIVEN_UP = Unreadable("given up")


async def test_a_feed_and_a_page_are_read_in_a_child():
    reading = ChildReading()
    body = rss_of(Item("/a", "A pact").xml("http://example.org/a"))
    feed = await reading.feed(body, kind="rss", content_type="application/rss+xml", base_url="http://example.org/feed")
    assert isinstance(feed, ParsedFeed)
    assert [entry.title for entry in feed.entries] == ["A pact"]
    page = await reading.page(page_of("A pact"), content_type="text/html", url="http://example.org/a")
    assert isinstance(page, ReadablePage)
    assert page.title == "A pact"
    listing = await reading.feed(b"<html></html>", kind="page", content_type="text/html", base_url="http://h/")
    assert isinstance(listing, ParsedFeed | NotAFeed)


async def test_a_child_that_hangs_is_killed_and_the_next_page_is_read(caplog: pytest.LogCaptureFixture):
    reading = ChildReading(limit_seconds=1)
    assert await reading._in_child(hang, 0, GIVEN_UP) == GIVEN_UP
    assert any("given up" in record.getMessage() for record in caplog.records)
    answer = await ChildReading()._in_child(read, 0, GIVEN_UP)
    assert answer.reason.startswith("read in process")
    assert str(os.getpid()) not in answer.reason


@pytest.mark.parametrize("hostile", [eat_memory, die])
async def test_a_child_that_eats_or_dies_costs_one_page(hostile):
    reading = ChildReading()
    assert await reading._in_child(hostile, 0, GIVEN_UP) == GIVEN_UP
    assert (await reading._in_child(read, 0, GIVEN_UP)).reason.startswith("read in process")


async def test_pages_that_wait_behind_hanging_ones_are_not_given_up_with_them():
    reading = ChildReading(limit_seconds=1.5)
    hanging = [asyncio.create_task(reading._in_child(hang, 0, GIVEN_UP)) for _ in range(CHILDREN * 2)]
    await asyncio.sleep(0)
    innocent = [asyncio.create_task(reading._in_child(read, 0, GIVEN_UP)) for _ in range(CHILDREN)]
    assert await asyncio.gather(*hanging) == [GIVEN_UP] * len(hanging)
    assert all(each.reason.startswith("read in process") for each in await asyncio.gather(*innocent))


async def test_large_bodies_leave_a_child_to_the_small_ones():
    reading = ChildReading(limit_seconds=30)
    large = [asyncio.create_task(reading._in_child(hang, LARGE_BYTES + 1, GIVEN_UP)) for _ in range(CHILDREN * 3)]
    try:
        small = await asyncio.wait_for(reading._in_child(read, 100, GIVEN_UP), 25)
        assert small.reason.startswith("read in process")
        assert not any(task.done() for task in large)
    finally:
        for task in large:
            task.cancel()
        await asyncio.gather(*large, return_exceptions=True)

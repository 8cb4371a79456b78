"""Waiting with an ear open."""

from __future__ import annotations

import asyncio

from shared.kit.waiting import pause

LONG_SECONDS = 600.0


async def test_an_event_that_is_set_already_is_not_waited_for():
    stop = asyncio.Event()
    stop.set()
    await asyncio.wait_for(pause(LONG_SECONDS, asyncio.Event(), stop), 1)


async def test_any_of_the_events_ends_the_pause():
    stop, woken = asyncio.Event(), asyncio.Event()
    waiting = asyncio.create_task(pause(LONG_SECONDS, stop, woken))
    await asyncio.sleep(0)
    woken.set()
    await asyncio.wait_for(waiting, 1)


async def test_the_time_ends_the_pause():
    await pause(0.001, asyncio.Event())


async def test_a_pause_leaves_no_task_behind_also_when_it_is_cancelled():
    before = asyncio.all_tasks()
    await pause(0, asyncio.Event(), asyncio.Event())
    waiting = asyncio.create_task(pause(LONG_SECONDS, asyncio.Event()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert asyncio.all_tasks() == before

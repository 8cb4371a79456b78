"""Health for a balancer, and a watchdog that ends a process whose loop is stuck, and no other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from shared.kit.errors import Later
from shared.telemetry import health
from shared.telemetry.health import STUCK_EXIT_CODE, Watchdog, health_app


async def fine() -> None:
    """Find nothing wrong."""


async def away() -> None:
    raise Later("The bus is away.")


async def hangs() -> None:
    await asyncio.Event().wait()


async def asked(path: str, **checks: Callable) -> httpx.Response:
    transport = httpx.ASGITransport(app=health_app("clerk", checks))
    async with httpx.AsyncClient(transport=transport, base_url="http://health") as client:
        return await client.get(path)


async def test_a_healthy_process_answers_200():
    answer = await asked("/health", database=fine, bus=fine)
    assert answer.status_code == 200
    assert answer.json() == {"service": "clerk", "healthy": True, "checks": {"database": "ok", "bus": "ok"}}


async def test_one_check_that_fails_is_named_and_makes_it_503():
    answer = await asked("/health", database=fine, bus=away)
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "bus": "Later: The bus is away."}


async def test_a_check_that_hangs_is_a_failure_and_not_a_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    answer = await asyncio.wait_for(asked("/health", database=hangs, bus=fine), 2)
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"].startswith("TimeoutError")


async def test_a_long_complaint_is_shortened():
    async def verbose() -> None:
        raise ValueError("x" * 10_000)

    assert len((await asked("/health", database=verbose)).json()["checks"]["database"]) == 200


async def test_metrics_are_told():
    answer = await asked("/metrics")
    assert answer.status_code == 200
    assert "pactwatch_messages_total" in answer.text


async def test_nothing_else_is_answered():
    assert (await asked("/", database=fine)).status_code == 404


class Watched:
    """A watchdog with fast ticks whose end is a note in a list."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stuck_seconds: float) -> None:
        monkeypatch.setattr(health, "TICK_SECONDS", 0.01)
        self.ends: list[int] = []
        self.ended = threading.Event()
        self.dog = Watchdog(stuck_seconds=stuck_seconds, end=self._end)

    def _end(self, code: int) -> None:
        self.ends.append(code)
        self.ended.set()


def watchdogs() -> list[Any]:
    return [thread for thread in threading.enumerate() if thread.name == "watchdog"]


async def test_a_loop_that_is_stuck_ends_the_process(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    watched, stop = Watched(monkeypatch, 0.2), asyncio.Event()
    running = asyncio.create_task(watched.dog.run(stop))
    await asyncio.sleep(0)
    assert watched.ended.wait(10)  # the loop is stuck here, and only the thread can know
    assert watched.ends == [STUCK_EXIT_CODE]
    assert "the event loop has not turned" in caplog.text
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_a_loop_that_turns_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    watched, stop = Watched(monkeypatch, 0.5), asyncio.Event()
    running = asyncio.create_task(watched.dog.run(stop))
    await asyncio.wait({running}, timeout=1.2)  # more than twice as long as it may be stuck
    assert watched.ends == []
    (thread,) = watchdogs()
    stop.set()
    await asyncio.wait_for(running, 5)
    thread.join(5)
    assert not thread.is_alive()


async def test_a_process_that_stops_is_not_ended_however_long_it_takes(monkeypatch: pytest.MonkeyPatch):
    watched, stop = Watched(monkeypatch, 0.05), asyncio.Event()
    stop.set()
    await watched.dog.run(stop)
    assert not watched.ended.wait(0.3)

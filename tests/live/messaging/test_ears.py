"""The ear of the desk on a real bus: it hears news, knows who is away, and hears again after a restart."""

from __future__ import annotations

import asyncio

import pytest

from shared.contracts.events import ArticleClassified, ArticlePublished
from shared.contracts.streams import CLASSIFIER, STREAM
from shared.messaging import ears
from shared.messaging.bootstrap import ensure
from tests.live.messaging.bus import MakeBus
from tests.waiting import eventually

pytestmark = pytest.mark.live


async def test_it_hears_judged_news_and_says_who_is_away(make_bus: MakeBus, nats_server, monkeypatch):
    monkeypatch.setattr(ears, "LOOK_SECONDS", 0.05)
    bus = await make_bus()
    await ensure(bus.js)
    heard: list[int] = []
    known: list[tuple[str, ...]] = []
    stop = asyncio.Event()
    listening = asyncio.create_task(
        ears.listen(nats_server.url, stop, heard=lambda: heard.append(1), known=known.append)
    )

    async def all_are_away() -> bool:
        return bool(known) and set(known[-1]) == {"scraper", "classifier", "notifier"}

    await eventually(all_are_away)
    fetching = asyncio.create_task((await bus.js.pull_subscribe_bind(CLASSIFIER.name, STREAM)).fetch(1, timeout=20))

    async def the_classifier_is_there() -> bool:
        return set(known[-1]) == {"scraper", "notifier"}

    await eventually(the_classifier_is_there)
    before = len(heard)
    await bus.js.publish(ArticleClassified.subject(), b"{}", stream=STREAM)

    async def it_heard() -> bool:
        return len(heard) == before + 1

    await eventually(it_heard)
    await bus.js.publish(ArticlePublished.subject(), b"{}", stream=STREAM)
    await fetching
    assert len(heard) == before + 1, "what is not judged yet is no news"
    stop.set()
    await listening

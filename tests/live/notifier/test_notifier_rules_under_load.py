"""A rule changes again and again while fifty articles a second reach two notifiers: one version judges each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.cli.engines.engine import EmbeddedEngine
from services.notifier.app import notifier
from shared.catalogue.loader import load_catalogue
from shared.contracts.streams import NOTIFIER_MATCH
from shared.hosting.host import Host
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.kit.waiting import pause
from shared.store.outbox import InboxRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import WebClient
from tests.live.notifier import notifier_rows as rows
from tests.waiting import eventually

pytestmark = pytest.mark.live

ARTICLES = 200
ARTICLES_A_SECOND = 50
CHANGES_A_SECOND = 25
REPLICAS = 2
OTHER_RULES = 500
SLACK = timedelta(milliseconds=1)  # a moment is written with a replica's mark in its last digit


class MarkingClock(SystemClock):
    """A clock whose microseconds tell which replica read it."""

    def __init__(self, replica: int) -> None:
        self._replica = replica

    def now(self) -> datetime:
        moment = super().now()
        return moment.replace(microsecond=moment.microsecond // REPLICAS * REPLICAS + self._replica)


@dataclass(frozen=True)
class InForce:
    """When a version may have been in force: from before it was saved until the next one surely was."""

    began: datetime
    ended: datetime | None


@dataclass(frozen=True)
class Judged:
    """Which version judged an article, on which replica, and between which moments it looked the version up."""

    version: int
    replica: int
    taken: datetime
    raised: datetime


@asynccontextmanager
async def replicas(database_url: str, web: WebClient, nats_url: str) -> AsyncIterator[None]:
    """Run notifiers that share nothing but the bus and the database."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        runs = []
        for number in range(REPLICAS):
            database = Database(database_url)
            stack.push_async_callback(database.close)
            ground = Ground(Settings(sweep_seconds=0.1), database, MarkingClock(number), load_catalogue(), web)
            runs.append(asyncio.create_task(Host([notifier(ground)], ground, nats_url).run(stop)))
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*runs)


async def arrive(database: Database, enough: asyncio.Event) -> list[UUID]:
    """Announce articles at an even pace; returns their ids."""
    loop, never, began = asyncio.get_running_loop(), asyncio.Event(), asyncio.get_running_loop().time()
    arrived = []
    for number in range(ARTICLES):
        await pause(max(0.0, began + number / ARTICLES_A_SECOND - loop.time()), never)
        event = await rows.a_classified_article(database)
        async with database.begin(Work) as work:
            await work.announce(event)
        arrived.append(event.article_id)
    enough.set()
    return arrived


async def change(database: Database, rule: UUID, enough: asyncio.Event) -> dict[int, InForce]:
    """Save version after version, each of which matches every article; returns when each was in force."""
    clock, versions, number = SystemClock(), {1: InForce(SystemClock().now(), None)}, 1
    while not enough.is_set():
        await pause(1 / CHANGES_A_SECOND, enough)
        number += 1
        began = clock.now()
        await rows.change_rule(database, rule, query=f"agreement:relos -word{number}")
        versions[number - 1] = InForce(versions[number - 1].began, clock.now())
        versions[number] = InForce(began, None)
    return versions


async def verdicts_on(database: Database, articles: int) -> dict[UUID, list[Judged]]:
    """Wait until all articles were taken up; returns what each replica made of each."""

    async def all_taken() -> bool:
        async with database.begin(Work) as work:
            taken = await work.session.scalar(select(func.count()).where(InboxRow.taker == NOTIFIER_MATCH.name))
            return taken == articles

    await eventually(all_taken, within_seconds=60)
    found: dict[UUID, list[Judged]] = {}
    for alert in await rows.alerts(database):
        taken = await rows.taken_at(database, alert.correlation_id)
        replica = alert.raised_at.microsecond % REPLICAS
        found.setdefault(alert.article_id, []).append(Judged(alert.rule_version, replica, taken, alert.raised_at))
    return found


async def test_each_article_is_judged_by_the_version_in_force_and_by_one_alone(
    database: Database, database_url: str, web_client: WebClient, nats_server: EmbeddedEngine
):
    rule = await rows.a_rule(database, name="Changing")
    await rows.many_rules(database, OTHER_RULES)
    enough = asyncio.Event()
    async with replicas(database_url, web_client, nats_server.url):
        arrived, versions = await asyncio.gather(arrive(database, enough), change(database, rule, enough))
        last = max(versions)
        after = SystemClock().now()
        for _ in range(20):  # what begins after the last change is judged by it, on both
            event = await rows.a_classified_article(database)
            async with database.begin(Work) as work:
                await work.announce(event)
            arrived.append(event.article_id)
        judged = await verdicts_on(database, len(arrived))

    assert {article: len(found) for article, found in judged.items()} == dict.fromkeys(arrived, 1)
    for [one] in judged.values():
        in_force = versions[one.version]
        assert in_force.began <= one.raised + SLACK, "a version from the future"
        assert in_force.ended is None or one.taken <= in_force.ended, "a version that was no longer in force"
        assert one.taken <= after or one.version == last
    by_replica = Counter(one.replica for [one] in judged.values())
    assert len(versions) > 50
    assert len({one.version for [one] in judged.values()}) > 25
    assert min(by_replica.values()) > len(arrived) / 10
    assert len(by_replica) == REPLICAS

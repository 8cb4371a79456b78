"""kill -9 between any two steps of the walk: every article still ends at the webhook, repeats only where unknown."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path

import asyncpg
import pytest

from services.cli.engines.datadir import DataDir
from shared.kit.failpoints import Step
from tests.journeys.house import House, Page, Receiver, Site, moment, stopped_at_the_end
from tests.journeys.warm_house import WarmHouse
from tests.waiting import eventually

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

ARTICLES = 6


def pact(number: int) -> Page:
    return Page(
        f"pact-{number}",
        f"Russia and India move RELOS forward, step {number}",
        (
            (
                f"NEW DELHI: Russia's State Duma ratified RELOS, the logistics pact with India, in reading {number}, "
                "the Indian Ministry of Defence said."
            ),
            f"Officials in Moscow and New Delhi met for the {number}th time to prepare its entry into force.",
        ),
        moment(),
    )


def watched(house: House, site: Site, receiver: Receiver) -> None:
    house.run("subscribe", "add", "--agreement", "relos", "--channel", f"webhook:{receiver.url}")
    house.run("source", "add", "Courier", f"{site.url}/feed.xml", "--every", "1")


def expected(site: Site) -> set[tuple[str, str]]:
    return {("Agreement: RELOS", f"{site.url}/articles/{page.slug}") for page in site.pages}


async def unknown_outcomes(house: House) -> dict[str, int]:
    """Return how often each delivery's outcome was unknown, by its webhook id."""
    running = DataDir(house.data).find()
    assert running is not None
    connection = await asyncpg.connect(running.database_url)
    rows = await connection.fetch("SELECT delivery_id, unknowns, state FROM deliveries")
    await connection.close()
    assert {row["state"] for row in rows} == {"sent"}
    return {f"msg_{row['delivery_id'].hex}": row["unknowns"] for row in rows}


async def until_settled(house: House) -> None:
    running = DataDir(house.data).find()
    assert running is not None
    connection = await asyncpg.connect(running.database_url)

    async def settled() -> bool:
        return {row["state"] for row in await connection.fetch("SELECT state FROM deliveries")} == {"sent"}

    await eventually(settled, within_seconds=30)
    await connection.close()


@pytest.mark.parametrize("services", [("scraper",), ("relay", "classifier"), ("notifier",)], ids=" and ".join)
async def test_every_article_is_delivered_after_a_kill_at_each_step_of_the(
    services: tuple[str, ...], tmp_path: Path, site: Site, receiver: Receiver
) -> None:
    house = WarmHouse(tmp_path / "house")
    with stopped_at_the_end(house.up()) as running:
        watched(house, site, receiver)
        assert await asyncio.to_thread(running.stop) == 0

    steps = [step for step in Step if step.startswith(services)]
    for killed, step in enumerate(steps):  # what a kill leaves undone is what the next start finds, with more articles
        site.pages.extend(pact(killed * ARTICLES + number) for number in range(ARTICLES))
        with stopped_at_the_end(house.start("up", fail_at=f"{step}:2")) as doomed:
            assert await asyncio.to_thread(doomed.process.wait, 60) == -9, doomed.lines

    with stopped_at_the_end(house.up()) as reborn:
        posts = await asyncio.to_thread(receiver.wait_for, expected(site))
        await until_settled(house)
        unknown = await unknown_outcomes(house)
        assert await asyncio.to_thread(reborn.stop) == 0

    seen: dict[str, int] = {}
    for post in posts:
        seen[post.webhook_id] = seen.get(post.webhook_id, 0) + 1
    assert len(seen) == ARTICLES * len(steps)
    repeats = {webhook_id: count - 1 for webhook_id, count in seen.items() if count > 1}
    assert all(count <= unknown[webhook_id] for webhook_id, count in repeats.items()), (repeats, unknown)


def stands_still(pid: int) -> bool:
    """Whether every thread of a process is stopped."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)


async def test_nothing_is_lost_when_the_brokers_volume_is_wiped_while_the_house_runs(
    tmp_path: Path, site: Site, receiver: Receiver
) -> None:
    house = WarmHouse(tmp_path / "house")
    with stopped_at_the_end(house.up()) as running:
        watched(house, site, receiver)
        site.pages.extend(pact(number) for number in range(ARTICLES))
        await asyncio.to_thread(receiver.wait_for, expected(site))
        pid = int((house.data / "engines" / "nats-server.pid").read_text().split()[0])
        # Held still first: a broker that runs writes into the folder that is being removed.
        os.kill(pid, signal.SIGSTOP)
        await eventually(lambda: asyncio.to_thread(stands_still, pid))
        shutil.rmtree(house.data / "nats" / "store")
        os.kill(pid, signal.SIGKILL)
        site.pages.extend(pact(number) for number in range(ARTICLES, 2 * ARTICLES))
        await asyncio.to_thread(receiver.wait_for, expected(site))
        await until_settled(house)
        assert await asyncio.to_thread(running.stop) == 0

    ids = [post.webhook_id for post in receiver.posts]
    assert len(ids) == len(set(ids)) == 2 * ARTICLES

"""Whoever is killed, nothing is left behind and nothing is lost."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from services.cli.engines import leftover
from services.cli.engines.datadir import DataDir
from services.cli.engines.papers import Papers
from services.cli.engines.supervisor import Engines
from tests.live.engines.guests import Guests, Kill, Lives, Parent, Until

pytestmark = pytest.mark.live


def locked(path: Path) -> DataDir:
    data = DataDir(path)
    data.prepare()
    data.lock()
    return data


async def test_a_killed_parent_leaves_no_engine_behind_and_the_next_finds_what_was_committed(
    tmp_path: Path, start_parent: Callable[[Path], Parent], until: Until, lives: Lives, engines: Engines, guests: Guests
) -> None:
    path = tmp_path / "data"
    parent = start_parent(path)
    told = parent.report()
    await guests.ask(str(told["database"]), "CREATE TABLE kept AS SELECT 42 AS number")
    assert await guests.append(str(told["nats"]), b"one") == 1
    parent.kill()
    pids = told["pids"]
    until(lambda: not any(lives(pid) for pid in pids.values()), 10)
    data = locked(path)
    await engines.start(data, nats=True, postgres=True)
    assert await guests.ask(engines.database_url, "SELECT number FROM kept") == 42
    assert await guests.append(engines.nats_url, b"two") == 2
    assert (engines.nats_url, engines.database_url) == (told["nats"], told["database"])


async def test_the_next_start_works_at_once_while_the_killed_ones_engines_still_end(
    tmp_path: Path, start_parent: Callable[[Path], Parent], engines: Engines, guests: Guests
) -> None:
    path = tmp_path / "data"
    parent = start_parent(path)
    told = parent.report()
    await guests.ask(str(told["database"]), "CREATE TABLE kept AS SELECT 42 AS number")
    parent.kill()
    await engines.start(locked(path), nats=True, postgres=True)
    assert await guests.ask(engines.database_url, "SELECT number FROM kept") == 42


async def test_a_stopped_engine_that_cannot_hear_the_parents_death_is_ended_by_the_next_start(
    tmp_path: Path, start_parent: Callable[[Path], Parent], lives: Lives, monkeypatch: pytest.MonkeyPatch,
    engines: Engines, guests: Guests,
) -> None:  # fmt: skip
    monkeypatch.setattr(leftover, "_OWN_END_SECONDS", 0.2)
    path = tmp_path / "data"
    parent = start_parent(path)
    told = parent.report()
    await guests.append(str(told["nats"]), b"one")
    pids = told["pids"]
    os.kill(pids["nats-server"], signal.SIGSTOP)
    parent.kill()
    assert lives(pids["nats-server"])
    await engines.start(locked(path), nats=True, postgres=True)
    assert not lives(pids["nats-server"])
    assert await guests.append(engines.nats_url, b"two") == 2


@pytest.fixture
def bystander(data: DataDir) -> Iterator[subprocess.Popen[bytes]]:
    """A process with our folder on its command line that is none of ours."""
    with subprocess.Popen([sys.executable, "-c", "input()", str(data.path)], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


async def test_the_note_of_a_number_used_again_ends_nobody(
    data: DataDir, engines: Engines, bystander: subprocess.Popen[bytes]
) -> None:
    papers = Papers(data.path, "nats-server")
    papers.prepare()
    papers.pid_file.write_text(f"{bystander.pid}\nborn at another time\n")
    await engines.start(data, nats=True, postgres=False)
    assert bystander.poll() is None


async def test_a_killed_engine_comes_back_on_its_port_with_its_data(
    data: DataDir, engines: Engines, guests: Guests, kill: Kill, caplog: pytest.LogCaptureFixture
) -> None:
    await engines.start(data, nats=True, postgres=True)
    await guests.ask(engines.database_url, "CREATE TABLE kept AS SELECT 42 AS number")
    await guests.append(engines.nats_url, b"one")
    before, urls = engines.pids, (engines.nats_url, engines.database_url)
    with caplog.at_level(logging.WARNING, logger="services.cli.engines.supervisor"):
        for pid in before.values():
            kill(pid)
        async with asyncio.timeout(20):
            await guests.answer_again(engines)
    assert set(before.values()).isdisjoint(engines.pids.values())
    assert (engines.nats_url, engines.database_url) == urls
    assert await guests.ask(engines.database_url, "SELECT number FROM kept") == 42
    assert {word for word in ("nats-server", "postgres") if f"{word} ended with code -9" in caplog.text} == set(before)


async def test_a_busy_session_of_a_killed_postgres_does_not_keep_the_next_one_out(
    data: DataDir, engines: Engines, guests: Guests, kill: Kill
) -> None:
    """It never looks up from its sum, so it would hold the shared memory until the sum is done."""
    await engines.start(data, nats=True, postgres=True)
    busy = asyncio.create_task(guests.ask(engines.database_url, "SELECT count(*) FROM generate_series(1, 10000000000)"))
    async with asyncio.timeout(20):
        while not await guests.ask(
            engines.database_url,
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%series%' AND pid <> pg_backend_pid()",
        ):
            pass
        kill(engines.pids["postgres"])
        await guests.answer_again(engines)
    with pytest.raises(asyncpg.PostgresConnectionError):
        await busy


async def test_engines_stop_while_one_is_being_brought_back(
    data: DataDir, engines: Engines, kill: Kill, until: Until, lives: Lives
) -> None:
    await engines.start(data, nats=True, postgres=False)
    kill(engines.pids["nats-server"])
    await asyncio.sleep(0)
    await engines.stop()
    until(lambda: not any(lives(pid) for pid in engines.pids.values()), 5)


async def test_a_first_start_killed_midway_is_begun_again(
    tmp_path: Path, start_parent: Callable[[Path], Parent], until: Until, engines: Engines, guests: Guests
) -> None:
    path = tmp_path / "data"
    parent = start_parent(path)
    until(lambda: any(path.glob("postgres/unfinished-*/base")), 10)
    parent.kill()
    assert not (path / "postgres" / "cluster").exists()
    await engines.start(locked(path), nats=False, postgres=True)
    assert await guests.ask(engines.database_url, "SELECT 1") == 1
    assert not list(path.glob("postgres/unfinished-*"))


async def test_a_first_start_killed_before_the_database_was_made_is_finished(
    data: DataDir, engines: Engines, guests: Guests
) -> None:
    await engines.start(data, nats=False, postgres=True)
    database = engines.database_url.removesuffix("/pactwatch") + "/postgres"
    await guests.ask(database, "DROP DATABASE pactwatch")
    await engines.stop()
    again = Engines()
    try:
        await again.start(data, nats=False, postgres=True)
        assert await guests.ask(again.database_url, "SELECT current_database()") == "pactwatch"
    finally:
        await again.stop()


async def test_a_lock_file_left_in_the_database_does_not_stop_the_next_start(data: DataDir, guests: Guests) -> None:
    """As a container finds it that starts anew: the number is in use again; or as a power cut leaves it: empty."""
    for stale in (None, f"{os.getpid()}\n", "", "rubbish\n"):
        if stale is not None:
            (data.path / "postgres" / "cluster" / "postmaster.pid").write_text(stale)
        engines = Engines()
        try:
            await engines.start(data, nats=False, postgres=True)
            assert await guests.ask(engines.database_url, "SELECT 1") == 1
        finally:
            await engines.stop()

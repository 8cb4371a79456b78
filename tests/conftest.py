"""Real engines for every test that needs one: started once a session from their wheels, a fresh database each test."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from migrations.upgrade import upgrade
from services.cli.engines.engine import EmbeddedEngine
from services.cli.engines.nats import start_nats
from services.cli.engines.supervisor import engines_at
from shared.store.unit_of_work import Database
from tests.waiting import eventually

for forcing in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS"):
    os.environ.pop(forcing, None)  # help pages are compared as a pipe gets them; any value of these paints them


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a journey run on other people's articles, which are not ours to ship, and long faults last really."""
    parser.addoption("--articles-folder", help="serve the article texts of this folder in the webhook journey")
    parser.addoption("--real-time", action="store_true", help="let long faults last as long as they say")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where nothing may be skipped (PACTWATCH_NO_SKIPS, as CI sets it)."""
    report = yield
    if report.skipped and os.environ.get("PACTWATCH_NO_SKIPS") == "1":
        report.outcome = "failed"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that share one long run, so that workers that share out the rest do not run it twice."""
    items.sort(key=lambda item: item.get_closest_marker("one_long_run") is None)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Postgres; the tests make their own databases in it."""
    with engines_at(tmp_path_factory.mktemp("postgres"), nats=False) as engines:
        yield _in_server(engines.database_url, "postgres")


def _in_server(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated, empty database that each test copies."""
    name = f"template_{uuid4().hex}"

    async def make() -> None:
        server = await asyncpg.connect(postgres_url)
        await server.execute(f'CREATE DATABASE "{name}"')
        await server.close()
        database = Database(_in_server(postgres_url, name))
        await upgrade(database)
        await database.close()

    asyncio.run(make())
    yield name
    asyncio.run(_drop(postgres_url, name))


async def _drop(postgres_url: str, name: str) -> None:
    server = await asyncpg.connect(postgres_url)

    async def dropped() -> bool:
        try:
            await server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except asyncpg.InsufficientPrivilegeError:  # an autovacuum worker is in it, which is soon done
            return False
        return True

    try:
        await eventually(dropped)
    finally:
        await server.close()


@pytest.fixture
async def database_url(postgres_url: str, migrated_template: str) -> AsyncIterator[str]:
    """The address of a migrated, empty database of this test's own."""
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(postgres_url)
    await server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated_template}"')
    await server.close()
    yield _in_server(postgres_url, name)
    await _drop(postgres_url, name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database of this test's own."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[EmbeddedEngine]:
    """A real nats-server with an empty store of this test's own."""
    data = tmp_path / "nats"
    data.mkdir()
    server = await start_nats(data)
    yield server
    await server.stop()

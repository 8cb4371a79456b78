"""Real engines for every test that needs one: started once a session from their wheels, an empty database each test."""

from __future__ import annotations

import gc
import os
import ssl
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest

from services.cli.app import OBJECTS_BETWEEN_COLLECTIONS
from services.cli.engines.engine import EmbeddedEngine
from services.cli.engines.nats import start_nats
from services.cli.engines.supervisor import engines_at
from shared.store.unit_of_work import Database
from shared.web.transport import system_tls
from tests.databases import Databases, in_server

for forcing in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS"):
    os.environ.pop(forcing, None)  # help pages are compared as a pipe gets them; any value of these paints them

gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)  # as in the program itself


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
        yield in_server(engines.database_url, "postgres")


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    """Who lends each test a database of its own."""
    databases = Databases(postgres_url)
    yield databases
    databases.close()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own."""
    lent = databases.lend()
    yield databases.url_of(lent)
    databases.take_back(lent)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database of this test's own."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def trusted() -> ssl.SSLContext:
    """The system's authorities, read once: a web client of each test's own need not read them again."""
    return system_tls()


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[EmbeddedEngine]:
    """A real nats-server with an empty store of this test's own."""
    data = tmp_path / "nats"
    data.mkdir()
    server = await start_nats(data)
    yield server
    await server.stop()

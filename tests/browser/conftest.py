"""A desk on a real port and a real Chromium that looks at it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright

from services.desk.adapters.reader_queries import ReaderQueries
from services.desk.adapters.work import desk_transactions
from services.desk.app import build_desk
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.readers import Readers
from services.desk.use_cases.targets import Targets
from services.desk.use_cases.writing import Writing
from shared.kit.clock import SystemClock
from shared.kit.sealing import Seals
from shared.store.unit_of_work import Database
from tests.live.desk.conftest import WoundClock
from tests.live.desk.desk_rows import AGREEMENTS, MORNING, SECTORS
from tests.live.desk.door_keeping import doors_on
from tests.live.desk.reading_house import reading_desk

SEALS = Seals.parse("the key of this desk in the tests")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Reader:
    """A page and everything that its console complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium of this machine; without one the tests are skipped, but never where they are what is asked for."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is not None:
        return found
    why = "no Chromium on this machine (apt-get install chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture
async def chromium(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
def definitions(database: Database) -> Definitions:
    writing = Writing(desk_transactions(database), SystemClock())
    return Definitions(writing, agreements=AGREEMENTS, sectors=SECTORS)


@pytest.fixture
def readers(database: Database) -> Readers:
    """What answers the links that only one reader has."""
    writing = Writing(desk_transactions(database), SystemClock())
    return Readers(writing, partial(database.begin, ReaderQueries), SEALS, Targets(AGREEMENTS, SECTORS))


@pytest.fixture
async def desk_url(
    definitions: Definitions, database: Database, readers: Readers, reader: Reader
) -> AsyncIterator[str]:
    """The address of a desk that serves this test's database, until its reader has left."""
    doors = doors_on(database)
    pages = reading_desk(database, definitions, doors, WoundClock(MORNING)).pages
    app = build_desk(definitions, doors, agreements=AGREEMENTS, sectors=SECTORS, readers=readers, pages=pages)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    await reader.page.close()
    server.should_exit = True
    await serving


@pytest.fixture
async def reader(chromium: Browser) -> AsyncIterator[Reader]:
    """A reader at a desk in Delhi; fails the test when the page broke its own policy or threw an error."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Asia/Kolkata")
    reader = Reader(await context.new_page())
    reader.page.on("console", lambda line: reader.complaints.append(line.text) if line.type == "error" else None)
    reader.page.on("pageerror", lambda error: reader.complaints.append(str(error)))
    yield reader
    await context.close()
    assert reader.complaints == []

"""What every long-running command shares: stop on a signal, wait for the schema, the ground, the watchdog."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from migrations.upgrade import current_revision, newest_revision
from services.cli.secret_key import seals_if_any
from shared.catalogue.loader import load_catalogue
from shared.hosting.service import Ground, Service
from shared.kit.clock import SystemClock
from shared.kit.sealing import Seals
from shared.kit.settings import Settings
from shared.kit.waiting import pause
from shared.store.unit_of_work import Database, is_outage
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts

logger = logging.getLogger(__name__)

SERVICE_NAMES = ("scraper", "classifier", "notifier")
INTERRUPTED_EXIT_CODE = 130


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set; a second signal ends the process at once."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            os._exit(INTERRUPTED_EXIT_CODE)
        stop.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, on_signal)
    return stop


@asynccontextmanager
async def stand_on(
    settings: Settings, database_url: str, *, application: str, seals: Seals | None = None
) -> AsyncIterator[Ground]:
    """Open what services stand on, and close it at the end; without `seals` those of the house, where it has any.

    Raises WrongInput for settings that cannot be.
    """
    catalogue = load_catalogue(settings.catalogue_dir)
    seals = seals or seals_if_any(settings)
    async with open_web(settings) as web:
        database = Database(database_url, application=application)
        try:
            yield Ground(settings, database, SystemClock(), catalogue, web, seals)
        finally:
            await database.close()


@asynccontextmanager
async def open_web(settings: Settings) -> AsyncIterator[WebClient]:
    """Open the one door to HTTP. Raises WrongInput for an allow-list that cannot be read."""
    web = make_client(
        allowed=AllowedHosts.parse(settings.allowed_private_hosts),
        user_agent=f"Pactwatch/0.1 (+{settings.contact})",
    )
    try:
        yield web
    finally:
        await web.aclose()


def services_named(names: tuple[str, ...], ground: Ground) -> list[Service]:
    """Return these services, standing on this ground. Imported late: a command pays only for what it runs."""
    made: dict[str, Callable[[Ground], Service]] = {}
    if "notifier" in names:
        from services.notifier.app import notifier

        made["notifier"] = notifier
    if "classifier" in names:
        from services.classifier.app import classifier

        made["classifier"] = classifier
    if "scraper" in names:
        from services.scraper.app import scraper

        made["scraper"] = scraper
    return [make(ground) for make in made.values()]


async def wait_for_schema(database: Database, stop: asyncio.Event) -> None:
    """Wait until the database is there and at the newest revision: the migration is another process's work."""
    told = ""
    while not stop.is_set():
        try:
            revision = await current_revision(database)
        except Exception as error:
            if not is_outage(error):
                raise
            state = f"the database does not answer yet ({type(error).__name__})"
        else:
            if revision == newest_revision():
                return
            state = f"the database is at revision {revision}, not {newest_revision()}: run `pactwatch migrate`"
        if state != told:
            logger.warning("%s", state)
            told = state
        await pause(0.5, stop)

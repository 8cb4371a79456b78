"""What commands need to work sending: the notifier's use cases on the house's database, and who is at the keyboard."""

from __future__ import annotations

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.engine_urls import open_database, settings_for

if TYPE_CHECKING:
    from services.notifier.use_cases.gathering import Gatherer
    from services.notifier.use_cases.sending import Sending
    from shared.kit.settings import Settings
    from shared.store.unit_of_work import Database

ByOption = Annotated[str | None, typer.Option("--by", help="Who decides it; else the user of this machine.")]


@asynccontextmanager
async def open_sending(data_dir: Path | None) -> AsyncIterator[Sending]:
    """Open what people decide about sending. Raises PactwatchError when the database is away."""
    from services.notifier.adapters.work import DatabaseWork  # late: they bring the rule language along
    from services.notifier.use_cases.sending import Sending

    async with open_database(data_dir) as database:
        yield Sending(partial(database.begin, DatabaseWork))


@asynccontextmanager
async def open_gatherer(data_dir: Path | None) -> AsyncIterator[Gatherer]:
    """Open what knows which alerts are told later. Raises PactwatchError when the database is away."""
    async with open_database(data_dir) as database:
        yield gatherer_on(settings_for(data_dir), database)


def gatherer_on(settings: Settings, database: Database) -> Gatherer:
    """Return what knows which alerts are told later, on this database."""
    from services.notifier.app import gatherer_on as wired  # late: it brings the rule language along

    return wired(settings, database)


def decider(given: str | None) -> str:
    """Return who decides: as given, else the user of this machine."""
    if given:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user need not have a name
        return "somebody"

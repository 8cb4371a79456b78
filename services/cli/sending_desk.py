"""What commands need to work sending: the notifier's use cases on the house's database, and who is at the keyboard."""

from __future__ import annotations

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.engine_urls import open_database

if TYPE_CHECKING:
    from services.notifier.use_cases.sending import Sending

ByOption = Annotated[str | None, typer.Option("--by", help="Who decides it; else the user of this machine.")]


@asynccontextmanager
async def open_sending(data_dir: Path | None) -> AsyncIterator[Sending]:
    """Open what people decide about sending. Raises PactwatchError when the database is away."""
    from services.notifier.adapters.work import DatabaseWork  # late: they bring the rule language along
    from services.notifier.use_cases.sending import Sending

    async with open_database(data_dir) as database:
        yield Sending(partial(database.begin, DatabaseWork))


def decider(given: str | None) -> str:
    """Return who decides: as given, else the user of this machine."""
    if given:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user need not have a name
        return "somebody"

"""Finds the engines: by URL where one is set, else those of the running house in the data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from services.cli.database_refusals import refusal_of
from services.cli.engines.datadir import DataDir
from shared.kit.errors import PactwatchError
from shared.kit.settings import Settings, load_settings
from shared.store.unit_of_work import COMMAND_SECONDS, Database

DataDirOption = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of the house (default: PACTWATCH_DATA_DIR, else the one of `make up`)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@dataclass(frozen=True, slots=True)
class Engines:
    """Where the engines are, and the desk where it is known."""

    nats_url: str
    database_url: str
    desk_url: str | None


def settings_for(data_dir: Path | None) -> Settings:
    """Return the settings, with the folder that the command line names. Raises WrongInput."""
    return load_settings() if data_dir is None else load_settings(data_dir=data_dir)


def find_engines(settings: Settings) -> Engines:
    """Return the engines given by URL, else those of the house that runs in the data folder.

    Raises PactwatchError when neither is there.
    """
    if settings.nats_url is not None and settings.database_url is not None:
        return Engines(
            settings.nats_url.get_secret_value(), settings.database_url.get_secret_value(), settings.base_url
        )
    house = DataDir(settings.data_dir).find()
    if house is None:
        raise PactwatchError(
            f"No Pactwatch runs in {settings.data_dir}.",
            mend="Start one there (`make up`, or `pactwatch up --data-dir …`), or set PACTWATCH_DATABASE_URL and "
            "PACTWATCH_NATS_URL to the engines of another.",
        )
    return Engines(
        nats_url=settings.nats_url.get_secret_value() if settings.nats_url else house.nats_url,
        database_url=settings.database_url.get_secret_value() if settings.database_url else house.database_url,
        desk_url=settings.base_url or house.desk_url,
    )


@asynccontextmanager
async def open_database(data_dir: Path | None, *, command_seconds: float = COMMAND_SECONDS) -> AsyncIterator[Database]:
    """Open the house's database, whose answers are waited for so long. Raises PactwatchError when it is away."""
    url = find_engines(settings_for(data_dir)).database_url
    database = Database(url, application="pactwatch-cli", command_seconds=command_seconds)
    try:
        yield database
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error
    finally:
        await database.close()

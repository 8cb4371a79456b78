"""The catalogue in force: the one that the settings name, else that of the running house."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from services.cli.engines.datadir import DataDir
from services.cli.output import give_up
from shared.catalogue.edits import overlaid_as_far
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import load_catalogue
from shared.kit.errors import PactwatchError
from shared.kit.settings import Settings, load_settings

if TYPE_CHECKING:
    from shared.store.unit_of_work import Database


def known_catalogue(data_dir: Path | None = None) -> Catalogue:
    """Return the catalogue in force: the shipped one, with the files of somebody's own folder in place of its own.

    That folder is PACTWATCH_CATALOGUE_DIR, or where it is not set, the one that the house was started with which runs
    in the data folder. Ends the command where the settings or a file cannot be taken, with what is wrong and its mend.
    """
    try:
        settings = load_settings() if data_dir is None else load_settings(data_dir=data_dir)
        return load_catalogue(_own_folder(settings))
    except PactwatchError as error:
        give_up(error)


async def catalogue_in_force(database: Database, catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with what people changed of it in this house; what it does not take is left out."""
    from shared.store.catalogue_in_force import CatalogueInForce  # late: most commands need no database here

    async with database.begin(CatalogueInForce) as work:
        edits = await work.catalogue_edits()
    return overlaid_as_far(catalogue, edits)[0]


def _own_folder(settings: Settings) -> Path | None:
    if settings.catalogue_dir is not None or settings.database_url is not None:
        return settings.catalogue_dir
    house = DataDir(settings.data_dir).find()
    return None if house is None else house.catalogue_dir

"""The catalogue in force: the one that the settings name, else that of the running house."""

from __future__ import annotations

from pathlib import Path

from services.cli.engines.datadir import DataDir
from services.cli.output import give_up
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import load_catalogue
from shared.kit.errors import PactwatchError
from shared.kit.settings import Settings, load_settings


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


def _own_folder(settings: Settings) -> Path | None:
    if settings.catalogue_dir is not None or settings.database_url is not None:
        return settings.catalogue_dir
    house = DataDir(settings.data_dir).find()
    return None if house is None else house.catalogue_dir

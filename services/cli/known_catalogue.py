"""The catalogue that the settings name."""

from __future__ import annotations

from services.cli.output import give_up
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import load_catalogue
from shared.kit.errors import PactwatchError
from shared.kit.settings import load_settings


def known_catalogue() -> Catalogue:
    """Return the catalogue in force: the shipped one, with the files of PACTWATCH_CATALOGUE_DIR in place of its own.

    Ends the command where the settings or a file cannot be taken, with what is wrong and its mend.
    """
    try:
        return load_catalogue(load_settings().catalogue_dir)
    except PactwatchError as error:
        give_up(error)

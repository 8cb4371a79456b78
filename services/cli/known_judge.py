"""The classifier as the services run it: the catalogue that the settings name, and the sector head beside it."""

from __future__ import annotations

from services.classifier.domain.judge import Judge
from services.cli.known_catalogue import known_catalogue
from shared.catalogue.entries import Catalogue
from shared.catalogue.head_file import load_head


def known_judge(catalogue: Catalogue | None = None) -> Judge:
    """Return the judge in force. Ends the command where a setting or a file cannot be taken."""
    return Judge(catalogue or known_catalogue(), load_head())

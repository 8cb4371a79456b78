"""What answers "why?" and "why not?", on the house's database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from services.cli.engine_urls import open_database
from services.cli.known_catalogue import known_catalogue
from services.desk.adapters.asking_queries import AskingQueries
from services.desk.domain.clauses import Vocabulary
from services.desk.use_cases.asking import Asking
from shared.catalogue.entries import Catalogue
from shared.kit.clock import SystemClock
from shared.store.unit_of_work import Database


def asking_on(database: Database, catalogue: Catalogue) -> Asking:
    """Return what answers why there was an alert, and why not."""
    agreements = {
        item.id: tuple(dict.fromkeys(name for names in item.aliases.values() for name in names))
        for item in catalogue.agreements.values()
    }
    known = Vocabulary(agreements, catalogue.sectors.keys(), catalogue.stages.keys())
    return Asking(partial(database.begin, AskingQueries), SystemClock(), known)


@asynccontextmanager
async def open_asking(data_dir: Path | None) -> AsyncIterator[Asking]:
    """Open what answers "why?" and "why not?". Raises PactwatchError when the house's database is away."""
    async with open_database(data_dir) as database:
        yield asking_on(database, known_catalogue(data_dir))

"""What subscriptions would bring, on the house's database, for commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.cli.backtests import backtest_on
from services.cli.definitions import targets_of, writing_on
from services.cli.engine_urls import open_database
from services.cli.known_catalogue import known_catalogue
from services.desk.use_cases.previewing import Previews
from shared.catalogue.entries import Catalogue
from shared.store.unit_of_work import Database


def previews_on(database: Database, catalogue: Catalogue) -> Previews:
    """Return what previews subscriptions on the archive of this database."""
    stages = {stage.id: stage.severity for stage in catalogue.stages.values()}
    return Previews(writing_on(database), targets_of(catalogue), backtest_on(database, catalogue), stages)


@asynccontextmanager
async def open_previews(data_dir: Path | None) -> AsyncIterator[Previews]:
    """Open what previews subscriptions. Raises PactwatchError when the house's database is away."""
    async with open_database(data_dir) as database:
        yield previews_on(database, known_catalogue(data_dir))

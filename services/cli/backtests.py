"""The desk's backtest on the house's database, for commands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from services.cli.engine_urls import open_database
from services.cli.known_catalogue import known_catalogue
from services.desk.adapters.backtest_queries import BacktestQueries
from services.desk.adapters.work import desk_transactions
from services.desk.domain.backtests import WHOLE
from services.desk.use_cases.backtesting import Backtest
from shared.catalogue.entries import Catalogue
from shared.kit.clock import SystemClock
from shared.rules import Query, cautions, parse
from shared.store.unit_of_work import COMMAND_SECONDS, Database


def names_by_id(catalogue: Catalogue) -> Mapping[str, Collection[str]]:
    """Return all names of the catalogue's agreements, by id."""
    return {
        item.id: tuple(dict.fromkeys(name for names in item.aliases.values() for name in names))
        for item in catalogue.agreements.values()
    }


def backtest_on(database: Database, catalogue: Catalogue) -> Backtest:
    """Return what tries queries on the archive of this database."""

    def read(query: str, lists: Mapping[str, Collection[str]]) -> Query:
        return parse(
            query,
            agreements=catalogue.agreements.keys(),
            sectors=catalogue.sectors.keys(),
            stages=catalogue.stages.keys(),
            lists=lists,
        )

    begin = partial(database.begin, BacktestQueries)
    return Backtest(begin, desk_transactions(database), SystemClock(), read, cautions, names_by_id(catalogue))


@asynccontextmanager
async def open_backtest(data_dir: Path | None) -> AsyncIterator[Backtest]:
    """Open the house's archive. Raises PactwatchError when its database is away."""
    async with open_database(data_dir, command_seconds=WHOLE.statement_seconds + COMMAND_SECONDS) as database:
        yield backtest_on(database, known_catalogue(data_dir))

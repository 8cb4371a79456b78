"""The desk's use cases on the house's database, for commands: no web framework, which is slow to import."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from services.cli.engine_urls import open_database, settings_for
from services.cli.known_catalogue import known_catalogue
from services.cli.secret_key import seals_if_any
from services.desk.adapters.correction_queries import CorrectionQueries
from services.desk.adapters.reader_queries import ReaderQueries
from services.desk.adapters.work import desk_transactions
from services.desk.domain.corrections import CatalogueIds
from services.desk.use_cases.correcting import Corrections
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.readers import Readers
from services.desk.use_cases.secret_keeping import SecretKeeper
from shared.catalogue.entries import Catalogue
from shared.kit.clock import SystemClock
from shared.kit.sealing import Seals
from shared.store.unit_of_work import Database


def names_of(catalogue: Catalogue) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names that people read, by id: of agreements, and of sectors."""
    agreements = {item.id: item.short_name for item in catalogue.agreements.values()}
    return agreements, {item.id: item.name["en"] for item in catalogue.sectors.values()}


def definitions_on(database: Database, catalogue: Catalogue, seals: Seals | None = None) -> Definitions:
    """Return the desk's use cases on this database; without `seals` no secret of a chat can be stored."""
    agreements, sectors = names_of(catalogue)
    return Definitions(
        begin=desk_transactions(database),
        clock=SystemClock(),
        agreements=agreements,
        sectors=sectors,
        check_query=partial(_check_query, agreements=agreements, sectors=sectors, stages=catalogue.stages.keys()),
        seals=seals,
    )


def secrets_on(database: Database, seals: Seals | None) -> SecretKeeper:
    """Return what keeps the secrets of subscriptions on this database."""
    return SecretKeeper(desk_transactions(database), SystemClock(), seals)


def readers_on(database: Database, seals: Seals | None) -> Readers:
    """Return what answers readers' own links on this database."""
    return Readers(desk_transactions(database), partial(database.begin, ReaderQueries), SystemClock(), seals)


def _check_query(query: str, *, agreements: Collection[str], sectors: Collection[str], stages: Collection[str]) -> None:
    """Raise WrongInput for a query that is not in the rule language."""
    from shared.rules import parse  # late: its grammar takes a tenth of a second, and only rules need it

    parse(query, agreements=agreements, sectors=sectors, stages=stages)


def corrections_on(database: Database, catalogue: Catalogue) -> Corrections:
    """Return what takes and shows corrections on this database."""
    known = CatalogueIds(catalogue.sectors.keys(), catalogue.agreements.keys(), catalogue.stages.keys())
    return Corrections(partial(database.begin, CorrectionQueries), SystemClock(), known)


@asynccontextmanager
async def open_definitions(data_dir: Path | None) -> AsyncIterator[Definitions]:
    """Open the house's definitions. Raises PactwatchError when its database is away."""
    async with open_database(data_dir) as database:
        yield definitions_on(database, known_catalogue(data_dir), seals_if_any(settings_for(data_dir)))


@asynccontextmanager
async def open_secrets(data_dir: Path | None) -> AsyncIterator[SecretKeeper]:
    """Open what keeps the house's secrets. Raises PactwatchError when its database is away."""
    async with open_database(data_dir) as database:
        yield secrets_on(database, seals_if_any(settings_for(data_dir)))

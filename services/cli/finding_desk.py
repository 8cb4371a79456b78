"""The board of agreements and the search of the archive, on the house's database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from fastapi import APIRouter

from services.cli.backtests import names_by_id
from services.desk.adapters.agreement_queries import AgreementQueries
from services.desk.adapters.find_queries import FindQueries
from services.desk.pages.agreements import agreement_pages
from services.desk.pages.search import search_pages
from services.desk.pages.templates import Templates
from services.desk.use_cases.agreements import Agreements
from services.desk.use_cases.archive_finds import ArchiveFinds
from services.desk.use_cases.definitions import Definitions
from shared.catalogue.entries import Catalogue
from shared.kit.clock import Clock
from shared.rules import Query
from shared.store.unit_of_work import Database

ReadQuery = Callable[[str, Mapping[str, Collection[str]]], Query]


def finding_pages(
    database: Database, catalogue: Catalogue, definitions: Definitions, read: ReadQuery, clock: Clock
) -> tuple[Callable[[Templates], APIRouter], ...]:
    """Return what makes the routes of the agreements and of the search."""
    agreements = Agreements(partial(database.begin, AgreementQueries), catalogue, clock)
    finds = ArchiveFinds(partial(database.begin, FindQueries), read, names_by_id(catalogue))
    return agreement_pages(agreements, definitions), search_pages(finds)

"""The scraper's transaction on Postgres: owns source states, entries and articles; reads the sources' definitions."""

from __future__ import annotations

from services.scraper.adapters.backfill_queries import BackfillQueries
from services.scraper.adapters.claims import Claims
from services.scraper.adapters.held_queries import HeldQueries
from services.scraper.adapters.hosts import HostQueries
from services.scraper.adapters.hub_queries import HubQueries
from services.scraper.adapters.look_queries import LookQueries
from services.scraper.adapters.read_queries import ReadQueries
from services.scraper.adapters.vigil_queries import VigilQueries
from shared.store.catalogue_in_force import CatalogueInForce
from shared.store.rules_in_force import RulesInForce


class ScraperWork(
    BackfillQueries,
    CatalogueInForce,
    Claims,
    HeldQueries,
    HostQueries,
    HubQueries,
    LookQueries,
    ReadQueries,
    RulesInForce,
    VigilQueries,
):
    """One transaction of the scraper."""

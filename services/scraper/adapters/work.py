"""The scraper's transaction on Postgres: owns source states, entries and articles; reads the sources' definitions."""

from __future__ import annotations

from services.scraper.adapters.claims import Claims
from services.scraper.adapters.look_queries import LookQueries
from services.scraper.adapters.read_queries import ReadQueries


class ScraperWork(Claims, LookQueries, ReadQueries):
    """One transaction of the scraper."""

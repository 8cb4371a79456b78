"""The operators' pages on a test's database: trials in this process and without rests, the bus where the test says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from migrations.upgrade import newest_revision
from services.cli.operating_desk import House, Pages, scraping_on, sending_pages
from services.cli.set_aside import Replays
from services.desk.adapters.operating_queries import OperatingQueries
from services.desk.adapters.pipeline_queries import PipelineQueries
from services.desk.pages.pipeline import pipeline_pages
from services.desk.pages.sources import source_pages
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.pipeline import Built, Pipeline
from services.desk.use_cases.source_keeping import Scraping, SourceKeeping, Tried
from services.scraper.domain.gate import Gate
from services.scraper.parsing.results import Selectors
from services.scraper.use_cases.trying import SourceTrials
from shared.catalogue.loader import load_catalogue
from shared.kit.clock import Clock
from shared.kit.settings import load_settings
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from shared.web.guard import AllowedHosts
from tests.live.scraper.newsstand import ReadingHere

NOBODY_LISTENS = "nats://127.0.0.1:1"


def nothing_likely(_url: str) -> Sequence[str]:
    return ()


def operating_pages_of(
    database: Database, definitions: Definitions, clock: Clock, web: WebClient, *, nats_url: str = NOBODY_LISTENS
) -> tuple[Pages, ...]:
    """Everything that operators run, on this database."""
    catalogue = load_catalogue()
    whole = scraping_on(database, web, catalogue, AllowedHosts.parse("127.0.0.1"))

    async def tries(url: str, *, kind: str | None, selectors: Mapping[str, str], country: str | None) -> Tried:
        trials = SourceTrials(web, ReadingHere(), Gate(catalogue).judge, nothing_likely, rest_seconds=0)
        return await trials.try_source(url, kind=kind, selectors=Selectors(**selectors), country=country)

    scraping = Scraping(tries, whole.look_soon, whole.caution)
    keeping = SourceKeeping(definitions, partial(database.begin, OperatingQueries), scraping, clock)
    database_url = database.engine.url.render_as_string(hide_password=False)
    house = House(load_settings(nats_url=nats_url, database_url=database_url))
    built = Built("0.1.0", newest_revision(), definitions.schema_revision)
    flow = Pipeline(partial(database.begin, PipelineQueries), house, clock, built)
    replays = Replays(database, lambda: nats_url)
    return (source_pages(keeping), *sending_pages(database, replays), pipeline_pages(flow))

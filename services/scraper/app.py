"""Wiring only: the ground in, the scraper out; and one look at an address for `pactwatch source test`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from services.scraper.adapters.hosts import HostQueries
from services.scraper.adapters.polite_web import PoliteWeb
from services.scraper.adapters.reading import ChildReading
from services.scraper.adapters.work import ScraperWork
from services.scraper.domain.gate import Gate
from services.scraper.handlers import handlers
from services.scraper.parsing.results import Selectors
from services.scraper.schedule import ask_hubs_forever, keep_vigil_forever, poll_forever, read_forever, tidy_forever
from services.scraper.use_cases.gating import Gatekeeper
from services.scraper.use_cases.held import HeldArticles
from services.scraper.use_cases.hubs import HubAsks, callback_base
from services.scraper.use_cases.looking import SourceLooks
from services.scraper.use_cases.publishing import Publisher
from services.scraper.use_cases.pushes import HubDoor, Wakes
from services.scraper.use_cases.reading import PageReads
from services.scraper.use_cases.tidying import Tidying
from services.scraper.use_cases.trying import REST_SECONDS, SourceTrials, TriedSource
from services.scraper.use_cases.vigil import Vigil
from shared.catalogue.entries import Catalogue
from shared.hosting.service import Ground, Service
from shared.kit.clock import Clock
from shared.kit.settings import Settings
from shared.rules import RuleSet
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from shared.web.guard import AllowedHosts


def scraper(ground: Ground) -> Service:
    """Return the scraper, standing on this ground."""
    begin = partial(ground.database.begin, ScraperWork)
    reading, lease_seconds = ChildReading(), ground.settings.lease_seconds
    web = PoliteWeb(ground.web, partial(ground.database.begin, HostQueries))
    looks = SourceLooks(begin, web, reading, ground.clock, lease_seconds=lease_seconds)
    gatekeeper = gatekeeper_of(ground.catalogue)
    publisher = Publisher(begin, gatekeeper, ground.clock)
    pages = PoliteWeb(ground.web, partial(ground.database.begin, HostQueries), of_pages=True)
    reads = PageReads(begin, pages, reading, publisher, ground.clock, lease_seconds=lease_seconds)
    asks = HubAsks(begin, ground.web, _callback_base(ground.settings))
    new_entries = asyncio.Event()
    return Service(
        "scraper",
        handlers=handlers(Wakes(begin)),
        loops=(
            ("poll", partial(poll_forever, looks, new_entries)),
            ("read", partial(read_forever, reads, new_entries)),
            ("hubs", partial(ask_hubs_forever, asks)),
            ("tidy", partial(tidy_forever, Tidying(begin, ground.clock))),
            ("vigil", partial(keep_vigil_forever, Vigil(begin, ground.clock))),
        ),
    )


def gatekeeper_of(catalogue: Catalogue) -> Gatekeeper:
    """Return the gate of this catalogue, and of what people change of it."""
    compile_rules = partial(
        RuleSet,
        agreements=frozenset(catalogue.agreements),
        sectors=frozenset(catalogue.sectors),
        stages=frozenset(catalogue.stages),
    )
    return Gatekeeper(catalogue, compile_rules)


def hub_door(database: Database, clock: Clock) -> HubDoor:
    """Return who answers the hubs that call; for the process that has a public address, which is the desk's."""
    return HubDoor(partial(database.begin, ScraperWork), clock)


def _callback_base(settings: Settings) -> str | None:
    return callback_base(settings.base_url, AllowedHosts.parse(settings.allowed_private_hosts))


def held_articles(ground: Ground) -> HeldArticles:
    """Return who sees to the articles that the gate holds back, for the command that has them judged again."""
    return HeldArticles(partial(ground.database.begin, ScraperWork), gatekeeper_of(ground.catalogue), ground.clock)


async def look_soon(database: Database, name: str) -> None:
    """Make the live source of this name due now."""
    async with database.begin(ScraperWork) as work:
        await work.make_due(name)


async def give_back_what_the_dead_held(ground: Ground) -> None:
    """Make what an earlier process was looking at due again, for a start that knows the earlier one to be dead.

    Another scraper that is alive may then look at the same source once more, which changes nothing.
    """
    async with ground.database.begin(ScraperWork) as work:
        await work.forget_leases()


async def try_source(
    web: WebClient,
    url: str,
    *,
    kind: str | None = None,
    selectors: Mapping[str, str] | None = None,
    country: str | None = None,
    catalogue: Catalogue,
) -> TriedSource:
    """Look at an address once, keeping nothing. Raises PactwatchError when there is nothing to watch."""
    from services.scraper.parsing.discovery import likely_addresses  # late: the scraper's own process never parses

    trials = SourceTrials(web, ChildReading(), Gate(catalogue).judge, likely_addresses, rest_seconds=REST_SECONDS)
    return await trials.try_source(url, kind=kind, selectors=Selectors(**(selectors or {})), country=country)

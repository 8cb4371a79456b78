"""The officers' reading pages on the house's database, and the ear by which open pages hear of news."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter

from services.cli.asking import asking_on
from services.cli.definitions import corrections_on, definitions_on, names_of
from services.cli.finding_desk import finding_pages
from services.desk.adapters.reading_records import ReadingWork
from services.desk.adapters.shown_articles import ShownArticles
from services.desk.domain.visitors import Visitor
from services.desk.pages.live import live_pages
from services.desk.pages.reading import Choices, reading_pages
from services.desk.pages.templates import Templates
from services.desk.pages.today import today_pages
from services.desk.use_cases.live import IsStill, Live
from services.desk.use_cases.reading import Reading
from services.desk.use_cases.signing_in import SigningIn
from services.desk.use_cases.today import Today
from shared.catalogue.entries import Catalogue
from shared.hosting.ears import keep_listening
from shared.kit.clock import Clock, SystemClock
from shared.rules import Query, parse
from shared.store.unit_of_work import Database, is_outage


@dataclass(frozen=True, slots=True)
class ReadingDesk:
    """The stream and its open pages, and what makes their routes."""

    today: Today
    live: Live
    pages: tuple[Callable[[Templates], APIRouter], ...]

    async def listen(self, nats_url: str, stop: asyncio.Event) -> None:
        """Let open pages hear of news until `stop` is set, and end their streams then."""
        try:
            await keep_listening(nats_url, stop, heard=self.live.tell, known=self.live.know)
        finally:
            self.live.close()


def reading_on(
    database: Database, catalogue: Catalogue, signing_in: SigningIn, clock: Clock | None = None
) -> ReadingDesk:
    """Return the reading pages on this database; whose session `signing_in` ends hears no more."""

    def read(query: str, lists: Mapping[str, Collection[str]]) -> Query:
        return parse(
            query,
            agreements=catalogue.agreements.keys(),
            sectors=catalogue.sectors.keys(),
            stages=catalogue.stages.keys(),
            lists=lists,
        )

    agreements, sectors = names_of(catalogue)
    choices = Choices(
        agreements=sorted(agreements, key=lambda each: agreements[each].casefold()),
        sectors=sorted(sectors, key=lambda each: sectors[each].casefold()),
        stages=tuple(catalogue.stages.keys()),
    )
    definitions, clock = definitions_on(database, catalogue), clock or SystemClock()
    today = Today(partial(database.begin, ReadingWork), clock, read)
    live = Live(_still(signing_in))
    reading = Reading(partial(database.begin, ShownArticles), corrections_on(database, catalogue))
    articles = reading_pages(reading, definitions, asking_on(database, catalogue), choices)
    finding = finding_pages(database, catalogue, definitions, read, clock)
    return ReadingDesk(today, live, (today_pages(today), live_pages(live), articles, *finding))


def _still(signing_in: SigningIn) -> IsStill:
    async def still(visitor: Visitor) -> bool:
        """Tell whether the session still lets them in; while the database is away, it does."""
        try:
            return await signing_in.is_still(visitor)
        except Exception as error:
            if not is_outage(error):
                raise
            return True

    return still

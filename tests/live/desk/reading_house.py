"""The reading pages on a test's database, with the small catalogue of these tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from services.cli.asking import asking_on
from services.cli.finding_desk import finding_pages
from services.cli.reading_desk import ReadingDesk
from services.desk.adapters.correction_queries import CorrectionQueries
from services.desk.adapters.reading_records import ReadingWork
from services.desk.adapters.shown_articles import ShownArticles
from services.desk.domain.corrections import CatalogueIds
from services.desk.pages.live import live_pages
from services.desk.pages.reading import Choices, reading_pages
from services.desk.pages.today import today_pages
from services.desk.use_cases.correcting import Corrections
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.doors import Doors
from services.desk.use_cases.live import Live
from services.desk.use_cases.reading import Reading
from services.desk.use_cases.today import Today
from shared.catalogue.loader import load_catalogue
from shared.kit.clock import Clock
from shared.rules import Query, parse
from shared.store.unit_of_work import Database
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS

STAGES = ("announced", "signed", "in_force", "ratified_russia")


def reading_desk(
    database: Database, definitions: Definitions, doors: Doors, clock: Clock, *, beat_seconds: float = 5.0
) -> ReadingDesk:
    """Everything that officers read, on this database."""

    def read(query: str, lists: Mapping[str, Collection[str]]) -> Query:
        return parse(query, agreements=AGREEMENTS, sectors=SECTORS, stages=STAGES, lists=lists)

    today = Today(partial(database.begin, ReadingWork), clock, read)
    live = Live(doors.signing_in.is_still, beat_seconds=beat_seconds)
    known = CatalogueIds(SECTORS.keys(), AGREEMENTS.keys(), STAGES)
    corrections = Corrections(partial(database.begin, CorrectionQueries), clock, known)
    articles = reading_pages(
        Reading(partial(database.begin, ShownArticles), corrections),
        definitions,
        asking_on(database, load_catalogue()),
        Choices(tuple(AGREEMENTS), tuple(SECTORS), STAGES),
    )
    finding = finding_pages(database, load_catalogue(), definitions, read, clock)
    return ReadingDesk(today, live, (today_pages(today), live_pages(live), articles, *finding))

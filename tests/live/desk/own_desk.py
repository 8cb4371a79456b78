"""A desk with the pages of one's own, and what other services leave for the people of it."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

from fastapi import FastAPI
from sqlalchemy import select

from services.cli.own_pages import OwnPages, own_pages
from services.desk.adapters.backtest_queries import BacktestQueries
from services.desk.adapters.reader_queries import ReaderQueries
from services.desk.adapters.work import desk_transactions
from services.desk.app import build_desk
from services.desk.pages.subscriptions import House
from services.desk.use_cases.backtesting import Backtest
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.previewing import Previews
from services.desk.use_cases.readers import Readers
from services.desk.use_cases.targets import Targets
from services.desk.use_cases.writing import Writing
from shared.kit.sealing import Seals
from shared.rules import cautions, parse
from shared.store.alerts import AlertCorrectionRow
from shared.store.definitions import PersonRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.account_house import PUBLIC
from tests.live.desk.desk_rows import AGREEMENTS, MORNING, SECTORS, save
from tests.live.desk.reading_house import reading_desk

SEALS = Seals((b"k" * 32,))
STAGES = ("announced", "signed", "in_force")


def own_pages_of(database: Database, writing: Writing, clock, *, send_sample=None, can_mail: bool = True) -> OwnPages:
    """What `build_desk` takes for the pages of one's own."""
    targets = Targets(AGREEMENTS, SECTORS, STAGES)

    def read(query, lists):
        return parse(query, agreements=AGREEMENTS, sectors=SECTORS, stages=STAGES, lists=lists)

    backtest = Backtest(partial(database.begin, BacktestQueries), desk_transactions(database), clock, read, cautions)
    previews = Previews(writing, targets, backtest, {"signed": "high"})
    house = House(AGREEMENTS, SECTORS, STAGES, home_url=PUBLIC, can_mail=can_mail)
    return own_pages(database, writing, clock, house, targets, previews, SEALS, send_sample)


def own_desk(database: Database, definitions: Definitions, writing: Writing, doors, clock, **more) -> FastAPI:
    own = own_pages_of(database, writing, clock, **more)
    reading = reading_desk(database, definitions, doors, clock)
    return build_desk(
        definitions,
        doors,
        agreements=AGREEMENTS,
        sectors=SECTORS,
        base_url=PUBLIC,
        pages=[*reading.pages, *own.pages],
        noting=own.noting,
        readers=Readers(writing, partial(database.begin, ReaderQueries), SEALS),
    )


async def person_id_of(database: Database, name: str) -> UUID:
    async with database.begin(Work) as work:
        found = await work.session.scalar(select(PersonRow.person_id).where(PersonRow.name == name))
    assert found is not None
    return found


async def a_correction(database: Database, alert_id: UUID, sentence: str, at=MORNING) -> None:
    row = AlertCorrectionRow(
        correction_id=uuid4(),
        alert_id=alert_id,
        kind="changed",
        revision=1,
        sentence=sentence,
        before="The two sides signed it.",
        after="The two sides will sign it.",
        corrected_at=at,
        correlation_id=uuid4(),
    )
    await save(database, row)

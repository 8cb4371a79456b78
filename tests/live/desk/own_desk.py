"""A desk with the pages of one's own, and what other services leave for the people of it."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from services.cli.own_pages import inbox_on
from services.desk.app import build_desk
from services.desk.pages.inbox import inbox_pages, unread_counter
from services.desk.use_cases.definitions import Definitions
from shared.store.alerts import AlertCorrectionRow
from shared.store.definitions import PersonRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.account_house import PUBLIC
from tests.live.desk.desk_rows import AGREEMENTS, MORNING, SECTORS, save


def own_pages(database: Database, clock) -> dict[str, list]:
    """What `build_desk` takes for the pages of one's own."""
    inbox = inbox_on(database, clock, AGREEMENTS)
    return {"pages": [inbox_pages(inbox)], "noting": [unread_counter(inbox)]}


def own_desk(database: Database, definitions: Definitions, doors, clock):
    return build_desk(
        definitions, doors, agreements=AGREEMENTS, sectors=SECTORS, base_url=PUBLIC, **own_pages(database, clock)
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

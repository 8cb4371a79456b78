"""A desk of people: who they are, what they follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from services.desk.use_cases.people import People
from services.desk.use_cases.subscriptions import Subscriptions
from services.desk.use_cases.targets import Targets
from services.desk.use_cases.teams import Teams
from services.desk.use_cases.writing import Writing
from shared.kit.sealing import Seals
from shared.store.definitions import SubscriptionRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS

STAGES = ("announced", "signed", "in_force")


@dataclass
class PeopleDesk:
    """What keeps people, teams and subscriptions, on one database."""

    database: Database
    people: People
    teams: Teams
    hearing: Subscriptions

    async def rows(self) -> list[SubscriptionRow]:
        """Return the live subscriptions as they are stored."""
        async with self.database.begin(Work) as work:
            live = select(SubscriptionRow).where(SubscriptionRow.removed_at.is_(None))
            rows: Any = await work.session.scalars(live.order_by(SubscriptionRow.created_at))
            return list(rows)


def people_desk_on(database: Database, writing: Writing, seals: Seals | None = None) -> PeopleDesk:
    hearing = Subscriptions(writing, Targets(AGREEMENTS, SECTORS, STAGES), seals)
    return PeopleDesk(database, People(writing), Teams(writing), hearing)

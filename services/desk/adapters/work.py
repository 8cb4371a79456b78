"""The desk's transaction: definitions are written here and nowhere else; reading comes from `queries`."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import asdict

from sqlalchemy import func, select, text

from services.desk.adapters.list_records import ListRecords
from services.desk.adapters.people_records import PeopleRecords
from services.desk.adapters.queries import DeskQueries
from services.desk.adapters.records import source_of
from services.desk.adapters.rule_records import RuleRecords
from services.desk.adapters.subscription_records import SubscriptionRecords
from services.desk.domain.sources import Source
from services.desk.ports import Begin
from shared.store.definitions import SourceRow
from shared.store.unit_of_work import Database

WRITER_LOCK = 5_120_337_481  # any constant, ours alone: definitions change one transaction at a time


class SqlDeskWork(RuleRecords, ListRecords, SubscriptionRecords, PeopleRecords, DeskQueries):
    """One transaction of the desk."""

    async def only_writer(self) -> None:
        """Wait until no other transaction changes definitions, and be the only one that does until the end."""
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})

    async def live_sources(self) -> list[Source]:
        """Return the sources that are not removed, by name."""
        statement = select(SourceRow).where(SourceRow.removed_at.is_(None)).order_by(func.lower(SourceRow.name))
        return [source_of(row) for row in await self.session.scalars(statement)]

    async def save_source(self, source: Source) -> None:
        """Insert or update the source."""
        await self.upsert(SourceRow, "source_id", asdict(source))


def desk_transactions(database: Database) -> Begin:
    """Return what opens one transaction of the desk on this database."""

    def begin() -> AbstractAsyncContextManager[SqlDeskWork]:
        return database.begin(SqlDeskWork)

    return begin

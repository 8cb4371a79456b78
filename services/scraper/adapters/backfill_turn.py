"""One walk through a source's archive at a time: a lock that its holder's connection keeps, and death gives back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import func, select

from services.scraper.adapters.backfill_queries import turn_key
from shared.store.unit_of_work import Database


@asynccontextmanager
async def the_only_walk(database: Database, source_id: UUID) -> AsyncIterator[bool]:
    """Take the turn to walk the source's archive; False when somebody else has it.

    The lock is held by a connection of its own, outside any transaction, which would else be ended for idling.
    """
    key = func.hashtextextended(turn_key(source_id), 0)
    async with database.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        taken = bool(await free.scalar(select(func.pg_try_advisory_lock(key))))
        try:
            yield taken
        finally:
            if taken:
                await free.invalidate()  # the connection ends, and with it the lock: also where unlocking would fail

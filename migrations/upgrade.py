"""Brings a database to the newest revision: one migrator at a time, short lock waits, all or nothing."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from shared.store import (
    accounts,
    alerts,
    archive,
    catalogue_edits,
    definitions,
    feedback,
    harvest,
    inboxes,
    outbox,
    reading,
    stories,
    verdicts,
)
from shared.store.base import Base
from shared.store.unit_of_work import Database

# Importing a table module declares its tables.
OWNERS = (
    outbox,
    definitions,
    catalogue_edits,
    harvest,
    stories,
    verdicts,
    archive,
    feedback,
    alerts,
    accounts,
    reading,
    inboxes,
)
METADATA = Base.metadata
_ADVISORY_LOCK = 7_283_940_115  # any constant, ours alone: a second migrator waits for the first


def _config() -> Config:
    return Config(Path(__file__).with_name("alembic.ini"))


def newest_revision() -> str:
    """Return the revision that this code was written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("migrations/versions holds no migration")
    return head


async def current_revision(database: Database) -> str | None:
    """Return the revision that the database is at; None for an empty one."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade(database: Database) -> str:
    """Bring the database to the newest revision and return it; safe to call from several processes at once."""
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        await connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        await connection.run_sync(_upgrade)
    return newest_revision()


def _upgrade(connection: Connection) -> None:
    if MigrationContext.configure(connection).get_current_revision() == newest_revision():
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

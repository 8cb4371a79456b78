"""Alembic's doorway: the connection comes from `migrations.upgrade`, or on the command line from the settings."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection

from migrations.upgrade import METADATA
from shared.kit.settings import load_settings
from shared.store.unit_of_work import Database


def run(connection: Connection) -> None:
    """Run the wanted migrations on this connection, all in one transaction."""
    context.configure(
        connection=connection, target_metadata=METADATA, compare_type=True, transaction_per_migration=False
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_from_command_line() -> None:
    """Connect by the settings, as `alembic revision --autogenerate` needs it."""
    url = load_settings().database_url
    if url is None:
        raise SystemExit("PACTWATCH_DATABASE_URL is not set: say which database to migrate.")
    database = Database(url.get_secret_value(), application="pactwatch-migrate")
    async with database.engine.begin() as connection:
        await connection.run_sync(run)
    await database.close()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_from_command_line())

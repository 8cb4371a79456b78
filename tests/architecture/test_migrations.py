"""Models and migrations say the same, and the way back is as good as the way there."""

from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from migrations.upgrade import METADATA, newest_revision, upgrade
from shared.store.unit_of_work import Database
from tests.architecture.tree import ROOT


def history() -> Config:
    return Config(ROOT / "migrations" / "alembic.ini")


def differences(connection: Connection) -> list[Any]:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def back_to_nothing(connection: Connection) -> None:
    back_to(connection, "base")


def back_to(connection: Connection, revision: str) -> None:
    config = history()
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def test_there_is_one_history():
    script = ScriptDirectory.from_config(history())
    assert script.get_heads() == [newest_revision()]
    assert len(script.get_bases()) == 1


@pytest.mark.live
async def test_a_migrated_database_is_what_the_models_say(database: Database):
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(tables) == set(METADATA.tables) | {"alembic_version"}


@pytest.mark.live
async def test_the_way_back_leaves_nothing_and_the_way_up_works_again(database: Database):
    async with database.engine.begin() as connection:
        await connection.run_sync(back_to_nothing)
        assert await connection.run_sync(tables) == {"alembic_version"}
    assert await upgrade(database) == newest_revision()
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.live
async def test_rules_of_the_catalogue_from_before_it_was_kept_are_told_what_they_watch(database: Database):
    async with database.engine.begin() as connection:
        await connection.run_sync(back_to, "0005")
        await connection.exec_driver_sql(
            "INSERT INTO rules (rule_id, name, query, origin, created_at, changed_at) VALUES "
            "('00000000-0000-0000-0000-000000000001', 'A', 'agreement:relos', 'agreement', now(), now()), "
            "('00000000-0000-0000-0000-000000000002', 'B', 'agreement:inr', 'agreement', now(), now()), "
            "('00000000-0000-0000-0000-000000000003', 'C', 'agreement:relos', 'custom', now(), now())"
        )
        await connection.exec_driver_sql(
            "INSERT INTO rule_versions (rule_id, version, name, query, saved_at) "
            "SELECT rule_id, 1, name, query, now() FROM rules WHERE name <> 'B'"
        )
    await upgrade(database)
    async with database.engine.connect() as connection:
        now = await connection.exec_driver_sql("SELECT name, watches FROM rules ORDER BY name")
        assert [tuple(row) for row in now] == [("A", "relos"), ("B", "inr"), ("C", None)]
        then = await connection.exec_driver_sql("SELECT name, watches FROM rule_versions ORDER BY name")
        assert [tuple(row) for row in then] == [("A", "relos"), ("C", None)]


@pytest.mark.live
async def test_a_table_that_no_migration_makes_is_noticed(database: Database):
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE stray (id bigint)")
        found = await connection.run_sync(differences)
    assert [(what, table.name) for what, table in found] == [("remove_table", "stray")]


@pytest.mark.live
async def test_the_database_knows_every_constraint_by_a_name_of_ours(database: Database):
    async with database.engine.connect() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
            "WHERE contype IN ('p', 'f', 'u', 'c') AND relname <> 'alembic_version' "
            "AND connamespace = current_schema()::regnamespace"
        )
        strangers = [name for (name,) in rows if not name.startswith(("pk_", "fk_", "uq_", "ck_"))]
    assert strangers == []

"""What a test leaves in its database, the next one does not find."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg
import pytest

from tests.databases import Databases, Lent

pytestmark = pytest.mark.live

ENTRY = """
    INSERT INTO audit_trail (at, actor, address, action, subject, before, after)
    VALUES (now(), 'Asha', '', 'came in', '', '{}', '{}') RETURNING entry_id"""


@pytest.fixture
def own_databases(postgres_url: str) -> Iterator[Databases]:
    """Lends what no other test has had."""
    own = Databases(postgres_url)
    yield own
    own.close()


def left_behind(databases: Databases, *statements: str) -> tuple[Lent, list[object]]:
    """Borrow a database, leave this in it, and give it back while a session is open; what the statements returned."""
    lent = databases.lend()
    session = databases.run(asyncpg.connect(databases.url_of(lent)))
    try:
        returned = [databases.run(session.fetchval(statement)) for statement in statements]
        databases.take_back(lent)
    finally:
        session.terminate()
    return lent, returned


def test_rows_are_gone_numbers_begin_anew_and_what_was_there_at_first_is_there_again(own_databases: Databases):
    first, (entry, *_) = left_behind(own_databases, ENTRY, "UPDATE definitions_revision SET revision = 9")
    counted = ("SELECT count(*) FROM audit_trail", "SELECT revision FROM definitions_revision")
    second, (again, *rest) = left_behind(own_databases, ENTRY, *counted)
    assert first.name == second.name
    assert (entry, again, rest) == (1, 1, [1, 0])


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE articles ADD CONSTRAINT never CHECK (title <> '')",
        "ALTER TABLE articles RENAME TO filed",
        "DROP TRIGGER count_new_rule ON rules",
        "CREATE VIEW more AS SELECT 1",
        "INSERT INTO inbox SELECT gen_random_uuid(), 'one of many' FROM generate_series(1, 60000)",
    ],
    ids=["constraint", "name", "trigger", "view", "bulk"],
)
def test_a_database_that_was_altered_or_has_grown_is_lent_to_nobody(own_databases: Databases, change: str):
    altered, _ = left_behind(own_databases, change)
    fresh, _ = left_behind(own_databases)
    assert fresh.name != altered.name

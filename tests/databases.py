"""Databases for tests: copied from a migrated template, emptied after a test and lent to the next.

Copying and dropping one costs a seventh of a second of processor time, emptying it two thousandths. What cannot be
emptied is dropped: a database whose tables a test altered, whose sessions do not end, or that has grown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from migrations.upgrade import upgrade
from services.cli.engines.cluster import BOOTSTRAP_ROLE
from shared.store.unit_of_work import Database

T = TypeVar("T")

GROWN_BYTES = 4_000_000  # emptied tables keep their pages, which the next test would walk through
END_MILLISECONDS = 5_000

# The server is as real as any; only a power cut would tell the difference, and no test of this server makes one.
IN_HASTE = ("synchronous_commit = off", "full_page_writes = off", "autovacuum = off")

END_SESSIONS = f"""
    SELECT coalesce(bool_and(pg_terminate_backend(pid, {END_MILLISECONDS})), true) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
# Whatever changes a table, a rule or a trigger writes a row of these anew.
SHAPE = """
    SELECT count(*) || ' ' || max(xmin::text::bigint) FROM (
        SELECT xmin FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT xmin FROM pg_attribute WHERE attrelid >= 16384
        UNION ALL SELECT xmin FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT xmin FROM pg_trigger WHERE oid >= 16384
        UNION ALL SELECT xmin FROM pg_proc WHERE oid >= 16384
    ) AS rows"""
SIZE = """
    SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace"""
EMPTY = """
    DO $$ DECLARE filled regclass; BEGIN
        FOR filled IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
        LOOP EXECUTE format('DELETE FROM %s', filled); END LOOP;
        PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
    END $$"""


def in_server(url: str, database: str, role: str | None = None) -> str:
    """Return the address of another database of the same server, for another role if one is named."""
    parts = urlsplit(url)
    place = parts.netloc if role is None else parts.netloc.replace(f"{parts.username}:", f"{role}:", 1)
    return parts._replace(netloc=place, path=f"/{database}").geturl()


@dataclass(frozen=True)
class Lent:
    """A database, and the session that watches over it."""

    name: str
    warden: asyncpg.Connection
    shape: str


class Databases:
    """Lends databases of one server. It works on a loop of its own, so a test's may come and go."""

    def __init__(self, postgres_url: str) -> None:
        self._url = postgres_url
        self._loop = asyncio.new_event_loop()
        self._free: list[Lent] = []
        self._template = f"template_{uuid4().hex}"
        self._first_rows = ""
        self.run(self._prepare())

    def url_of(self, lent: Lent) -> str:
        """Return the address of a lent database."""
        return in_server(self._url, lent.name)

    def lend(self) -> Lent:
        """Return a migrated, empty database that nobody else has."""
        return self._free.pop() if self._free else self.run(self._copied())

    def take_back(self, lent: Lent) -> None:
        """End what still works on it, and empty it for the next test, or drop it."""
        self.run(self._taken_back(lent))

    def close(self) -> None:
        """Leave the server."""
        self.run(self._left())
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the loop of the databases."""
        return self._loop.run_until_complete(work)

    async def _prepare(self) -> None:
        self._server = await asyncpg.connect(in_server(self._url, "postgres", BOOTSTRAP_ROLE))
        for setting in IN_HASTE:
            await self._server.execute(f"ALTER SYSTEM SET {setting}")
        await self._server.execute("SELECT pg_reload_conf()")
        owner = urlsplit(self._url).username
        await self._server.execute(f'CREATE DATABASE "{self._template}" OWNER {owner}')
        database = Database(in_server(self._url, self._template))
        await upgrade(database)
        await database.close()
        template = await asyncpg.connect(in_server(self._url, self._template, BOOTSTRAP_ROLE))
        names = await template.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for name in (row["tablename"] for row in names):
            rows = await template.fetchval(f'SELECT json_agg(rows) FROM "{name}" AS rows')
            if rows is not None:
                filled = f"SELECT * FROM json_populate_recordset(NULL::{name}, $json${rows}$json$)"
                self._first_rows += f'INSERT INTO "{name}" {filled};'
        await template.close()

    async def _copied(self) -> Lent:
        name, owner = f"test_{uuid4().hex}", urlsplit(self._url).username
        await self._server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}" OWNER {owner}')
        warden = await asyncpg.connect(in_server(self._url, name, BOOTSTRAP_ROLE))
        await warden.execute("SET session_replication_role = replica")  # no trigger and no foreign key holds it back
        return Lent(name, warden, await warden.fetchval(SHAPE))

    async def _taken_back(self, lent: Lent) -> None:
        if await lent.warden.fetchval(END_SESSIONS) and await self._is_as_it_was(lent):
            await lent.warden.execute(f"{EMPTY}; {self._first_rows}")
            self._free.append(lent)
        else:
            await self._dropped(lent)

    async def _is_as_it_was(self, lent: Lent) -> bool:
        grown = await lent.warden.fetchval(SIZE) > GROWN_BYTES
        return not grown and await lent.warden.fetchval(SHAPE) == lent.shape

    async def _dropped(self, lent: Lent) -> None:
        await lent.warden.close()
        await self._server.execute(f'DROP DATABASE IF EXISTS "{lent.name}" WITH (FORCE)')

    async def _left(self) -> None:
        for lent in self._free:
            await lent.warden.close()
        await self._server.close()

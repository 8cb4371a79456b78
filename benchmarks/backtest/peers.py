"""Peers on the same articles: Postgres' own text search on the raw text, and SQLite's FTS5. They only count."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg


@dataclass(frozen=True)
class Built:
    """What an index took."""

    seconds: float
    megabytes: float


async def build_postgres(connection: asyncpg.Connection[Any]) -> Built:
    """Make a column of lexemes and a GIN index on it, as the manual of Postgres advises."""
    began = time.monotonic()
    await connection.execute("SET statement_timeout = 0")
    await connection.execute("DROP TABLE IF EXISTS peer")
    await connection.execute(
        "CREATE TABLE peer AS SELECT article_id, setweight(to_tsvector('english', title), 'A') || "
        "to_tsvector('english', text) AS lexemes FROM articles",
        timeout=3_600,
    )
    await connection.execute("CREATE INDEX ix_peer ON peer USING gin (lexemes)", timeout=3_600)
    await connection.execute("VACUUM ANALYZE peer", timeout=3_600)
    size = await connection.fetchval("SELECT pg_total_relation_size('peer')")
    return Built(time.monotonic() - began, size / 1e6)


async def ask_postgres(connection: asyncpg.Connection[Any], query: str) -> int:
    """Count the articles that match."""
    found = "SELECT count(*) FROM peer WHERE lexemes @@ websearch_to_tsquery('english', $1)"
    return int(await connection.fetchval(found, query))


class Sqlite:
    """FTS5 in a file of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path)

    def build(self, articles: Iterable[tuple[str, str]]) -> Built:
        """Index title and text; the text is kept outside, as ours is."""
        began = time.monotonic()
        self._connection.execute("CREATE VIRTUAL TABLE peer USING fts5(title, body, content='', tokenize='porter')")
        self._connection.executemany("INSERT INTO peer (title, body) VALUES (?, ?)", articles)
        self._connection.execute("INSERT INTO peer (peer) VALUES ('optimize')")
        self._connection.commit()
        return Built(time.monotonic() - began, self._path.stat().st_size / 1e6)

    def ask(self, query: str) -> int:
        """Count the articles that match."""
        (count,) = self._connection.execute("SELECT count(*) FROM peer WHERE peer MATCH ?", (query,)).fetchone()
        return int(count)


async def best_of(
    ask: Callable[[], Awaitable[int]], repetitions: int, clock: Callable[[], float] = time.perf_counter
) -> tuple[int, float]:
    """What it found, and the least milliseconds that it took by this clock."""
    best, found = float("inf"), 0
    for _ in range(repetitions):
        began = clock()
        found = await ask()
        best = min(best, clock() - began)
    return found, best * 1e3

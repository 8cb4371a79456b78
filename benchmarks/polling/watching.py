"""Watches the database during a run: every interval that the product chooses, what waits, and what was stored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from benchmarks.polling.outlets import number_of

_CHOICES = """
    SELECT sources.url, extract(epoch FROM last_look_at)::float8 AS at, interval_seconds
    FROM source_states JOIN sources USING (source_id)
    WHERE last_look_at > to_timestamp($1) ORDER BY last_look_at
"""
_OVERLAP_SECONDS = 20.0  # a look's moment is noted before its transaction ends
_COUNTS = """
    SELECT (SELECT count(*) FROM source_states WHERE last_look_at IS NOT NULL) AS looked_at,
        (SELECT count(*) FROM entries WHERE state = 'waiting') AS waiting,
        (SELECT count(*) FROM articles) AS articles,
        (SELECT count(*) FROM source_states WHERE state NOT IN ('fine', 'new')) AS troubled
"""
_TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
_WAL = "SELECT wal_bytes::float8 FROM pg_stat_wal"
_STORED = "SELECT url, extract(epoch FROM fetched_at)::float8 AS at FROM articles"


@dataclass
class Watcher:
    """One connection of its own; `transactions` counts what it costs, so that it can be taken off."""

    connection: Any
    pid: int
    chosen: dict[int, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    transactions: int = 0
    _latest: float = 0.0
    _seen: set[tuple[int, float]] = field(default_factory=set)

    @classmethod
    async def on(cls, url: str) -> Watcher:
        """Connect."""
        connection = await asyncpg.connect(url, server_settings={"application_name": "polling-benchmark"})
        return cls(connection, connection.get_server_pid())

    async def note_choices(self) -> None:
        """Note the looks since the last time, with the interval that each chose."""
        for url, at, interval in await self._fetch(_CHOICES, self._latest - _OVERLAP_SECONDS):
            outlet = _outlet(url)
            if interval is None or (outlet, at) in self._seen:
                continue
            self._seen.add((outlet, at))
            self.chosen[outlet].append((at, interval))
            self._latest = max(self._latest, at)

    async def counts(self) -> dict[str, int]:
        """Return how many sources were looked at, entries wait, articles are stored, and sources are not fine."""
        return dict((await self._fetch(_COUNTS))[0])

    async def total_transactions(self) -> int:
        """Return how many transactions the database has seen, without ours. It is a second behind."""
        seen: int = (await self._fetch(_TRANSACTIONS))[0][0]
        return seen - self.transactions

    async def wal_bytes(self) -> float:
        """Return how much write-ahead log was written."""
        return float((await self._fetch(_WAL))[0][0])

    async def stored(self) -> dict[tuple[int, int], float]:
        """Return when each article was stored, by its outlet and number."""
        rows = await self._fetch(_STORED)
        return {(_outlet(url), int(url.rpartition("/")[2])): at for url, at in rows}

    async def states(self) -> list[tuple[str, int, str | None]]:
        """Return the states that sources ended in, how many each, and an example of what was wrong."""
        rows = await self._fetch("SELECT state, count(*), max(last_error) FROM source_states GROUP BY state ORDER BY 2")
        return [tuple(row) for row in rows]

    async def _fetch(self, query: str, *values: object) -> list[Any]:
        self.transactions += 1
        return list(await self.connection.fetch(query, *values))


def _outlet(url: str) -> int:
    return number_of(urlsplit(url).hostname or "")

"""Measures the look-up and the remembering of a story among 1,000 to 100,000 stored ones, on disk and in time.

Stored leads are new texts in the words and word pairs of real ones (a chain of word pairs), so that they share what
news shares; below their leads, stories only need as many marks as real ones have.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.near_duplicates.corpora import Text
from benchmarks.near_duplicates.ours import NOW, TABLES, Arrival, arrival_of, empty, story_of
from services.scraper.domain.copies import STORY_SPAN
from services.scraper.domain.sketch import LEAD_WORDS, Sketch, sketch_of
from shared.kit.ids import id_for
from shared.store.unit_of_work import Database, Work

LEAD_LENGTH_WORDS = LEAD_WORDS + 40
MARKS_OF_A_STORY = 300  # a text of 600 words
LOADED_AT_ONCE = 1_000
LOOKS = 300


@dataclass(frozen=True)
class Timing:
    """Median and 95th percentile in milliseconds, for new stories and for copies, and the size per story.

    `look` is the look-up alone, in the server, the best of three runs each; `blocks` are the pages that it touches,
    which no other load on the machine changes.
    """

    stories: int
    look: tuple[float, float]
    blocks: float
    new: tuple[float, float]
    copy: tuple[float, float]
    nothing: tuple[float, float]
    kilobytes_a_story: float


class Chain:
    """Makes texts whose pairs of words are those of real texts."""

    def __init__(self, texts: Sequence[Text], chance: random.Random) -> None:
        self._chance = chance
        self._next: dict[str, list[str]] = {}
        for text in texts:
            words = text.body.split()
            for word, following in pairwise(words):
                self._next.setdefault(word, []).append(following)
        self._words = sorted(self._next)

    def text(self, words: int) -> str:
        """Return a text of this many words."""
        made = [self._chance.choice(self._words)]
        while len(made) < words:
            followers = self._next.get(made[-1]) or self._words
            made.append(self._chance.choice(followers))
        return " ".join(made)


async def measured(database: Database, texts: Sequence[Text], sizes: Sequence[int], seed: int) -> AsyncIterator[Timing]:
    """Yield a timing at each number of stored stories."""
    chance = random.Random(seed)
    chain = Chain(texts, chance)
    await empty(database)
    stored = 0
    for size in sizes:
        while stored < size:
            await _load(database, chain, chance, stored, min(LOADED_AT_ONCE, size - stored))
            stored = min(size, stored + LOADED_AT_ONCE)
        await _tidy(database)
        yield await _timing(database, chain, size)


async def _load(database: Database, chain: Chain, chance: random.Random, start: int, count: int) -> None:
    stories: list[tuple[UUID, Sketch]] = []
    for number in range(start, start + count):
        lead = sketch_of(chain.text(LEAD_LENGTH_WORDS))
        if lead is None:
            raise ValueError("the texts given are too few to make leads of")
        rest = (chance.getrandbits(32) - (1 << 31) for _ in range(MARKS_OF_A_STORY - len(lead.long)))
        stories.append((id_for("stored", number), replace(lead, long=(*lead.long, *rest), short=())))
    async with database.engine.begin() as connection:
        pooled = await connection.get_raw_connection()
        driver = pooled.driver_connection
        if driver is None:
            raise RuntimeError("the pool gave no connection")
        await driver.copy_records_to_table(
            TABLES[0],
            columns=("story_id", "host", "title", "lead_marks", "long_marks", "short_marks", "figures", "last_copy_at"),
            records=[
                (story_id, "stored.example", "A stored story", each.lead, each.long, each.short, each.figures, NOW)
                for story_id, each in stories
            ],
        )
        keys = [(mark, story_id) for story_id, each in stories for mark in each.keys]
        await driver.copy_records_to_table(TABLES[1], columns=("mark", "story_id"), records=keys)


async def _tidy(database: Database) -> None:
    async with database.engine.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in TABLES:
            await outside.exec_driver_sql(f"VACUUM ANALYZE {table}")


async def _timing(database: Database, chain: Chain, size: int) -> Timing:
    new = [Text("A new story", chain.text(600)) for _ in range(LOOKS)]
    whole = [arrival_of(f"{size}-{at}", each, f"{at}.example") for at, each in enumerate(new)]
    copies = [
        arrival_of(f"{size}-{at}-copy", replace(each, body=each.body[: len(each.body) * 2 // 3]), f"{at}.other.example")
        for at, each in enumerate(new)
    ]
    look, blocks = await _looks(database, [sketch.keys for each in new if (sketch := sketch_of(each.body))])
    floor = [seconds async for seconds in _transactions(database)]
    first, first_seconds = await _timed(database, whole)
    again, again_seconds = await _timed(database, copies)
    if first != again:
        raise AssertionError("a copy was not known")
    kilobytes = await _bytes(database) / 1e3 / (size + LOOKS)
    return Timing(size, look, blocks, _ms(first_seconds), _ms(again_seconds), _ms(floor), kilobytes)


async def _looks(database: Database, keys: Sequence[Collection[int]]) -> tuple[tuple[float, float], float]:
    """Return what the server says of the look-up's milliseconds and of the pages it touched."""
    seconds: list[float] = []
    blocks: list[int] = []
    async with database.engine.connect() as connection:
        for each in keys:
            runs = [await _explained(connection, sorted(each)) for _ in range(3)]
            seconds.append(min(run["Execution Time"] for run in runs) / 1e3)
            blocks.append(runs[-1]["Plan"]["Shared Hit Blocks"] + runs[-1]["Plan"]["Shared Read Blocks"])
    return _ms(seconds), statistics.median(blocks)


async def _explained(connection: AsyncConnection, keys: Sequence[int]) -> dict[str, Any]:
    statement = sql(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM story_sketches WHERE last_copy_at > :since "
        "AND story_id IN (SELECT story_id FROM story_keys WHERE mark = ANY(CAST(:keys AS integer[]))) "
        "ORDER BY last_copy_at DESC, story_id LIMIT 200"
    )
    plan = (await connection.execute(statement, {"keys": keys, "since": NOW - STORY_SPAN})).scalar_one()
    found: dict[str, Any] = plan[0]
    return found


async def _timed(database: Database, arrivals: Sequence[Arrival]) -> tuple[list[UUID], list[float]]:
    stories: list[UUID] = []
    seconds: list[float] = []
    for arrival in arrivals:
        began = time.perf_counter()
        stories.append(await story_of(database, arrival))
        seconds.append(time.perf_counter() - began)
    return stories, seconds


async def _transactions(database: Database) -> AsyncIterator[float]:
    """Yield the seconds of transactions that write one row: the floor that all else stands on."""
    for number in range(LOOKS):
        began = time.perf_counter()
        async with database.begin(Work) as work:
            await work.session.execute(
                sql("INSERT INTO common_marks (mark, noted_at) VALUES (:mark, :now) ON CONFLICT DO NOTHING"),
                {"mark": number, "now": NOW},
            )
        yield time.perf_counter() - began


def _ms(seconds: Sequence[float]) -> tuple[float, float]:
    steady = seconds[LOOKS // 10 :]
    return statistics.median(steady) * 1e3, statistics.quantiles(steady, n=20)[-1] * 1e3


async def _bytes(database: Database) -> int:
    sizes = " + ".join(f"pg_total_relation_size('{table}')" for table in TABLES)
    async with database.engine.connect() as connection:
        return int((await connection.exec_driver_sql(f"SELECT {sizes}")).scalar_one())

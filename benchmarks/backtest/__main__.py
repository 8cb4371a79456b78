"""Prints what trying a query on an archive of made articles takes, beside peers in the same run.

python -m benchmarks.backtest [--articles 100000] [--folder DIR] [--repetitions 5] [--without-peers]
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.backtest.loading import load, sample
from benchmarks.backtest.made_archive import NOW
from benchmarks.backtest.peers import Sqlite, ask_postgres, best_of, build_postgres
from benchmarks.backtest.processor import seconds
from benchmarks.backtest.questions import LISTS, QUESTIONS, Question
from migrations.upgrade import upgrade
from services.classifier.adapters.work import ClassifierWork
from services.cli.engines.supervisor import engines_at
from services.desk.adapters.backtest_queries import BacktestQueries
from services.desk.adapters.work import desk_transactions
from services.desk.domain.backtests import Tested
from services.desk.use_cases.backtesting import Backtest
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import load_catalogue
from shared.rules import Query, parse
from shared.store.unit_of_work import Database

ALL_DAYS = 3_650
FILED = 300  # articles filed again one by one, each in a transaction


class _AtNoon:
    """The clock of the archive."""

    def now(self) -> datetime:
        return NOW


def main() -> None:
    """Make the archive where it is not there yet, and print the tables."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as own:
        folder = asked.folder or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        with engines_at(folder, nats=False) as engines:
            asyncio.run(_measure(engines.database_url, engines.pids["postgres"], folder, asked))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backtest", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000, help="how many articles")
    parser.add_argument("--folder", type=Path, help="where the archive is kept for another run")
    parser.add_argument("--repetitions", type=int, default=5, help="the best of so many counts")
    parser.add_argument("--without-peers", action="store_true")
    return parser.parse_args()


async def _measure(url: str, postmaster: int, folder: Path, asked: argparse.Namespace) -> None:
    database = Database(url)
    await upgrade(database)
    connection = await asyncpg.connect(url)
    if not await connection.fetchval("SELECT count(*) FROM archived_articles"):
        await load(connection, asked.articles)
    await _print_sizes(connection)
    await _print_filing(database, connection, postmaster)
    lite = None
    if not asked.without_peers:
        lite = await _build_peers(connection, folder)
    print("\n| query | | ours ms | of processors | glance | found | read | Postgres | found | FTS5 | found |")
    print("| --- " * 11 + "|")
    backtest = _backtest_on(database, load_catalogue())
    for question in QUESTIONS:
        processors = partial(seconds, postmaster)
        await _print_question(backtest, connection, lite, question, asked.repetitions, processors)
    await connection.close()
    await database.close()


async def _build_peers(connection: asyncpg.Connection[Any], folder: Path) -> Sqlite:
    built = await build_postgres(connection)
    print(f"Postgres' own text search: {built.seconds:.0f} s, {built.megabytes:.0f} MB")
    path = folder / "peer.sqlite"
    path.unlink(missing_ok=True)
    lite = Sqlite(path)
    rows = await connection.fetch("SELECT title, text FROM articles", timeout=600)
    made = lite.build((row["title"], row["text"]) for row in rows)
    print(f"SQLite's FTS5: {made.seconds:.0f} s, {made.megabytes:.0f} MB")
    return lite


async def _print_sizes(connection: asyncpg.Connection[Any]) -> None:
    count, whole, index, articles, text = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM archived_articles), pg_total_relation_size('archived_articles'), "
        "pg_relation_size('ix_archived_articles_terms'), pg_total_relation_size('articles'), "
        "(SELECT avg(octet_length(text)) FROM articles)"
    )
    print(
        f"\n{count:,} articles of {float(text):,.0f} bytes; archive {whole / count:,.0f} bytes an article, of which "
        f"the index {index / count:,.0f}; the articles themselves {articles / count:,.0f}"
    )


async def _print_filing(database: Database, connection: asyncpg.Connection[Any], postmaster: int) -> None:
    """File articles again, each in a transaction of its own as the classifier does."""
    articles = await sample(connection, FILED)
    processor, both = time.process_time(), seconds(postmaster)
    for article_id, verdict in articles:
        async with database.begin(ClassifierWork) as work:
            await work.file(article_id, verdict)
    whole, own = seconds(postmaster) - both, time.process_time() - processor
    print(f"filing an article: {1e3 * whole / FILED:.1f} ms of processors, of which {1e3 * own / FILED:.1f} are ours")


async def _print_question(
    backtest: Backtest,
    connection: asyncpg.Connection[Any],
    lite: Sqlite | None,
    question: Question,
    repetitions: int,
    processors: Callable[[], float],
) -> None:
    told: list[Tested] = []

    async def ours() -> int:
        told.append(await backtest.test(question.ours, days=ALL_DAYS))
        return told[-1].hits

    async def glance() -> int:
        return int(await backtest.hits_per_day(question.ours) is not None)

    async def sqlite() -> int:
        return lite.ask(question.fts5 or "") if lite is not None else 0

    hits, milliseconds = await best_of(ours, repetitions)
    _, busy = await best_of(ours, repetitions, processors)
    _, quick = await best_of(glance, repetitions, processors)
    columns = [f"{milliseconds:.0f}", f"{busy:.0f}", f"{quick:.0f}", f"{hits:,}", f"{told[-1].read:,}"]
    if told[-1].unread:
        columns[-1] += f" ({told[-1].unread:,} not)"
    postgres = partial(ask_postgres, connection, question.websearch or "")
    for asked, ask in ((question.websearch, postgres), (question.fts5, sqlite)):
        if asked is None or lite is None:
            columns += ["", ""]
        else:
            found, peer = await best_of(ask, repetitions, processors)
            columns += [f"{peer:.0f}", f"{found:,}"]
    print(f"| {question.kind} | `{question.ours}` | {' | '.join(columns)} |", flush=True)


def _backtest_on(database: Database, catalogue: Catalogue) -> Backtest:
    def read(query: str, lists: Mapping[str, Collection[str]]) -> Query:
        known = {**lists, **LISTS}
        ids = {"agreements": catalogue.agreements, "sectors": catalogue.sectors, "stages": catalogue.stages}
        return parse(query, lists=known, **ids)

    begin = partial(database.begin, BacktestQueries)
    return Backtest(begin, desk_transactions(database), _AtNoon(), read, lambda _: ())


if __name__ == "__main__":
    main()

"""Prints what the desk's pages cost at 100,000 articles, each for one of 100 people who are signed in.

python -m benchmarks.desk [--articles 100000] [--people 100] [--requests 300] [--folder DIR] [--only NAME]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import re
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from benchmarks.backtest.loading import load
from benchmarks.backtest.processor import seconds
from benchmarks.desk.made_desk import HOME, TIMES, desk_on, furnish, multiply, signed_in
from migrations.upgrade import upgrade
from services.cli.engines.supervisor import engines_at
from shared.store.unit_of_work import Database

STATIC = "static file"
WARMING = 20


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one kind of page, and the bytes of one."""

    wall: Sequence[float]
    own: Sequence[float]
    both: float
    size: int


def main() -> None:
    """Make the house where it is not there yet, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--requests", type=int, default=300, help="of each page")
    parser.add_argument("--folder", type=Path, help="where the house is kept for another run")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = asked.folder or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        with engines_at(folder, nats=False) as engines:
            asyncio.run(_measure(engines.database_url, engines.pids["postgres"], asked))


async def _measure(url: str, postmaster: int, asked: argparse.Namespace) -> None:
    database = Database(url)
    await upgrade(database)
    connection = await asyncpg.connect(url)
    if not await connection.fetchval("SELECT count(*) FROM archived_articles"):
        await load(connection, asked.articles // TIMES)
        await multiply(connection)
    if not await connection.fetchval("SELECT count(*) FROM alerts"):
        await furnish(connection, database)
    stories = "SELECT count(*), count(DISTINCT story_id), (SELECT count(*) FROM alerts) FROM articles"
    print("{:,} articles in {:,} stories, {:,} alerts".format(*await connection.fetchrow(stories)))
    app, house = desk_on(database)
    tokens = await signed_in(house, asked.people)
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as browser:
        addresses = await _addresses(browser, connection, tokens[0])
        gc.collect()
        gc.freeze()  # as the desk does when it starts
        base = await _cost(browser, addresses[STATIC], tokens, asked.requests, postmaster)
        print("\n| page | bytes | wall p50 ms | p95 | own processor p50 ms | p95 | with Postgres, mean | × static |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name, address in addresses.items():
            if asked.only in name:
                cost = base if name == STATIC else await _cost(browser, address, tokens, asked.requests, postmaster)
                print(_row(name, cost, base), flush=True)
    await connection.close()
    await database.close()


async def _addresses(
    browser: httpx.AsyncClient, connection: asyncpg.Connection[asyncpg.Record], token: str
) -> Mapping[str, str]:
    """Return an address of each kind of page."""
    first = (await browser.get("/", headers=_cookie(token))).text
    older = re.search(r'href="(/\?before=[^"]*)" rel="next"', first)
    deep = await connection.fetchrow(
        "SELECT fetched_at, story_id FROM articles ORDER BY fetched_at OFFSET 1000 LIMIT 1"
    )
    alert_id, article_id, story_id = await connection.fetchrow(
        "SELECT alert_id, article_id, story_id FROM alerts ORDER BY raised_at DESC LIMIT 1"
    )
    at = int(deep["fetched_at"].timestamp() * 1e6)
    assert older
    return {
        STATIC: "/static/desk.css",
        "Today": "/",
        "Today, its fragment": "/fragments/today",
        "Today, second page": older[1],
        "Today, nearly the last page": f"/?before={at}-{deep['story_id'].hex}",
        "Today, with an alert": "/?alerted=1",
        "Today, everything": "/?all=1",
        "Today, a sector (many)": "/?q=sector:defence",
        "Today, an agreement (few)": "/?q=agreement:relos",
        "Today, two facts": "/?q=sector:defence+AND+lang:ru",
        "Today, a word": "/?q=energy",
        "Today, a phrase": '/?q="working+group"',
        "Today, nothing is so": "/?q=sector:defence+AND+zanzibarium",
        "Story": f"/stories/{story_id}",
        "Article": f"/articles/{article_id}",
        "Alert": f"/alerts/{alert_id}",
    }


async def _cost(
    browser: httpx.AsyncClient, address: str, tokens: Sequence[str], requests: int, postmaster: int
) -> Cost:
    wall, own, size = [], [], 0
    before = 0.0
    for number in range(requests + WARMING):
        if number == WARMING:
            before = seconds(postmaster)
        began, busy = time.perf_counter(), time.process_time()
        answer = await browser.get(address, headers=_cookie(tokens[number % len(tokens)]))
        if number >= WARMING:
            wall.append(1e3 * (time.perf_counter() - began))
            own.append(1e3 * (time.process_time() - busy))
        assert answer.status_code == 200, (address, answer.status_code)
        size = len(answer.content)
    return Cost(wall, own, 1e3 * (seconds(postmaster) - before) / requests, size)


def _cookie(token: str) -> dict[str, str]:
    return {"cookie": f"pactwatch={token}"}


def _row(name: str, cost: Cost, base: Cost) -> str:
    figures = (*_percentiles(cost.wall), *_percentiles(cost.own), cost.both)
    ratio = statistics.median(cost.own) / statistics.median(base.own)
    return f"| {name} | {cost.size:,} | {' | '.join(f'{each:.1f}' for each in figures)} | {ratio:.0f} |"


def _percentiles(figures: Sequence[float]) -> tuple[float, float]:
    return statistics.median(figures), statistics.quantiles(figures, n=20)[-1]


if __name__ == "__main__":
    main()

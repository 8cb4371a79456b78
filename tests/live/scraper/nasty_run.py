"""One scraper at the whole nasty site at once, beside sources in good health: what became of each, at what cost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import psutil  # type: ignore[import-untyped]
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from services.scraper.domain.source import SourceState
from shared.kit.waiting import pause
from shared.store.definitions import SourceRow
from shared.store.harvest import SourceStateRow
from shared.store.unit_of_work import Database, Work
from tests.live.scraper import nasty_scraper
from tests.live.scraper.nasty_feeds import FEEDS
from tests.live.scraper.nasty_hosts import HOSTS
from tests.live.scraper.nasty_pages import PAGES
from tests.live.scraper.nasty_site import Behaviour, NastySite, a_nasty_site
from tests.live.scraper.nasty_words import feed, item, rss
from tests.live.scraper.newsstand import NOW

ROOT = Path(nasty_scraper.__file__).parents[3]
HEALTHY = tuple(Behaviour(f"healthy_{number}", feed(rss(item(number))), looks=2) for number in range(30))
HEALTHY_EVERY_SECONDS = 5
NASTY_EVERY_SECONDS = 3600  # each strikes once; those that need several looks come back …
OFTEN_SECONDS = 2  # … so often
STRIKES_WITHIN_SECONDS = 30.0  # one after the other, those that take longest first
GET_SECONDS = 10.0  # the product's 30 seconds for a look would only make the run longer
SHORTEST_RUN_SECONDS = 40.0
LONGEST_RUN_SECONDS = 90.0
SAMPLE_SECONDS = 0.1

_REMEMBER_EVERY_LOOK = (
    "CREATE TABLE looks_taken (nth bigserial, source_id uuid, state text, said text, wait integer)",
    """
    CREATE FUNCTION remember_look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO looks_taken (source_id, state, said, wait)
        VALUES (NEW.source_id, NEW.state, NEW.last_error, NEW.interval_seconds);
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER remember_look AFTER UPDATE ON source_states FOR EACH ROW
    WHEN (NEW.last_look_at IS DISTINCT FROM OLD.last_look_at) EXECUTE FUNCTION remember_look()
    """,
)
# As if the tries between had failed like the first: the article is there after the second failure.
_HURRY = """
    UPDATE entries SET failures = 3, next_try_at = clock_timestamp()
    WHERE state = 'waiting' AND failures BETWEEN 1 AND 2 AND leased_until IS NULL
"""


@dataclass(frozen=True)
class Seen:
    """What became of a behaviour's source: every look's state and sentence, the last wait, its entries and article."""

    looks: tuple[tuple[str, str], ...] = ()
    wait_seconds: int = 0
    titles: tuple[str, ...] = ()
    open_entries: int = 0
    article_from: str = ""
    gate: str | None = None
    article: str = ""

    @property
    def states(self) -> tuple[SourceState, ...]:
        return tuple(SourceState(state) for state, _ in groupby(state for state, _ in self.looks))

    @property
    def said(self) -> str:
        return self.looks[-1][1] if self.looks else ""


@dataclass
class Report:
    """What the run showed; memory in bytes of resident memory of all its processes together."""

    seen: dict[str, Seen] = field(default_factory=dict)
    asked: dict[str, list[float]] = field(default_factory=dict)
    peak_bytes: int = 0
    peaks_by_process: dict[int, int] = field(default_factory=dict)
    at_peak: tuple[int, ...] = ()
    began_at: float = 0.0
    stopped_at: float = 0.0
    stop_seconds: float = 0.0
    exit_code: int | None = None
    children_left: int = 0
    leases_left: int = 0
    tasks_left: list[str] = field(default_factory=list)
    longest_turns: list[float] = field(default_factory=list)
    cpu_seconds: dict[int, float] = field(default_factory=dict)
    log: str = ""


async def run_it(database_url: str) -> Report:
    """Let a scraper loose on everything at once."""
    report = Report(began_at=monotonic())
    database = Database(database_url)
    behaviours = {each.name: each for each in (*HEALTHY, *PAGES, *HOSTS, *FEEDS)}
    async with a_nasty_site(behaviours) as site:
        ids = await _define(database, site)
        async with _a_scraper(database_url, report) as (scraper, output):
            await _until_all_is_seen(database, site, scraper, report, ids)
            report.asked = {name: list(times) for name, times in site.asked.items()}
            await _stop(scraper, output, report)
        report.seen = await _seen(database, ids)
        report.leases_left = await _leases_left(database)
    await database.close()
    return report


async def _define(database: Database, site: NastySite) -> dict[UUID, str]:
    rows = [_row(site, each) for each in site.behaviours.values()]
    async with database.begin(Work) as work:
        await work.session.execute(insert(SourceRow).values(rows))
        await work.session.execute(insert(SourceStateRow).values(_strikes(rows)))
        for statement in _REMEMBER_EVERY_LOOK:
            await work.session.execute(text(statement))
    return {row["source_id"]: row["name"] for row in rows}


def _strikes(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return when each is looked at for the first time: the healthy ones at once, the others one after the other."""
    apart = timedelta(seconds=STRIKES_WITHIN_SECONDS) / len(rows)
    now = datetime.now(UTC)
    return [
        {"source_id": row["source_id"], "next_look_at": now + max(0, nth - len(HEALTHY)) * apart}
        for nth, row in enumerate(rows)
    ]


def _row(site: NastySite, behaviour: Behaviour) -> dict[str, Any]:
    every = OFTEN_SECONDS if behaviour.looks > 1 else NASTY_EVERY_SECONDS
    return {
        "source_id": uuid4(),
        "name": behaviour.name,
        "url": site.url(behaviour.name, "/feed", behaviour.scheme),
        "kind": behaviour.kind,
        "language": behaviour.language,
        "country": "IN",
        "every_seconds": HEALTHY_EVERY_SECONDS if behaviour in HEALTHY else every,
        "created_at": NOW,
    }


@asynccontextmanager
async def _a_scraper(
    database_url: str, report: Report
) -> AsyncIterator[tuple[psutil.Process, asyncio.subprocess.Process]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", nasty_scraper.__name__, database_url, str(GET_SECONDS)),
        cwd=ROOT,
        env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr
    reading = asyncio.create_task(process.stderr.read())
    try:
        yield psutil.Process(process.pid), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        report.log = (await reading).decode(errors="replace")


async def _until_all_is_seen(
    database: Database, site: NastySite, scraper: psutil.Process, report: Report, ids: dict[UUID, str]
) -> None:
    """Weigh the scraper all the while; look every second whether there is enough to judge everybody by."""
    nth = 0
    while monotonic() - report.began_at < LONGEST_RUN_SECONDS:
        await pause(SAMPLE_SECONDS, site.closing)
        _weigh(scraper, report)
        nth += 1
        if nth % 10 == 0:
            async with database.begin(Work) as work:
                await work.session.execute(text(_HURRY))
            seen = await _seen(database, ids)
            ripe = monotonic() - report.began_at > SHORTEST_RUN_SECONDS
            if ripe and all(_is_enough(each, seen[name]) for name, each in site.behaviours.items()):
                return


def _is_enough(behaviour: Behaviour, seen: Seen) -> bool:
    return len(seen.looks) >= behaviour.looks and bool(seen.article_from or not behaviour.article)


def _weigh(scraper: psutil.Process, report: Report) -> None:
    weights: dict[int, int] = {}
    for process in (scraper, *scraper.children(recursive=True)):
        try:
            weights[process.pid] = process.memory_full_info().pss  # what they share counts once
            report.cpu_seconds[process.pid] = sum(process.cpu_times()[:2])
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    for pid, weight in weights.items():
        report.peaks_by_process[pid] = max(weight, report.peaks_by_process.get(pid, 0))
    if sum(weights.values()) > report.peak_bytes:
        report.peak_bytes, report.at_peak = sum(weights.values()), tuple(weights.values())


async def _stop(scraper: psutil.Process, process: asyncio.subprocess.Process, report: Report) -> None:
    children = scraper.children(recursive=True)
    report.stopped_at = monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.stdout
    async with asyncio.timeout(60):
        output = await process.stdout.read()
        report.exit_code = await process.wait()
    report.stop_seconds = monotonic() - report.stopped_at
    said = json.loads(output or b'{"tasks": ["it said nothing"], "longest_turns": []}')
    report.tasks_left, report.longest_turns = said["tasks"], said["longest_turns"]
    report.children_left = len(psutil.wait_procs(children, timeout=1)[1])


async def _seen(database: Database, ids: dict[UUID, str]) -> dict[str, Seen]:
    looks: dict[UUID, list[Any]] = defaultdict(list)
    for row in await _rows(database, "SELECT source_id, state, said, wait FROM looks_taken ORDER BY nth"):
        looks[row.source_id].append(row)
    entries: dict[UUID, list[Any]] = defaultdict(list)
    for row in await _rows(database, "SELECT source_id, title, state FROM entries ORDER BY url"):
        entries[row.source_id].append(row)
    articles = {row.source_id: row for row in await _rows(database, "SELECT * FROM articles")}
    return {name: _seen_of(looks[key], entries[key], articles.get(key)) for key, name in ids.items()}


def _seen_of(looks: Sequence[Any], entries: Sequence[Any], article: Any) -> Seen:
    return Seen(
        looks=tuple((row.state, row.said or "") for row in looks),
        wait_seconds=looks[-1].wait if looks else 0,
        titles=tuple(row.title for row in entries),
        open_entries=sum(row.state == "waiting" for row in entries),
        article_from=article.text_from if article else "",
        gate=article.gate if article else None,
        article=article.text if article else "",
    )


async def _leases_left(database: Database) -> int:
    held = [
        await _rows(database, f"SELECT 1 FROM {table} WHERE leased_until > clock_timestamp()")
        for table in ("source_states", "entries")
    ]
    return sum(map(len, held))


async def _rows(database: Database, statement: str) -> Sequence[Any]:
    async with database.begin(Work) as work:
        return (await work.session.execute(text(statement))).all()

"""Polls thousands of simulated sources with the product's own scraper process, and says how well it kept time.

python -m benchmarks.polling --sources 2000 --minutes 10 [--mix] [--quiet] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.polling import house
from benchmarks.polling.outlets import outlets_of
from benchmarks.polling.processes import Meter, machine_seconds
from benchmarks.polling.report import Moment, Run, findings, told
from benchmarks.polling.watching import Watcher
from migrations.upgrade import upgrade
from services.cli.engines.supervisor import engines_at
from shared.store.unit_of_work import Database

TICK_SECONDS = 2.0
MEMORY_EVERY_TICKS = 5  # reading proportional shares costs the kernel some milliseconds a process
STATISTICS_SECONDS = 1.5  # the database's counters are that much behind
STARTUP_SECONDS = 900.0  # a run in which some source is not looked at by then is given up


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    sources: int
    minutes: float
    mix: bool
    quiet: bool
    entries: int
    seed: int


def main() -> None:
    """Run, and print what was found; with --keep also the raw record is written."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.polling", description=__doc__)
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=10.0, help="counted from when every source was looked at once")
    parser.add_argument("--mix", action="store_true", help="fixed paces of 60, 120 and 300 s, instead of the product's")
    parser.add_argument("--quiet", action="store_true", help="nobody publishes: what looks alone cost")
    parser.add_argument("--entries", type=int, default=10, help="articles in each feed at the start, all to be read")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the logs and the findings as JSON")
    given = vars(parser.parse_args())
    keep: Path | None = given.pop("keep")
    asked = Asked(**given)
    with _folder() as folder, engines_at(folder / "engines") as engines:
        where = house.Engines(
            engines.database_url, engines.nats_url, engines.pids["postgres"], engines.pids["nats-server"]
        )
        found = asyncio.run(_run(asked, where, folder))
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / "findings.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
            for log in folder.glob("*.log"):
                shutil.copy(log, keep)
    print(told(found))


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pactwatch-polling-") as folder:
        Path(folder).chmod(0o755)  # Postgres may run under another account, and must get in
        (Path(folder) / "engines").mkdir()
        yield Path(folder)


async def _run(asked: Asked, engines: house.Engines, folder: Path) -> dict[str, object]:
    database = Database(engines.database_url)
    await upgrade(database)
    await database.close()
    began_at = time.time()
    making: dict[str, object] = {
        "count": asked.sources,
        "began_at": began_at,
        "ends_at": began_at + STARTUP_SECONDS + asked.minutes * 60,
        "entries": asked.entries,
        "seed": asked.seed,
        "quiet": asked.quiet,
    }
    outlets = outlets_of(**making)  # type: ignore[arg-type]
    port = house.free_port()
    house.write_sources(folder / "sources.yaml", outlets, port, mix=asked.mix)
    importing = time.monotonic()
    await house.pactwatch(engines, folder, "source", "import", str(folder / "sources.yaml"))
    import_seconds = time.monotonic() - importing
    watcher = await Watcher.on(engines.database_url)
    async with house.feed_server(making, port, folder / "requests.log") as feeds:
        started_at = time.time()
        async with house.scraper(engines, folder, folder / "scraper.log") as scraping:
            meter = Meter(
                scraper=scraping.pid,
                postgres=engines.postgres_pid,
                nats=engines.nats_pid,
                feeds=feeds.pid,
                left_out=watcher.pid,
            )
            watch = _Watch(watcher, meter)
            moments = [await watch.moment()]
            await watch.until_all_were_looked_at(asked.sources)
            moments.append(await watch.moment())
            await watch.for_seconds(asked.minutes * 60)
            moments.append(await watch.moment())
            run = Run(
                asked=asdict(asked),
                outlets=outlets,
                started_at=started_at,
                import_seconds=import_seconds,
                moments=moments,
                waiting=watch.waiting,
                drained_at=watch.drained_at,
                chosen=watcher.chosen,
                stored=await watcher.stored(),
                states=await watcher.states(),
            )
    await watcher.connection.close()
    with (folder / "requests.log").open() as log:
        return findings(run, log)


class _Watch:
    """Reads everything every two seconds."""

    def __init__(self, watcher: Watcher, meter: Meter) -> None:
        self._watcher = watcher
        self._meter = meter
        self._ticks = 0
        self.waiting: list[tuple[float, int]] = []
        self.drained_at: float | None = None

    async def moment(self) -> Moment:
        """Read everything now."""
        await asyncio.sleep(STATISTICS_SECONDS)
        await self._watcher.note_choices()
        return Moment(
            at=time.time(),
            costs=self._meter.read(memory=True),
            machine_seconds=machine_seconds(),
            transactions=await self._watcher.total_transactions(),
            wal_bytes=await self._watcher.wal_bytes(),
            counts=await self._watcher.counts(),
            load=os.getloadavg()[0],
        )

    async def until_all_were_looked_at(self, sources: int) -> None:
        """Wait for the start-up to be over."""
        gives_up_at = time.monotonic() + STARTUP_SECONDS
        while (await self._tick())["looked_at"] < sources:
            if time.monotonic() > gives_up_at:
                raise RuntimeError(f"some of {sources} sources were not looked at within {STARTUP_SECONDS:.0f} s")

    async def for_seconds(self, seconds: float) -> None:
        """Watch for so long."""
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            await self._tick()

    async def _tick(self) -> dict[str, int]:
        await asyncio.sleep(TICK_SECONDS)
        self._ticks += 1
        self._meter.read(memory=self._ticks % MEMORY_EVERY_TICKS == 0)
        await self._watcher.note_choices()
        counts = await self._watcher.counts()
        self.waiting.append((time.time(), counts["waiting"]))
        if counts["waiting"] <= 20 and counts["articles"] > 0 and self.drained_at is None:
            self.drained_at = time.time()
        return counts


if __name__ == "__main__":
    main()

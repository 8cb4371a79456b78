"""Ten thousand alerts to 200 webhook endpoints, 20 of them dead and 20 slow: `python -m benchmarks.delivery`.

A whole notifier (bus, ledger, sends) runs in this process on a Postgres and a nats-server of its own; the endpoints in
another. What counts is the time from an alert's raising to its arrival at a healthy endpoint.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]
from sqlalchemy import text

from benchmarks.delivery import sinks
from benchmarks.delivery.newsroom import raise_alerts, watch
from migrations.upgrade import upgrade
from services.cli.engines.supervisor import engines_at
from services.notifier.app import notifier
from shared.catalogue.loader import load_catalogue
from shared.hosting.host import Host
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database, Work
from shared.web.backend import IPAddress
from shared.web.client import make_client
from shared.web.guard import AllowedHosts

ENDPOINTS = 200
_DRAIN_SECONDS = 30.0  # after the last alert; what is slow or dead by then waits in the ledger


@dataclass(frozen=True)
class Run:
    """What a run is given."""

    alerts: int
    at_once: int
    per_second: float
    peer: str | None = None


async def _home(_host: str, _port: int) -> Sequence[IPAddress]:
    return [ip_address("127.0.0.1")]


def _addresses(port: int) -> list[str]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()[1]
    ports = [closed if sinks.kind_of(number) == sinks.REFUSING else port for number in range(ENDPOINTS)]
    return [f"http://{sinks.host_of(number)}:{each}/hook" for number, each in enumerate(ports)]


async def _deliver(run: Run, database: Database, nats_url: str, port: int) -> dict[str, object]:
    await upgrade(database)
    watched = await watch(database, _addresses(port))
    web = make_client(allowed=AllowedHosts.parse("127.0.0.0/8"), user_agent="Pactwatch/benchmark", resolve=_home)
    ground = Ground(Settings(), database, SystemClock(), load_catalogue(), web)
    host, stop = Host([notifier(ground)], ground, nats_url), asyncio.Event()
    running = asyncio.create_task(host.run(stop))
    await host.ready.wait()
    began, cpu = time.monotonic(), time.process_time()
    await raise_alerts(database, watched, run.alerts, run.at_once, run.per_second)
    raised_seconds = time.monotonic() - began
    await _drained(database, run.alerts)
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    states = await _states(database)
    stop.set()
    await running
    await web.aclose()
    return {
        "raising took s": round(raised_seconds, 1),
        "until the healthy had theirs s": round(seconds, 1),
        "notifier CPU s": round(cpu_seconds, 1),
        "notifier most MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "ledger": states,
    }


async def _drained(database: Database, alerts: int) -> None:
    """Wait until everything for the healthy is sent, or half a minute longer than it should take."""
    deadline = time.monotonic() + _DRAIN_SECONDS + alerts / 100
    bad = [sinks.host_of(number) for number in range(ENDPOINTS) if sinks.kind_of(number) != sinks.HEALTHY]
    left = text(
        "SELECT count(*) FROM deliveries WHERE state <> 'sent' AND substring(address FROM '//([^:]+)') <> ALL (:bad)"
    )
    while time.monotonic() < deadline:
        async with database.begin(Work) as work:
            if not (await work.session.execute(left, {"bad": bad})).scalar_one():
                return
        await asyncio.sleep(0.25)


async def _states(database: Database) -> dict[str, int]:
    async with database.begin(Work) as work:
        rows = await work.session.execute(text("SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state"))
        return dict(tuple(row) for row in rows)


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def _report(arrivals: list[tuple[int, str, str, float]]) -> dict[str, object]:
    latencies: dict[str, list[float]] = {kind: [] for kind in (sinks.HEALTHY, sinks.SLOW)}
    for number, _, raised_at, arrived_at in arrivals:
        kind = sinks.kind_of(number)
        if kind in latencies:
            latencies[kind].append(arrived_at - datetime.fromisoformat(raised_at).timestamp())
    healthy = latencies[sinks.HEALTHY]
    ids = Counter(message for number, message, _, _ in arrivals if sinks.kind_of(number) == sinks.HEALTHY)
    return {
        "healthy arrivals": len(healthy),
        "doubles at the healthy": sum(count - 1 for count in ids.values()),
        "p50 s": round(_percentile(healthy, 0.5), 3),
        "p99 s": round(_percentile(healthy, 0.99), 3),
        "most s": round(max(healthy, default=float("nan")), 3),
        "slow arrivals": len(latencies[sinks.SLOW]),
    }


async def _deliver_on(run: Run, database_url: str, nats_url: str, port: int) -> dict[str, object]:
    database = Database(database_url)
    try:
        return await _deliver(run, database, nats_url, port)
    finally:
        await database.close()


def _let_peer_deliver(run: Run, database_url: str, port: int) -> dict[str, object]:
    assert run.peer is not None
    endpoints = []
    for number, address in enumerate(_addresses(port)):
        parts = urlsplit(address)
        endpoints.append([f"http://127.0.0.1:{parts.port}{parts.path}", sinks.host_of(number)])
    numbers = ["--alerts", str(run.alerts), "--at-once", str(run.at_once), "--per-second", str(run.per_second)]
    given = ["--database", database_url, "--endpoints", json.dumps(endpoints), *numbers]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([run.peer, "-m", "benchmarks.delivery.peer", *given], check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"peer CPU s": round(cpu, 1), "peer most MB": after.ru_maxrss // 1024}


def measure(run: Run) -> dict[str, object]:
    """Run once and return what was found."""
    busy = psutil.cpu_times_percent(interval=1.0)
    with tempfile.TemporaryDirectory(prefix="delivery-") as folder, engines_at(Path(folder)) as engines:
        command = [sys.executable, "-m", sinks.__name__]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            port = int(process.stdout.readline())
            if run.peer:
                found = _let_peer_deliver(run, engines.database_url, port)
            else:
                found = asyncio.run(_deliver_on(run, engines.database_url, engines.nats_url, port))
            process.stdin.close()
            arrivals = json.loads(process.stdout.read())
    others = f"{100 - busy.idle:.0f} % of the processors were others' before the run"
    return {**_report(arrivals), **found, "machine": others}


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivery", description=__doc__)
    parser.add_argument("--alerts", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=1, help="alerts raised together, each for another endpoint")
    parser.add_argument("--per-second", type=float, default=100.0, help="alerts raised a second, on the whole")
    parser.add_argument("--peer", help="a Python with procrastinate and httpx, measured after ours")
    given = parser.parse_args()
    logging.disable(logging.ERROR)
    for peer in (None, given.peer) if given.peer else (None,):
        sys.stdout.write(f"procrastinate, by {peer}\n" if peer else "ours\n")
        for name, value in measure(Run(given.alerts, given.at_once, given.per_second, peer)).items():
            sys.stdout.write(f"{name:32} {value}\n")


if __name__ == "__main__":
    main()

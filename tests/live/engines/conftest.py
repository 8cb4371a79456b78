"""A data folder to start engines on, a parent to kill, and a way to wait for what another process does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from services.cli.engines.datadir import DataDir
from services.cli.engines.leftover import look_at
from services.cli.engines.supervisor import Engines
from tests.live.engines.guests import Guests, Parent, Until

PARENT = """
import asyncio, json, sys
from pathlib import Path
from services.cli.engines.datadir import DataDir
from services.cli.engines.supervisor import Engines

async def main():
    data = DataDir(Path(sys.argv[1]))
    data.prepare()
    data.lock()
    engines = Engines()
    await engines.start(data, nats=True, postgres=True)
    print(json.dumps({"pids": engines.pids, "nats": engines.nats_url, "database": engines.database_url}), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def until() -> Until:
    """Wait for a condition that no event of ours announces: another process made it true."""

    def wait(condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true in time"
            time.sleep(0.01)

    return wait


@pytest.fixture
def data(tmp_path: Path) -> Iterator[DataDir]:
    folder = DataDir(tmp_path / "data")
    folder.prepare()
    folder.lock()
    yield folder
    folder.unlock()


@pytest.fixture
async def engines() -> AsyncIterator[Engines]:
    """Engines not yet started, and stopped whatever happens."""
    held = Engines()
    yield held
    await held.stop()


@pytest.fixture
def start_parent(tmp_path: Path) -> Iterator[Callable[[Path], Parent]]:
    started: list[subprocess.Popen[str]] = []

    def start(path: Path) -> Parent:
        process = subprocess.Popen([sys.executable, "-c", PARENT, str(path)], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return Parent(process)

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def lives() -> Callable[[int], bool]:
    return lambda pid: look_at(pid) is not None


@pytest.fixture
def kill() -> Callable[[int], None]:
    return lambda pid: os.kill(pid, signal.SIGKILL)


@pytest.fixture
def guests() -> Guests:
    return Guests()

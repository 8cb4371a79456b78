"""Holds the embedded engines: starts them together, brings back one that dies, stops them at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.cli.engines.datadir import DataDir
from services.cli.engines.engine import EmbeddedEngine
from services.cli.engines.nats import start_nats
from services.cli.engines.postgres import start_postgres

_log = logging.getLogger(__name__)

# Before each new try; the last one is for ever. The first is short because every service waits for the engine.
_RESTART_WAITS_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_STEADY_SECONDS = 60.0  # an engine that has run this long is healthy: its next death is a new story


class Engines:
    """The engines of one data folder."""

    def __init__(self) -> None:
        self._engines: dict[str, EmbeddedEngine] = {}
        self._watches: list[asyncio.Task[None]] = []

    @property
    def nats_url(self) -> str:
        """The URL of the NATS server; RuntimeError when none was started."""
        return self._engine("nats-server").url

    @property
    def database_url(self) -> str:
        """The URL of the database; RuntimeError when none was started."""
        return self._engine("postgres").url

    @property
    def pids(self) -> dict[str, int]:
        """The processes by name (`nats-server`, `postgres`), as they are now."""
        return {name: engine.pid for name, engine in self._engines.items() if engine.pid is not None}

    async def start(self, data: DataDir, *, nats: bool, postgres: bool) -> None:
        """Start the wanted engines on a folder that is prepared and locked; all of them or none. Main thread only.

        An engine that dies later is started again on the same port. Raises PactwatchError when one does not come up.
        """
        if self._engines:
            raise RuntimeError("these engines were started before")
        starts: list[Coroutine[None, None, EmbeddedEngine]] = []
        if nats:
            starts.append(start_nats(data.path))
        if postgres:
            starts.append(start_postgres(data.path))
        for engine in await _all_or_none(starts):
            self._engines[engine.name] = engine
            self._watches.append(asyncio.create_task(_keep_running(engine), name=f"keep {engine.name} running"))

    async def stop(self) -> None:
        """Stop what runs, within bounded time; never raises, and may be called at any time and again."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        await asyncio.gather(*(_stop(engine) for engine in self._engines.values()))

    def _engine(self, name: str) -> EmbeddedEngine:
        if name not in self._engines:
            raise RuntimeError(f"{name} was not started")
        return self._engines[name]


async def _all_or_none(starts: list[Coroutine[None, None, EmbeddedEngine]]) -> list[EmbeddedEngine]:
    tasks = [asyncio.create_task(start) for start in starts]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, EmbeddedEngine):
                await _stop(outcome)
        raise


async def _stop(engine: EmbeddedEngine) -> None:
    try:
        await engine.stop()
    except Exception:  # noqa: BLE001  # the other engine must still be stopped
        _log.exception("%s could not be stopped", engine.name)


async def _keep_running(engine: EmbeddedEngine) -> None:
    """Bring the engine back whenever it ends, waiting longer each time that it does not hold."""
    clock = asyncio.get_running_loop().time
    fall = 0
    while True:
        up_since = clock()
        code = await engine.wait()
        fall = 0 if clock() - up_since >= _STEADY_SECONDS else fall
        _log.warning("%s ended with code %s, starting it again on port %s", engine.name, code, engine.port)
        fall = await _bring_back(engine, fall)


async def _bring_back(engine: EmbeddedEngine, fall: int) -> int:
    """Try until it answers; return how many tries the story has taken."""
    while True:
        await asyncio.sleep(_RESTART_WAITS_SECONDS[min(fall, len(_RESTART_WAITS_SECONDS) - 1)])
        fall += 1
        try:
            await engine.start()
        except Exception as error:  # noqa: BLE001  # whatever is wrong now may be right at the next try
            _log.error("%s does not come back yet (try %s): %s", engine.name, fall, error)
        else:
            _log.warning("%s is back, process %s on port %s", engine.name, engine.pid, engine.port)
            return fall


@contextmanager
def engines_at(path: Path, *, nats: bool = True, postgres: bool = True) -> Iterator[Engines]:
    """Hold engines on a folder from code that is not async, for as long as a `with` lasts: benchmarks, whole test runs.

    They are nobody's loop's: any number of event loops may come and go meanwhile. An engine that dies stays dead, as
    the loop that would bring it back does not run. Raises PactwatchError as `DataDir` and `Engines.start` do.
    """
    data = DataDir(path)
    data.prepare()
    data.lock()
    engines = Engines()
    try:
        with asyncio.Runner() as runner:
            try:
                runner.run(engines.start(data, nats=nats, postgres=postgres))
                yield engines
            finally:
                runner.run(engines.stop())
    finally:
        data.unlock()

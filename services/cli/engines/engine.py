"""What the embedded engines have in common: start until ready or fail with a reason, start again, stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from abc import ABC, abstractmethod
from pathlib import Path

from services.cli.engines import ports
from services.cli.engines.account import AS_WE_ARE, Footing
from services.cli.engines.child import ChildProcess
from services.cli.engines.leftover import end_leftover
from services.cli.engines.papers import Papers
from shared.kit.errors import PactwatchError

_log = logging.getLogger(__name__)

_READY_SECONDS = 120.0  # recovery after a power cut reads the whole store; a child that died is noticed at once
_FIRST_LOOK_SECONDS = 0.005
_LONGEST_LOOK_SECONDS = 0.1
_PORT_TRIES = 5  # someone may take a free port between our look and the engine's bind
_FAILED_START_SECONDS = 5.0


class EmbeddedEngine(ABC):
    """One engine on one data folder and one port. `start` it, `wait` for its end, `start` it again, `stop` it."""

    name: str
    death_signal: signal.Signals

    def __init__(self, data: Path) -> None:
        self.data = data
        self.papers = Papers(data, self.name)
        self.footing: Footing = AS_WE_ARE
        self.port = 0
        self._child: ChildProcess | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address with its secret; the same at every start as long as the port is free."""

    @property
    def pid(self) -> int | None:
        """The engine's process, None before the first start."""
        return self._child.pid if self._child else None

    async def start_on_kept_port(self) -> None:
        """Start on the port of the last time, or on another one when that is taken.

        Raises PactwatchError with the engine's last words when it does not come up.
        """
        for tries_left in reversed(range(_PORT_TRIES)):
            self.port = ports.kept_port(self.papers.port_file)
            try:
                await self.start()
            except PactwatchError:
                if not tries_left or ports.is_free(self.port):
                    raise
            else:
                return

    async def start(self) -> None:
        """Start on `self.port` and return when it answers; leaves no process behind when it does not.

        Raises PactwatchError with the engine's last words.
        """
        await end_leftover(self.papers, self.death_signal)
        await self._before_start()
        self._child = child = self.spawn(self._command())
        try:
            await self._until_ready(child)
        except BaseException:
            await child.stop(self.death_signal, _FAILED_START_SECONDS)
            raise

    def spawn(self, command: list[str]) -> ChildProcess:
        """Start a child on this engine's papers."""
        return ChildProcess.spawn(command, self.papers, death_signal=self.death_signal, footing=self.footing)

    async def wait(self) -> int:
        """Return the exit code once the engine has ended; it must have been started."""
        if self._child is None:
            raise RuntimeError(f"{self.name} was never started")
        return await self._child.wait()

    async def stop(self) -> None:
        """End the engine within bounded time; does nothing when it does not run."""
        if self._child is not None and self._child.ended is None:
            await self._end(self._child)

    async def _until_ready(self, child: ChildProcess) -> None:
        pause_seconds = _FIRST_LOOK_SECONDS
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while not await self._is_ready(child):
                    if child.ended is not None:
                        raise self._failure(child, f"ended with code {child.ended}")
                    await asyncio.sleep(pause_seconds)
                    pause_seconds = min(pause_seconds * 1.5, _LONGEST_LOOK_SECONDS)
        except TimeoutError:
            raise self._failure(child, f"did not answer within {_READY_SECONDS:.0f} s") from None

    def _failure(self, child: ChildProcess, what: str) -> PactwatchError:
        words = child.last_words
        said = f" Its last words:\n{words}\n" if words else ""
        return PactwatchError(f"{self.name} {what}.{said}", mend=f"Its log is {self.papers.log_file}.")

    @abstractmethod
    async def _before_start(self) -> None:
        """Clear what would be in the way of a start."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return the command line; it contains the data folder's path and no secret."""

    @abstractmethod
    async def _is_ready(self, child: ChildProcess) -> bool:
        """Tell whether the engine answers."""

    @abstractmethod
    async def _end(self, child: ChildProcess) -> None:
        """End the running child, by force if need be."""

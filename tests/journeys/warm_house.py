"""A house for those who start it again and again: each start is forked from a process that has imported everything.

It is a process as any other, which a signal ends as any other, with its own session, environment and engines; two
seconds of processor time are saved. That the command itself starts from nothing is seen by the other journeys.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection

from services.cli.app import main
from shared.kit import failpoints
from tests.journeys.house import House, Running

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.journeys.imported"])  # by name: only the process that is forked imports it


def _be_pactwatch(arguments: tuple[str, ...], environment: Mapping[str, str], printed: Connection) -> None:
    """Become a command that was just started."""
    os.setsid()
    for stream in (1, 2):
        os.dup2(printed.fileno(), stream)
    printed.close()
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", encoding="utf-8", closefd=False) for stream in (1, 2))
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(failpoints)  # reads its setting when it is imported
    sys.argv = ["pactwatch", *arguments]
    main()


class Forked:
    """A process by the names that `subprocess.Popen` has for what we ask of one."""

    def __init__(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
        reader, writer = _FORKS.Pipe(duplex=False)
        self._process = _FORKS.Process(target=_be_pactwatch, args=(arguments, environment, writer), daemon=True)
        self._process.start()
        writer.close()
        self.stdout = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
        reader.close()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Wait until it ends, and return how."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("pactwatch", timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()


class WarmHouse(House):
    """A house whose starts are forked; its other commands are run as always."""

    def spawned(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> Running:
        """Start a process of its own."""
        return Running(Forked(arguments, environment))

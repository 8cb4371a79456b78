"""A child process whose life hangs on ours, and that ends when it is asked to or when it is made to."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

from services.cli.engines import leftover
from services.cli.engines.account import Footing, launcher
from services.cli.engines.papers import Papers

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.1  # only where the kernel has no pidfd (macOS)
_AFTER_KILL_SECONDS = 10.0  # a process in a disk's hands dies when the disk answers
# What a child may know of our environment: how to find libraries and where to put temporary files, and no secret.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


class ChildProcess:
    """A running child, not tied to any event loop. Only the main thread may start one, see `spawn`."""

    def __init__(self, popen: subprocess.Popen[bytes], papers: Papers, log_start: int) -> None:
        self._popen = popen
        self._papers = papers
        self._log_start = log_start

    @classmethod
    def spawn(
        cls, command: Sequence[str], papers: Papers, *, death_signal: signal.Signals, footing: Footing
    ) -> ChildProcess:
        """Start the command in its own session, so that Ctrl-C reaches us first, with its output in its log.

        The kernel sends `death_signal` when the *thread* that started the child ends, so it must be the main thread:
        anything else is a mistake in our code (RuntimeError). Raises OSError when the log cannot be written.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(
                "an engine must be started from the main thread, it dies with the thread that started it"
            )
        log_start = papers.log_length()
        log = os.open(papers.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            popen = subprocess.Popen(  # noqa: S603  # our own script and binaries, no shell
                launcher("exec", str(os.getpid()), str(death_signal.value), *footing.arguments(), *command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",  # ours may be out of the child's reach
                env={"LC_ALL": "C", **{name: os.environ[name] for name in _PASSED_ON if name in os.environ}},
                start_new_session=True,
            )
        finally:
            os.close(log)
        leftover.note(papers, popen.pid)
        return cls(popen, papers, log_start)

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._popen.pid

    @property
    def ended(self) -> int | None:
        """The exit code (negative: the signal that ended it), None while it runs."""
        return self._popen.poll()

    @property
    def last_words(self) -> str:
        """The last lines it wrote."""
        return self._papers.last_words(self._log_start)

    async def wait(self) -> int:
        """Return the exit code once the child has ended; any number of tasks may wait."""
        if hasattr(os, "pidfd_open"):
            await self._wait_by_handle()
        while (code := self._popen.poll()) is None:  # noqa: ASYNC110  # nothing tells where there is no pidfd
            await asyncio.sleep(_POLL_SECONDS)
        return code

    async def _wait_by_handle(self) -> None:
        if self._popen.poll() is not None:
            return
        try:
            handle = os.pidfd_open(self.pid)
        except OSError:  # an old kernel, or no handles left: the caller polls
            return
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()
        try:
            loop.add_reader(handle, _settle, over)
            await over
        finally:
            loop.remove_reader(handle)
            os.close(handle)

    async def ask(self, how: signal.Signals, grace_seconds: float) -> bool:
        """Send the signal and tell whether the child ended within the grace."""
        with suppress(ProcessLookupError):
            self._popen.send_signal(how)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self.wait()
        if self.ended is None:
            return False
        leftover.strike_out(self._papers)
        return True

    async def stop(self, how: signal.Signals, grace_seconds: float) -> None:
        """End the child: by the signal, then, after the grace, by force. Does nothing when it has ended."""
        if await self.ask(how, grace_seconds):
            return
        _log.warning("%s did not end within %s s of %s, killing it", self._papers.engine, grace_seconds, how.name)
        if not await self.ask(signal.SIGKILL, _AFTER_KILL_SECONDS):
            _log.error("%s (process %s) survives SIGKILL", self._papers.engine, self.pid)


def _settle(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)

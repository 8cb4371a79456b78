"""Engines that outlived their parent: found by the note of their process, and ended before a new one starts."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from services.cli.engines.papers import Papers
from shared.kit.errors import PactwatchError

_log = logging.getLogger(__name__)

_OWN_END_SECONDS = 10.0  # its parent's death told it to stop; a checkpoint may take this long
_KILLED_END_SECONDS = 5.0
_LOOK_PAUSE_SECONDS = 0.02
_PROC = Path("/proc")  # not on macOS


@dataclass(frozen=True)
class Sighting:
    """A living process: its number is used again one day, its moment of birth is not."""

    pid: int
    born: str
    command: bytes


def look_at(pid: int) -> Sighting | None:
    """Return the process of this number, None when there is none or when it only waits to be buried (a zombie)."""
    return _look_in_proc(pid) if (_PROC / "self").exists() else _ask_ps(pid)


def _look_in_proc(pid: int) -> Sighting | None:
    folder = _PROC / str(pid)
    try:
        # The name (in parentheses) may contain anything; the state follows it, the start time is 19 fields further.
        fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
        command = (folder / "cmdline").read_bytes()
    except OSError:
        return None
    return None if fields[0] in {b"Z", b"X"} else Sighting(pid, fields[19].decode(), command)


def _ask_ps(pid: int) -> Sighting | None:
    asked = ["/bin/ps", "-ww", "-p", str(pid), "-o"]
    try:
        born = subprocess.run([*asked, "lstart="], capture_output=True, check=True)  # noqa: S603  # a number, no shell
        command = subprocess.run([*asked, "command="], capture_output=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    return Sighting(pid, born.stdout.decode(errors="replace").strip(), command.stdout)


def note(papers: Papers, pid: int) -> None:
    """Write down that this process is the engine's."""
    seen = look_at(pid)
    papers.pid_file.write_text(f"{pid}\n{seen.born if seen else ''}\n", encoding="utf-8")


def strike_out(papers: Papers) -> None:
    """Forget the engine's process: it has ended."""
    with suppress(OSError):
        papers.pid_file.unlink()


def is_ours(seen: Sighting | None, data: Path) -> bool:
    """Tell whether the process works on this data folder, by its command line."""
    return seen is not None and os.fsencode(data) in seen.command


def titled(title: str) -> list[Sighting]:
    """Return the processes whose command line begins so; none where there is no /proc.

    The command line is for everybody's eyes; where a process works and what it runs are not, in a container that
    lacks SYS_PTRACE, even for root.
    """
    numbers = (int(entry.name) for entry in _PROC.glob("[0-9]*")) if (_PROC / "self").exists() else ()
    sightings = (look_at(number) for number in numbers)
    return [seen for seen in sightings if seen is not None and seen.command.startswith(title.encode())]


async def end_leftover(papers: Papers, how: signal.Signals) -> None:
    """End the engine that a killed parent left behind, if there is one: by the signal, then by force.

    Call it only with the folder's lock held: then whatever runs on the folder has lost its parent.
    Raises PactwatchError when it cannot be ended.
    """
    try:
        pid_line, born, *_ = papers.pid_file.read_text(encoding="utf-8").splitlines()
        seen = look_at(int(pid_line))
    except (OSError, ValueError):
        return
    if seen is not None and seen.born == born and is_ours(seen, papers.data):
        await end_stray(seen, how)
    strike_out(papers)


async def end_stray(seen: Sighting, how: signal.Signals) -> None:
    """End a process that is not our child; see `end_leftover`."""
    _log.warning("ending %s, left behind by a process that was killed", seen.pid)
    for force, seconds in ((how, _OWN_END_SECONDS), (signal.SIGKILL, _KILLED_END_SECONDS)):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(seen.pid, force)
        if await _is_gone(seen, seconds):
            return
    raise PactwatchError(
        f"Process {seen.pid} of an earlier Pactwatch still runs and cannot be ended.",
        mend=f"End it by hand: kill -9 {seen.pid}",
    )


def _still_lives(seen: Sighting) -> bool:
    now = look_at(seen.pid)
    return now is not None and now.born == seen.born


async def _is_gone(seen: Sighting, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while _still_lives(seen):  # noqa: ASYNC110  # it is nobody's child that we could wait for
                await asyncio.sleep(_LOOK_PAUSE_SECONDS)
            return True
    return False

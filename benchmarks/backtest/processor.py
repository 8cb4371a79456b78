"""The processor's time of this process and of the Postgres behind it, on Linux.

What other processes do meanwhile counts for less than in time by the clock: shared caches alone double it at times.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_PARENT, _OWN, _OF_ENDED = 1, slice(11, 13), slice(13, 15)  # of /proc/PID/stat, behind the name


def seconds(postmaster: int) -> float:
    """What both have used so far: Postgres by its processes that run, and those that have ended."""
    ticks = sum(map(int, _fields(postmaster)[_OF_ENDED]))
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            fields = _fields(int(each.name))
            if fields and int(fields[_PARENT]) == postmaster:
                ticks += sum(map(int, fields[_OWN]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _fields(process: int) -> list[str]:
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return []
    return told.rpartition(")")[2].split()

"""What a hostile page may make a reader do; importable by name, as the child needs it."""

from __future__ import annotations

import os
import signal
import threading

from services.scraper.parsing.results import Unreadable


def hang() -> Unreadable:
    threading.Event().wait()
    return Unreadable("never")


def eat_memory() -> Unreadable:
    return Unreadable("x" * len(bytes(4_000_000_000)))


def die() -> Unreadable:
    os.kill(os.getpid(), signal.SIGKILL)
    return Unreadable("never")


def read() -> Unreadable:
    return Unreadable(f"read in process {os.getpid()}")

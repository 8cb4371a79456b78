"""Under which user an engine runs, and what that user needs to reach its files.

Postgres refuses to run as root. A plain user in its place may be unable to pass a folder above the data or above the
binaries (`mktemp -d`, /root). Other people's folders keep their modes: the process gets one ambient capability instead,
to read and search past them, and only when a probe shows that it is needed.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from services.cli.engines import launch
from shared.kit.errors import PactwatchError

_PLAIN_USERS = ("postgres", "nobody")  # initdb looks its user up by name, so it must be one the system knows


class Capability(IntEnum):
    """A right of root that a plain user may keep; the numbers are Linux's, the weaker right first."""

    DAC_READ_SEARCH = 2
    DAC_OVERRIDE = 1  # containers often grant this one alone


@dataclass(frozen=True)
class Account:
    """A user of the system."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Footing:
    """How a child stands: as whom (None: as we do), and with which capability kept."""

    account: Account | None = None
    capability: Capability | None = None

    def arguments(self) -> list[str]:
        """Spell it for `launch.py`."""
        if self.account is None:
            return [launch.AS_IT_IS] * 3
        kept = launch.AS_IT_IS if self.capability is None else str(self.capability.value)
        return [str(self.account.uid), str(self.account.gid), kept]


AS_WE_ARE = Footing()


@dataclass(frozen=True)
class Wish:
    """A path and what must be allowed on it, as letters of `rwx`."""

    modes: str
    path: Path


def launcher(verb: str, *arguments: str) -> list[str]:
    """Return the command that runs `launch.py` in an interpreter without site-packages, user folders or environment."""
    return [sys.executable, "-I", "-S", str(Path(launch.__file__).resolve()), verb, *arguments]


def plain_account(folder: Path) -> Account | None:
    """Choose the user for an engine that refuses root: the folder's owner, or a plain user; None when we are not root.

    Raises PactwatchError when the system knows no plain user.
    """
    if os.geteuid() != 0:
        return None
    owner = folder.stat()
    if owner.st_uid != 0:
        return _known(owner.st_uid) or Account(str(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in _PLAIN_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise PactwatchError(
        "Postgres does not run as root, and this system has neither a user postgres nor a user nobody.",
        mend="Run Pactwatch as a normal user.",
    )


def _known(uid: int) -> Account | None:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


async def find_footing(account: Account | None, wishes: Iterable[Wish]) -> Footing:
    """Return the weakest footing from which the account reaches everything it needs.

    Raises PactwatchError when none does.
    """
    if account is None:
        return AS_WE_ARE
    wanted = [f"{wish.modes}:{wish.path}" for wish in wishes]
    kept: tuple[Capability | None, ...] = (None, *Capability) if sys.platform.startswith("linux") else (None,)
    for capability in kept:
        footing = Footing(account, capability)
        if await asyncio.to_thread(_reaches, footing, wanted):
            return footing
    raise PactwatchError(
        f"Postgres must not run as root, and the user {account.name} cannot reach the data folder or the programs.",
        mend="Run Pactwatch as a normal user, or choose a --data-dir below folders that others may pass.",
    )


def _reaches(footing: Footing, wanted: list[str]) -> bool:
    done = subprocess.run(  # noqa: S603  # our own script, no shell
        launcher("reach", *footing.arguments(), *wanted),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
    )
    return done.returncode == 0

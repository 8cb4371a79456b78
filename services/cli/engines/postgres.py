"""An embedded Postgres: durable, on 127.0.0.1, behind a password, in the foreground as our child."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path

import asyncpg

from services.cli.engines.account import Wish, find_footing, plain_account
from services.cli.engines.binaries import postgres_programs
from services.cli.engines.child import ChildProcess
from services.cli.engines.cluster import BOOTSTRAP_ROLE, Cluster
from services.cli.engines.datadir import telling_of
from services.cli.engines.engine import EmbeddedEngine
from shared.kit.errors import PactwatchError

_log = logging.getLogger(__name__)

ROLE = "pactwatch"  # not a superuser: SQL that should not be ours cannot run programs or read files
DATABASE = "pactwatch"
_FAST_STOP_SECONDS = 15.0  # SIGINT: ends sessions, writes a checkpoint
_IMMEDIATE_STOP_SECONDS = 5.0  # SIGQUIT: ends at once, recovers at the next start
_CONNECT_SECONDS = 10.0
_LONGEST_PATH_BYTES = 800  # Postgres cuts paths at 1024 without a word; its own files need the rest

# On the command line and not in the cluster's file, so that an old cluster runs with the settings of today's code.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # the path of a socket must stay below 108 bytes; that of a data folder need not
    "max_connections": "100",
    "shared_buffers": "64MB",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",  # every five minutes a line, for ever
    "logging_collector": "off",
}


class EmbeddedPostgres(EmbeddedEngine):
    """A Postgres server on the data folder; made by `start_postgres`."""

    name = "postgres"
    death_signal = signal.SIGINT

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._programs = postgres_programs()
        self._cluster = Cluster(data)
        self._password = ""

    @property
    def url(self) -> str:
        """`postgresql://pactwatch:<password>@127.0.0.1:<port>/pactwatch`; the password is hexadecimal."""
        return f"postgresql://{ROLE}:{self._password}@127.0.0.1:{self.port}/{DATABASE}"

    async def prepare(self) -> None:
        """Make the cluster when it is missing, owned and run by a plain user when we are root.

        Raises PactwatchError, and OSError as the file system does.
        """
        self._cluster.make_folder()
        account = plain_account(self._cluster.folder)
        self._cluster.give_to(account)
        self.footing = await find_footing(account, self._wishes())
        self._password = self._cluster.password(account)
        await self._cluster.make(self._programs, self.footing)

    def _wishes(self) -> list[Wish]:
        programs = self._programs
        return [
            Wish("rwx", self._cluster.folder),
            Wish("rx", programs.postgres),
            Wish("rx", programs.initdb),
            Wish("rx", programs.folder / "lib"),
            Wish("rx", programs.folder / "share"),
        ]

    async def _before_start(self) -> None:
        await self._cluster.clear_way()

    def _command(self) -> list[str]:
        settings = [
            f"--{name}={value}"
            for name, value in {**_SETTINGS, "port": str(self.port), "cluster_name": self._cluster.name}.items()
        ]
        return [str(self._programs.postgres), "-D", str(self._cluster.files), *settings]

    async def _is_ready(self, child: ChildProcess) -> bool:
        if not self._cluster.is_ready(child.pid):
            return False
        try:
            await self._greet_or_found()
        except asyncpg.TooManyConnectionsError:  # it answers, its clients were only faster than we
            return True
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
            return False
        except asyncpg.PostgresError as error:
            raise PactwatchError(
                f"postgres runs, but its database cannot be opened: {error}.",
                mend=f"Its log is {self.papers.log_file}.",
            ) from error
        return True

    async def _greet_or_found(self) -> None:
        try:
            await self._greet(ROLE, DATABASE)
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidCatalogNameError):
            await self._found()
            await self._greet(ROLE, DATABASE)

    async def _greet(self, role: str, database: str) -> None:
        connection = await self._connect(role, database)
        await connection.close()

    async def _found(self) -> None:
        """Make the role and its database, whichever is missing: the first start may have been cut between the two."""
        try:
            connection = await self._connect(BOOTSTRAP_ROLE, "postgres")
        except asyncpg.InvalidPasswordError:
            raise PactwatchError(
                f"The database in {self._cluster.files} does not take the password kept beside it.",
                mend="Put folder and password file back from the same backup.",
            ) from None
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", ROLE):
                await connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self._password}'")
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        finally:
            await connection.close()

    async def _connect(self, role: str, database: str) -> asyncpg.Connection:
        return await asyncpg.connect(
            host="127.0.0.1",
            port=self.port,
            user=role,
            password=self._password,
            database=database,
            ssl=False,
            timeout=_CONNECT_SECONDS,
        )

    async def _end(self, child: ChildProcess) -> None:
        if not await child.ask(signal.SIGINT, _FAST_STOP_SECONDS):
            _log.warning("postgres did not end within %s s, stopping it at once", _FAST_STOP_SECONDS)
            await child.stop(signal.SIGQUIT, _IMMEDIATE_STOP_SECONDS)


async def start_postgres(data: Path) -> EmbeddedPostgres:
    """Start a Postgres on the prepared and locked data folder and return when it answers; the first start makes it.

    Raises PactwatchError when the programs are missing, the folder cannot be used, or the server does not come up.
    """
    if len(os.fsencode(data)) > _LONGEST_PATH_BYTES:
        raise PactwatchError(
            f"The path of the data folder is longer than {_LONGEST_PATH_BYTES} bytes.",
            mend="Give a shorter --data-dir.",
        )
    with telling_of(data):
        engine = EmbeddedPostgres(data)
        engine.papers.prepare()
        await engine.prepare()
        await engine.start_on_kept_port()
        return engine

"""The folder of the embedded Postgres: made whole or not at all, owned by the user it runs as."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from services.cli.engines.account import Account, Footing
from services.cli.engines.binaries import PostgresPrograms
from services.cli.engines.child import ChildProcess
from services.cli.engines.leftover import end_leftover, end_stray, is_ours, look_at, titled
from services.cli.engines.papers import Papers
from services.cli.engines.private_file import kept_secret
from shared.kit.errors import PactwatchError
from shared.kit.ids import id_for

BOOTSTRAP_ROLE = "postgres"
_INIT_SECONDS = 300.0  # half a second on an idle disk; a slow one may take its time
_END_SECONDS = 5.0


class Cluster:
    """`<data>/postgres`: the password of both roles, and the cluster's own files in `cluster`."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.folder = data / "postgres"
        self.files = self.folder / "cluster"
        self._password_file = self.folder / "password"
        self._lock_file = self.files / "postmaster.pid"

    @property
    def name(self) -> str:
        """The server's `cluster_name`, which begins the title of each of its processes: one for each folder."""
        return f"pactwatch-{id_for('cluster', str(self.files)).hex[:16]}"

    def make_folder(self) -> None:
        """Make the folder, mode 0700, when it is missing."""
        self.folder.mkdir(mode=0o700, exist_ok=True)

    def give_to(self, account: Account | None) -> None:
        """Hand the folder, and nothing above it, to the user who will run Postgres; None: it is ours and stays so.

        Everything below goes first: interrupted, it is done again. Nobody but root can have put anything in, and links
        are not followed.
        """
        if account is None or self.folder.stat().st_uid == account.uid:
            return
        for place, folders, files in os.walk(self.folder, topdown=False):
            for name in (*folders, *files):
                os.chown(Path(place) / name, account.uid, account.gid, follow_symlinks=False)
        os.chown(self.folder, account.uid, account.gid)

    def password(self, account: Account | None) -> str:
        """Return the password, made up for a new cluster; raises PactwatchError when that of an old one is lost."""
        if self.exists and not self._password_file.exists():
            raise PactwatchError(
                f"The database in {self.files} is there, but its password file {self._password_file} is missing.",
                mend="Put the file back from a backup.",
            )
        return kept_secret(self._password_file, owner=account)

    @property
    def exists(self) -> bool:
        """Whether a finished cluster is there; the rename in `make` is the last step of making one."""
        return (self.files / "PG_VERSION").exists()

    async def make(self, programs: PostgresPrograms, footing: Footing) -> None:
        """Make a new cluster beside its place and move it there; does nothing when one exists.

        Text is UTF-8, compared by code point with Unicode's letters (lower('Я') works) on every machine alike.
        Raises PactwatchError with initdb's last words.
        """
        papers = Papers(self._data, "initdb")
        await end_leftover(papers, signal.SIGTERM)
        for unfinished in self.folder.glob("unfinished-*"):
            await asyncio.to_thread(shutil.rmtree, unfinished, ignore_errors=True)
        if self.exists:
            return
        fresh = self.folder / f"unfinished-{secrets.token_hex(4)}"
        command = [
            *(str(programs.initdb), f"--pgdata={fresh}", f"--username={BOOTSTRAP_ROLE}"),
            *(f"--pwfile={self._password_file}", "--auth=scram-sha-256", "--data-checksums"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            "--no-instructions",
        ]
        child = ChildProcess.spawn(command, papers, death_signal=signal.SIGTERM, footing=footing)
        await _finish(child, papers)
        fresh.rename(self.files)
        _flush_folder(self.folder)

    async def clear_way(self) -> None:
        """Remove what a killed server left and a new one would stumble over.

        Postgres itself takes the lock file of a process that is gone. It refuses to start when that number is in use
        again, as is usual in a container that starts anew, when a power cut left the file empty, and, for ever, while
        a busy session of a killed server has not noticed its death.
        """
        try:
            number = abs(int(self._lock_file.read_bytes().split(b"\n", 1)[0]))
        except FileNotFoundError:
            return
        except ValueError:
            self._lock_file.unlink()
        else:
            await self._free_from(number)
        orphans = titled(f"postgres: {self.name}: ")
        await asyncio.gather(*(end_stray(orphan, signal.SIGQUIT) for orphan in orphans))

    async def _free_from(self, number: int) -> None:
        holder = look_at(number)
        if holder is not None and is_ours(holder, self._data):
            await end_stray(holder, signal.SIGINT)
        elif _is_taken(number):
            self._lock_file.unlink()

    def is_ready(self, pid: int) -> bool:
        """Tell whether the server of this process takes connections, as `pg_ctl` does: line 8 of its lock file."""
        try:
            lines = self._lock_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _is_taken(number: int) -> bool:
    """Tell whether the number names a process, be it a dead one that nobody has buried."""
    try:
        os.kill(number, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


async def _finish(child: ChildProcess, papers: Papers) -> None:
    code: int | None = None
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_INIT_SECONDS):
                code = await child.wait()
    finally:
        await child.stop(signal.SIGTERM, _END_SECONDS)
    if code != 0:
        why = f"it did not end within {_INIT_SECONDS:.0f} s" if code is None else f"code {code}"
        raise PactwatchError(
            f"initdb could not make the database ({why}). Its last words:\n{child.last_words}\n",
            mend=f"Its log is {papers.log_file}.",
        )


def _flush_folder(folder: Path) -> None:
    """Make a rename in this folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

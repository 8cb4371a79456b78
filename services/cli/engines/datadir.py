"""The data folder: one Pactwatch at a time lives in it, and says there where it can be found."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.cli.engines.private_file import write_private
from shared.kit.errors import PactwatchError

_LOCK_TRIES = 10  # `find` looks at the lock for microseconds; a Pactwatch holds it for as long as it lives
_LOCK_PAUSE_SECONDS = 0.02


class House(BaseModel):
    """Where a running Pactwatch can be found; both engine URLs contain secrets, so its repr leaves them out.

    `catalogue_dir` is the folder of its own catalogue, None for the shipped one.
    """

    model_config = ConfigDict(frozen=True)

    nats_url: str = Field(repr=False)
    database_url: str = Field(repr=False)
    desk_url: str
    pid: int
    catalogue_dir: Path | None = None


@contextmanager
def telling_of(data: Path) -> Iterator[None]:
    """Turn what the file system refuses below the data folder into a sentence for a person (PactwatchError)."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename and str(error.filename) != str(data) else ""
        raise PactwatchError(
            f"The data folder {data} cannot be used: {error.strerror or error}{where}.",
            mend="Give another --data-dir, or make this one writable for the user who runs Pactwatch.",
        ) from error


class DataDir:
    """A folder that belongs to Pactwatch. Its path is absolute; symbolic links are followed once, here."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path.expanduser()))
        self._lock_file = self.path / "lock"
        self._house_file = self.path / "house.json"
        self._held: int | None = None

    def prepare(self) -> None:
        """Make the folder (mode 0700) when it is missing; one that is there keeps its mode and owner.

        Raises PactwatchError when it is no folder, or when we may not write into it.
        """
        with telling_of(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                self.path.mkdir(mode=0o700)
        if not self.path.is_dir():
            raise PactwatchError(f"The data folder {self.path} is a file.", mend="Give another --data-dir.")
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise PactwatchError(
                f"The data folder {self.path} is not writable for this user.",
                mend="Give another --data-dir, or run Pactwatch as the user who owns this one.",
            )

    def lock(self) -> None:
        """Take the folder for this process until it ends. Does nothing when this object holds it already.

        nats-server takes no lock of its own, and two on one store destroy it. The handle is closed in children.
        Raises PactwatchError when another process holds it.
        """
        if self._held is not None:
            return
        with telling_of(self.path):
            handle = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for _ in range(_LOCK_TRIES):
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(_LOCK_PAUSE_SECONDS)
        else:
            holder = _read_pid(handle)
            os.close(handle)
            who = f" (process {holder})" if holder else ""
            raise PactwatchError(
                f"A Pactwatch already runs on {self.path}{who}.",
                mend="Stop it first, or give another --data-dir.",
            )
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._held = handle

    def unlock(self) -> None:
        """Give the folder back before the process ends; for those that hold one only for a while."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def announce(self, house: House) -> None:
        """Write down where this Pactwatch can be found, at once and for the owner's eyes only."""
        with telling_of(self.path):
            write_private(self._house_file, house.model_dump_json())

    def withdraw(self) -> None:
        """Take the announcement back; does nothing when there is none."""
        with suppress(OSError):
            self._house_file.unlink()

    def find(self) -> House | None:
        """Return where the Pactwatch of this folder can be found, None when none runs.

        An announcement counts only while the process that made it holds the lock: one killed leaves its file behind.
        Raises PactwatchError when the announcement may not be read by this user.
        """
        try:
            with telling_of(self.path):
                house = House.model_validate_json(self._house_file.read_bytes())
        except ValidationError:
            return None
        except PactwatchError as error:
            if isinstance(error.__cause__, (FileNotFoundError, NotADirectoryError)):
                return None
            raise
        return house if self._holder() == house.pid else None

    def _holder(self) -> int | None:
        try:
            handle = os.open(self._lock_file, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read_pid(handle)
        else:
            return None
        finally:
            os.close(handle)


def _read_pid(handle: int) -> int | None:
    written = os.pread(handle, 32, 0).strip()
    return int(written) if written.isdigit() else None

"""What we keep beside an engine: its port, its process and its log, in a folder that the engine cannot write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_LOG_LIMIT_BYTES = 10 * 1024 * 1024  # looked at once per start; engines write little when nothing is wrong
_TAIL_BYTES = 4096
_TAIL_LINES = 6


@dataclass(frozen=True)
class Papers:
    """The files of one engine below the data folder."""

    data: Path
    engine: str

    @property
    def port_file(self) -> Path:
        """Where the port is remembered from start to start."""
        return self._folder / f"{self.engine}.port"

    @property
    def pid_file(self) -> Path:
        """Where the running process is noted, to be ended if its parent was killed."""
        return self._folder / f"{self.engine}.pid"

    @property
    def log_file(self) -> Path:
        """Where the engine's output goes."""
        return self._folder / f"{self.engine}.log"

    @property
    def _folder(self) -> Path:
        return self.data / "engines"

    def prepare(self) -> None:
        """Make the folder; a log grown long moves aside, replacing the one before it."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if self.log_length() > _LOG_LIMIT_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))

    def log_length(self) -> int:
        """Return the length of the log in bytes, 0 when there is none."""
        try:
            return self.log_file.stat().st_size
        except FileNotFoundError:
            return 0

    def last_words(self, since: int) -> str:
        """Return the last lines that the engine wrote after this many bytes of its log."""
        try:
            with self.log_file.open("rb") as log:
                log.seek(max(since, self.log_length() - _TAIL_BYTES))
                written = log.read(_TAIL_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""
        lines = [line for line in written.splitlines() if line.strip()]
        return "\n".join(lines[-_TAIL_LINES:])

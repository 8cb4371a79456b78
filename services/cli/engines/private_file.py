"""Files that hold a secret: readable by their owner alone, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from services.cli.engines.account import Account

_OWNER_ONLY = 0o600
_SECRET_BYTES = 24  # 192 bits; nobody guesses it, and it still reads on one line


def write_private(path: Path, text: str, *, owner: Account | None = None) -> None:
    """Put the text into the file at once, mode 0600; a process killed midway leaves the file as it was.

    Raises OSError as the file system does.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _OWNER_ONLY)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            if owner is not None:
                os.fchown(file.fileno(), owner.uid, owner.gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise


def kept_secret(path: Path, *, owner: Account | None = None) -> str:
    """Return the secret kept in the file, made up (hexadecimal) when there is none yet."""
    with suppress(FileNotFoundError):
        kept = path.read_text(encoding="utf-8").strip()
        if kept:
            return kept
    made_up = secrets.token_hex(_SECRET_BYTES)
    write_private(path, made_up, owner=owner)
    return made_up

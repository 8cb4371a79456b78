"""A port of 127.0.0.1 for an engine: found once, and kept from start to start, so that URLs stay true."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from pathlib import Path

from shared.kit.errors import PactwatchError

# Below the ports that Linux (from 32768) and macOS (from 49152) hand to outgoing connections, which could otherwise sit
# on ours when an engine has to come back, and below those of Kubernetes (from 30000).
_FIRST_PORT = 20_000
_LAST_PORT = 29_999
_TRIES = 200


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the engines do: a past connection is no matter
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def kept_port(file: Path) -> int:
    """Return the port remembered in the file while it is free, else another one, remembered from now on.

    Raises PactwatchError when no port is free, OSError when the file cannot be written.
    """
    with suppress(FileNotFoundError, ValueError):
        kept = int(file.read_text(encoding="ascii"))
        if 0 < kept < 65_536 and is_free(kept):
            return kept
    for _ in range(_TRIES):
        port = random.randint(_FIRST_PORT, _LAST_PORT)  # noqa: S311  # no secret
        if is_free(port):
            file.write_text(f"{port}\n", encoding="ascii")
            return port
    raise PactwatchError(f"No port of 127.0.0.1 between {_FIRST_PORT} and {_LAST_PORT} is free.")

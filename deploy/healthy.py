#!/usr/bin/env python3
"""Asks a service on this machine for /health; ends with 0 when it says 200. What a container's health check runs.

Usage: healthy.py PORT. Two imports and a socket, because it runs every few seconds beside the service.
"""

import socket
import sys

PATIENCE_SECONDS = 4  # below the health check's own time limit, so that the reason is seen


def status_line(port: int) -> str:
    """Return the first line of the answer. Raises OSError when nobody answers."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as connection:
        connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        with connection.makefile("rb") as answer:
            return answer.readline(200).decode("latin-1").strip()


def main(arguments: list[str]) -> str | int:
    """Return what `sys.exit` takes: 0, or the reason on stderr and 1."""
    try:
        said = status_line(int(arguments[0]))
    except (OSError, ValueError, IndexError, OverflowError) as trouble:
        return f"{type(trouble).__name__}: {trouble}"
    return 0 if said.split()[1:2] == ["200"] else f"said: {said}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

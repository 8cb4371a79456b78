"""Uvicorn inside our event loop: our own signal handling, a socket bound before anything else starts."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from shared.kit.errors import PactwatchError

GRACE_SECONDS = 3  # an open event stream would otherwise hold the shutdown for ever


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone: uvicorn would raise them again after its end, before our own parts are down."""
        yield


def bind(host: str, port: int, *, setting: str) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises PactwatchError naming the setting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise PactwatchError(
            f"{setting}: {host}:{port} cannot be listened on ({getattr(error, 'strerror', None) or error}).",
            mend="Give another port, or stop what listens there.",
        ) from error
    listener.listen(128)
    return listener


def port_of(listener: socket.socket) -> int:
    """Return the port that a socket listens on."""
    return int(listener.getsockname()[1])


async def serve(app: ASGIApp, listener: socket.socket, stop: asyncio.Event, *, proxies: str = "") -> None:
    """Serve the application until `stop` is set; open streams get a few seconds to end.

    What `proxies` (comma-separated, IP or CIDR) say of where a request comes from is believed, of nobody else.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
    )
    gc.collect()
    gc.freeze()  # grammar, catalogue, templates: looking through them again and again holds up every reader for 0.1 s
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        stopping.cancel()
        await serving

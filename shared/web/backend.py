"""How connections are opened: look the name up once, vet every address, connect to a vetted one.

There is no second look-up between the check and the connection, which closes DNS rebinding. TLS still checks the
certificate against the *name*: httpcore starts it on the stream returned here, with the name from the URL.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import httpcore

from shared.web.guard import AllowedHosts, BlockedAddress, IPAddress, plain_host, vet
from shared.web.heads import HeadMeter

Resolver = Callable[[str, int], Awaitable[Sequence[IPAddress]]]
_LOOKUP_THREADS = 16  # a dead DNS server holds a thread for tens of seconds: more than a burst of dead hosts needs
_MOST_TRIED = 4  # addresses tried for one connection; a name with hundreds of addresses must not eat the deadline
_DEFAULT_CONNECT_SECONDS = 10.0  # where the caller sets none: a TCP handshake across the world takes under one second

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class UnknownHost(httpcore.ConnectError):
    """The name has no address (or the name server did not say)."""


class SystemResolver:
    """Asks the machine's resolver, in threads of its own, so that dead names hold up nobody else's work."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="dns")

    async def __call__(self, host: str, port: int) -> Sequence[IPAddress]:
        """Return the addresses of the name, best first, without repeats. Raises UnknownHost."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError) as wrong:
            raise UnknownHost(
                f"The name {host} could not be found. Is it spelt so, and is this machine online?"
            ) from wrong
        return found

    def close(self) -> None:
        """Let the threads end as soon as their look-ups do."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[IPAddress]:
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(info[4][0])) for info in infos))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """The only way out: an httpcore network backend that connects to vetted addresses only."""

    def __init__(self, allowed: AllowedHosts, resolve: Resolver) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the name's first address that answers. Raises BlockedAddress, UnknownHost or ConnectError."""
        clock = asyncio.get_running_loop().time
        ends = clock() + (_DEFAULT_CONNECT_SECONDS if timeout is None else timeout)
        try:
            async with asyncio.timeout_at(ends):
                found = await self._addresses(host, port)
        except TimeoutError as late:
            raise UnknownHost(f"The name servers did not answer for {host} in time.") from late
        vetted = vet(host, port, found, self._allowed)[:_MOST_TRIED]
        if not vetted:
            raise UnknownHost(f"The name {host} has no address.")
        for position, ip in enumerate(vetted):
            share_seconds = max(0.1, (ends - clock()) / (len(vetted) - position))
            try:
                return HeadMeter(
                    await self._inner.connect_tcp(str(ip), port, share_seconds, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if position == len(vetted) - 1:
                    raise
        raise AssertionError("unreachable: the last address returns or raises")

    async def _addresses(self, host: str, port: int) -> Sequence[IPAddress]:
        try:
            return [ip_address(plain_host(host))]
        except ValueError:
            return await self._resolve(host, port)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  (httpcore's signature)
        socket_options: Iterable[SocketOption] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing we fetch lives behind a socket file."""
        raise BlockedAddress(f"{path} is a socket file, not a web address.")

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries (httpcore asks its backend for this)."""
        await asyncio.sleep(seconds)

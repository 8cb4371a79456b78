"""How much a server may say before it answers: a stream that stops listening when the head of an answer never ends.

h11 bounds one head to 100 kB. It takes any number of them, though: interim answers (1xx, RFC 9110, section 15.2)
without end would be read at full speed for as long as the deadline lets them, and everybody else would wait.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

MOST_HEAD_BYTES = 128 * 1024  # more than the largest head that h11 takes, less than a flood


class _Left:
    """The bytes that may still be read until the head must have ended."""

    def __init__(self) -> None:
        self.size = MOST_HEAD_BYTES


_left: ContextVar[_Left | None] = ContextVar("pactwatch_head_left", default=None)


@contextmanager
def bounded_head() -> Iterator[None]:
    """Within the block, a `HeadMeter` that this task reads from gives so many bytes and no more."""
    token = _left.set(_Left())
    try:
        yield
    finally:
        _left.reset(token)


class HeadMeter(httpcore.AsyncNetworkStream):
    """A connection whose bytes are counted while the head of an answer is awaited."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return the next bytes. Raises RemoteProtocolError when the head is too long."""
        left = _left.get()
        if left is not None and left.size <= 0:
            raise httpcore.RemoteProtocolError(f"it said more than {MOST_HEAD_BYTES:,} bytes before its answer")
        came = await self._inner.read(max_bytes, timeout)
        if left is not None:
            left.size -= len(came)
        return came

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send bytes."""
        await self._inner.write(buffer, timeout)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Return the stream made secure, counted in the same way."""
        return HeadMeter(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    async def aclose(self) -> None:
        """Hang up."""
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  (httpcore's signature)
        """Return what httpcore asks about the connection."""
        return self._inner.get_extra_info(info)

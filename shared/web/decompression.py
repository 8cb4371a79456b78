"""Bounded decompression: a body grows to its limit and not one byte further, whatever its sender packed into it."""

from __future__ import annotations

import zlib
from typing import Protocol

_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_RAW_WINDOW = -zlib.MAX_WBITS
ACCEPT_ENCODING = "gzip, deflate"  # what this module can undo; brotli and zstd are not asked for


class TooLarge(Exception):
    """The body is larger than its limit."""


class Undecodable(Exception):
    """The body is not what its Content-Encoding says."""


class Inflater(Protocol):
    """Takes the body as it comes over the wire, gives it as it was before packing."""

    @property
    def size_bytes(self) -> int:
        """How much of the body there is so far, unpacked."""
        ...

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge, Undecodable."""
        ...

    def finish(self) -> bytes:
        """Return the whole body. Raises Undecodable when it broke off."""
        ...

    def so_far(self) -> bytes:
        """Return what has come, up to the limit."""
        ...


class Plain:
    """A body that was not packed."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._body = bytearray()

    @property
    def size_bytes(self) -> int:
        """How much of the body there is so far, unpacked."""
        return len(self._body)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge."""
        self._body += chunk
        if len(self._body) > self._limit:
            raise TooLarge

    def finish(self) -> bytes:
        """Return the whole body."""
        return bytes(self._body)

    def so_far(self) -> bytes:
        """Return what has come, up to the limit."""
        return bytes(self._body[: self._limit])


class Packed:
    """A gzip (RFC 1952, several members allowed) or deflate body (RFC 1950, or raw RFC 1951 as some servers send)."""

    def __init__(self, limit_bytes: int, *, window: int) -> None:
        self._limit = limit_bytes
        self._window = window
        self._body = bytearray()
        self._taken = 0
        self._inflate = zlib.decompressobj(window)

    @property
    def size_bytes(self) -> int:
        """How much of the body there is so far, unpacked."""
        return len(self._body)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge, Undecodable."""
        first = self._taken == 0
        self._taken += len(chunk)
        if self._taken > self._limit:  # packed emptiness without end would never reach the limit from inside
            raise TooLarge
        try:
            self._take(chunk)
        except zlib.error as wrong:
            if not first or self._window == _GZIP_WINDOW:
                raise Undecodable(str(wrong)) from wrong
            self._restart_raw(chunk)

    def _restart_raw(self, chunk: bytes) -> None:
        self._window = _RAW_WINDOW
        self._inflate = zlib.decompressobj(self._window)
        self._body.clear()
        try:
            self._take(chunk)
        except zlib.error as wrong:
            raise Undecodable(str(wrong)) from wrong

    def _take(self, chunk: bytes) -> None:
        while chunk:
            if self._inflate.eof:
                if not chunk.strip(b"\0"):  # padding after the last member is legal
                    return
                if self._window != _GZIP_WINDOW:
                    return
                self._inflate = zlib.decompressobj(self._window)
            room = self._limit - len(self._body) + 1
            self._body += self._inflate.decompress(chunk, room)
            if len(self._body) > self._limit:
                raise TooLarge
            chunk = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def finish(self) -> bytes:
        """Return the whole body. Raises Undecodable when it broke off."""
        if self._taken and not self._inflate.eof:
            raise Undecodable("it breaks off before its end")
        return bytes(self._body)

    def so_far(self) -> bytes:
        """Return what has come, up to the limit."""
        return bytes(self._body[: self._limit])


def inflater_for(content_encoding: str, limit_bytes: int) -> Inflater:
    """Return what undoes this Content-Encoding. Raises Undecodable for one that we did not ask for, or for several."""
    match content_encoding.strip().lower():
        case "" | "identity":
            return Plain(limit_bytes)
        case "gzip" | "x-gzip":
            return Packed(limit_bytes, window=_GZIP_WINDOW)
        case "deflate":
            return Packed(limit_bytes, window=zlib.MAX_WBITS)
        case other:
            raise Undecodable(f"it is packed as {other[:40]!r}, which was not asked for")

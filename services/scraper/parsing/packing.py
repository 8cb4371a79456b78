"""Bodies that are gzip files themselves (a sitemap.xml.gz), opened a piece at a time and never beyond a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

MOST_UNPACKED_BYTES = 50_000_000  # the sitemap protocol's own limit for one file
_GZIP_START = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_PIECE_BYTES = 65_536


class TooMuch(ValueError):
    """The body grows beyond its limit when it is unpacked."""


def is_packed(body: bytes) -> bool:
    """Tell whether the body is a gzip file by its first bytes, whatever its content type says."""
    return body.startswith(_GZIP_START)


def first_bytes(body: bytes, count: int) -> bytes:
    """Return the first bytes of the body as it is when unpacked; never raises."""
    start = bytearray()
    try:
        for piece in pieces(body):
            start += piece
            if len(start) >= count:
                break
    except TooMuch:
        pass
    return bytes(start[:count])


def unpacked(body: bytes) -> bytes:
    """Return the body as it is when unpacked. Raises TooMuch."""
    return b"".join(pieces(body)) if is_packed(body) else body


def pieces(body: bytes) -> Iterator[bytes]:
    """Yield the unpacked body in pieces of at most 64 KiB. Raises TooMuch.

    Several gzip members in a row are one file (RFC 1952). What breaks off is given as far as it goes.
    """
    taken = 0
    for piece in _inflated(body) if is_packed(body) else _cut(body):
        taken += len(piece)
        if taken > MOST_UNPACKED_BYTES:
            raise TooMuch
        yield piece


def _cut(body: bytes) -> Iterator[bytes]:
    return (body[start : start + _PIECE_BYTES] for start in range(0, len(body), _PIECE_BYTES))


def _inflated(body: bytes) -> Iterator[bytes]:
    inflate = zlib.decompressobj(_GZIP_WINDOW)
    for packed in _cut(body):
        waiting = packed
        while waiting:
            if inflate.eof:
                if not waiting.startswith(_GZIP_START):  # padding, or rubbish, after the last member
                    return
                inflate = zlib.decompressobj(_GZIP_WINDOW)
            try:
                piece = inflate.decompress(waiting, _PIECE_BYTES)
            except zlib.error:
                return
            waiting = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            if piece:
                yield piece

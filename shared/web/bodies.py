"""Taking a body as it comes: so many bytes unpacked, so many pieces, and others go on in between."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx

from shared.web.decompression import Inflater, TooLarge, inflater_for
from shared.web.room import LARGE_BYTES, Permit

MOST_PIECES = 50_000  # a body in chunks of one byte takes tens of seconds of reckoning for a few megabytes
_PIECES_AT_A_TIME = 256  # thousands of them may come in one read; others go on in between
_ANSWER_BYTES = 4096  # enough for an error's sentence


@dataclass(frozen=True)
class Wish:
    """How a body is taken: by when, and at most so many bytes; the rest is an error or, where `cut`, left out."""

    limit_bytes: int
    cut: bool
    deadline: asyncio.Timeout


class TooManyPieces(Exception):
    """The body comes in more pieces than are worth taking up."""


async def bounded_body(response: httpx.Response, wish: Wish, permit: Permit) -> bytes:
    """Return the body, unpacked; a large one takes the permit.

    Raises TooLarge, TooManyPieces, Undecodable, and what httpx raises.
    """
    stated = response.headers.get("content-length", "")
    if not wish.cut and stated.isascii() and stated.isdigit() and int(stated[:18]) > wish.limit_bytes:
        raise TooLarge
    inflater = inflater_for(response.headers.get("content-encoding", ""), wish.limit_bytes)
    try:
        await _take_pieces(response, inflater, permit)
    except TooLarge:
        if wish.cut:
            return inflater.so_far()
        raise
    return inflater.finish()


async def _take_pieces(response: httpx.Response, inflater: Inflater, permit: Permit) -> None:
    pieces = 0
    async for chunk in response.aiter_raw():
        inflater.feed(chunk)
        if inflater.size_bytes > LARGE_BYTES:
            await permit.take()
        pieces += 1
        if pieces > MOST_PIECES:
            raise TooManyPieces
        if pieces % _PIECES_AT_A_TIME == 0:
            await asyncio.sleep(0)


async def start_of_body(response: httpx.Response) -> bytes:
    """Return what comes of the body; the status is known, so a body that stalls or breaks off changes nothing."""
    start = b""
    try:
        async with asyncio.timeout(2):  # an error's sentence is there at once or not worth waiting for
            async for chunk in response.aiter_raw():
                start += chunk
                if len(start) >= _ANSWER_BYTES:
                    break
    except (TimeoutError, httpx.HTTPError, OSError):
        pass
    return start[:_ANSWER_BYTES]

"""Misbehaviour on the wire: how bytes come, or do not come, whatever they say."""

from __future__ import annotations

import gzip
import zlib

from tests.live.scraper.nasty_site import Serve, Visit, http

_HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\n"
_RSS = b"application/rss+xml; charset=utf-8"
_PIECE = b"<item><title>News</title></item>" * 2048
DRIP_SECONDS = 0.5


def head(*headers: bytes, content_type: bytes = _RSS) -> bytes:
    return _HEAD % content_type + b"".join(line + b"\r\n" for line in headers) + b"\r\n"


def drips(start: bytes, drop: bytes, *, content_type: bytes = _RSS) -> Serve:
    """Say the start, and then one drop twice a second for ever."""

    async def serve(visit: Visit) -> None:
        await visit.say(head(content_type=content_type), start)
        while True:
            await visit.say(drop)
            await visit.wait(DRIP_SECONDS)

    return serve


def endless(start: bytes, piece: bytes) -> Serve:
    """Say the start, and then the piece again and again as fast as it is taken."""
    piece = piece * (1 + 65_536 // len(piece))

    async def serve(visit: Visit) -> None:
        await visit.say(start)
        while not visit.site.closing.is_set():
            await visit.say(piece)

    return serve


async def never_answers(visit: Visit) -> None:
    while True:
        await visit.wait(60)


async def hangs_up(visit: Visit) -> None:
    visit.writer.close()


async def resets(visit: Visit) -> None:
    visit.reset()


def says_and_resets(start: bytes) -> Serve:
    async def serve(visit: Visit) -> None:
        await visit.say(start)
        await visit.wait(0.2)  # or the RST would overtake what was said
        visit.reset()

    return serve


def says_and_hangs(start: bytes) -> Serve:
    async def serve(visit: Visit) -> None:
        await visit.say(start)
        await never_answers(visit)

    return serve


def packed(body: bytes, *headers: str, content_type: str = _RSS.decode()) -> bytes:
    return http(gzip.compress(body), "Content-Encoding: gzip", *headers, content_type=content_type)


def bomb(megabytes: int) -> bytes:
    """Return a feed of so many megabytes of blanks as gzip, a thousandth of their length."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start, million = packer.compress(b"<rss version='2.0'><channel>"), b" " * 1_000_000
    return start + b"".join(packer.compress(million) for _ in range(megabytes)) + packer.flush()


def chunked(*chunks: bytes) -> bytes:
    sized = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head(b"Transfer-Encoding: chunked") + sized + b"0\r\n\r\n"


def feed_without_end() -> Serve:
    return endless(head() + b"<rss version='2.0'><channel>", _PIECE)


def redirect(location: str, status: str = "302 Found", *headers: str) -> bytes:
    return http(b"", f"Location: {location}", *headers, status=status)


def hops(most: int | None, to: str = "/feed") -> Serve:
    """Send everybody on, `most` times (None: for ever), and serve nothing at the end."""

    async def serve(visit: Visit) -> None:
        number = int(visit.path.rpartition("-")[2]) if visit.path[-1].isdigit() else 0
        if most is not None and number >= most:
            await visit.say(http(b"the end", content_type="text/plain"))
        else:
            await visit.say(redirect(visit.url(f"{to}-{number + 1 if most else 0}")))

    return serve

"""Serves every outlet's feed and pages from memory, each at its own loopback address, and logs every request.

A process of its own: python -m benchmarks.polling.feed_server '{"port": …, "log": …, "outlets": {…}}'
A line of the log: seconds of the epoch, the outlet's number, what was asked for (feed, page, robots, other), status.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path
from typing import TextIO

from benchmarks.polling.outlets import Outlet, feed_of, number_of, outlets_of, page_of

CRAWL_DELAY_SECONDS = 1  # what the product keeps between two requests to any public host that asks for nothing
_FLUSH_SECONDS = 1.0
_ROBOTS = f"User-agent: *\nCrawl-delay: {CRAWL_DELAY_SECONDS}\n".encode()
_LONGEST_HEAD_BYTES = 16_384


class Press:
    """What is served, and the log of who asked."""

    def __init__(self, outlets: list[Outlet], port: int, log: TextIO) -> None:
        self.outlets = outlets
        self.port = port
        self._log = log
        self._feeds: dict[int, tuple[int, bytes]] = {}

    def answer(self, number: int, path: str, etag: str) -> bytes:
        """Return the whole answer to a request."""
        now = time.time()
        kind, status, content_type, headers, body = self._made(number, path, etag, now)
        self._log.write(f"{now:.3f} {number} {kind} {status}\n")
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nContent-Type: {content_type}\r\n{headers}\r\n"
        return head.encode() + body

    def _made(self, number: int, path: str, etag: str, now: float) -> tuple[str, int, str, str, bytes]:
        if path == "/robots.txt":
            return "robots", 200, "text/plain", "", _ROBOTS
        if not 0 <= number < len(self.outlets):
            return "other", 404, "text/plain", "", b"no such outlet"
        outlet = self.outlets[number]
        published = outlet.published(now)
        if path == "/feed":
            ours = f'"{published}"'
            if etag == ours:
                return "feed", 304, "text/xml", f"ETag: {ours}\r\n", b""
            return "feed", 200, "text/xml; charset=utf-8", f"ETag: {ours}\r\n", self._feed(outlet, published)
        article = path.removeprefix("/a/")
        if article.isdigit() and int(article) < published:
            return "page", 200, "text/html; charset=utf-8", "", page_of(outlet, int(article), self.port)
        return "other", 404, "text/plain", "", b"not here"

    def _feed(self, outlet: Outlet, published: int) -> bytes:
        made_for, body = self._feeds.get(outlet.number, (-1, b""))
        if made_for != published:
            body = feed_of(outlet, published, self.port)
            self._feeds[outlet.number] = published, body
        return body


class Counter(asyncio.Protocol):
    """One connection of HTTP/1.1, kept alive for as long as the visitor likes."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._unread = b""
        self._transport: asyncio.Transport | None = None
        self._number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn from the address that was called which outlet is meant; strangers from outside are sent away."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        address = str(transport.get_extra_info("sockname")[0])
        if not address.startswith("127."):
            transport.abort()
            return
        self._number = number_of(address)

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._unread += data
        while b"\r\n\r\n" in self._unread:
            head, _, self._unread = self._unread.partition(b"\r\n\r\n")
            self._answer(head)
        if len(self._unread) > _LONGEST_HEAD_BYTES and self._transport is not None:
            self._transport.abort()

    def _answer(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path = first.split(" ")[1] if first.count(" ") == 2 else ""
        if self._transport is not None:
            self._transport.write(self._press.answer(self._number, path, headers.get("if-none-match", "")))


async def _serve(asked: dict[str, object]) -> None:
    port, log_path = int(str(asked["port"])), Path(str(asked["log"]))
    outlets = outlets_of(**asked["outlets"])  # type: ignore[arg-type]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    with log_path.open("w") as log:  # noqa: ASYNC230  (no look waits for it: lines are buffered)
        press = Press(outlets, port, log)
        server = await loop.create_server(lambda: Counter(press), "0.0.0.0", port, backlog=1024)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while not stop.is_set():
            log.flush()
            try:
                await asyncio.wait_for(stop.wait(), _FLUSH_SECONDS)
            except TimeoutError:
                continue
        server.close()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))

"""A small real server on the loopback, told per test what to answer byte by byte."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

Answering = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


class Request:
    def __init__(self, head: bytes, body: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = first.split(" ")
        self.headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
        }
        self.body = body


class LocalServer:
    """Answers each request with what `answer` writes; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.answer: Answering = reply(200, b"hello")
        self.port = 0
        self.let_go = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                request = Request(head[:-4], b"")
                request.body = await reader.readexactly(int(request.headers.get("content-length", "0")))
                self.asked.append(request)
                await self.answer(request, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError, ssl.SSLError):
            pass
        finally:
            writer.close()

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def stop(self) -> None:
        self.let_go.set()
        if self._server is not None:
            self._server.close()


def reply(status: int, body: bytes = b"", **headers: str) -> Answering:
    """Return an answer with this status, body and headers (`content_type` is written `content-type`)."""
    return chosen(lambda request: (status, body, headers))


def chosen(choose: Callable[[Request], tuple[int, bytes, dict[str, str]]]) -> Answering:
    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        status, body, headers = choose(request)
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if status == 304 else body))

    return answer


def resolving(*answers: str):
    """A resolver that gives these addresses, one look-up after the other."""
    left = list(answers)

    async def resolve(host: str, port: int):
        return [ip_address(left.pop(0))]

    return resolve

"""A little WebSub hub: takes requests, calls back to verify them as it is told to, and pushes with signatures."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

import httpx

Mode = Literal["verify first", "verify later", "deny", "stay silent", "fail", "send on", "slow to answer"]


@dataclass
class Hub:
    """Keeps its subscribers by callback and topic, as the recommendation says; `mode` is how it treats a request."""

    port: int = 0
    mode: Mode = "verify first"
    lease_seconds: int = 864_000
    asked: list[dict[str, str]] = field(default_factory=list)
    subscribers: dict[tuple[str, str], str] = field(default_factory=dict)
    verified: list[httpx.Response] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hub"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path, form = await _request(reader)
            status, headers = await self._treat(path, form)
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            said = b"the topic is not known here" if status == 404 else b""
            lines = f"HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {len(said)}\r\n{head}\r\n"
            writer.write(lines.encode("ascii") + said)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _treat(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, str]]:
        if self.mode == "send on" and path != "/better":
            return 307, {"location": "/better"}
        self.asked.append(form)
        if self.mode == "fail":
            return 404, {}
        if self.mode == "deny":
            await self.call(form, {"hub.mode": "denied", "hub.reason": "the topic is not for you"})
        if self.mode == "verify later":
            task = asyncio.create_task(self.verify(form))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        if self.mode in ("verify first", "send on", "slow to answer"):
            await self.verify(form)
        return 500 if self.mode == "slow to answer" else 202, {}

    async def verify(self, form: dict[str, str]) -> None:
        """Ask the subscriber whether it meant it, and do it if so (section 5.3)."""
        challenge = f"challenge-{len(self.verified)}"
        said = {"hub.mode": form["hub.mode"], "hub.challenge": challenge, "hub.lease_seconds": str(self.lease_seconds)}
        answer = await self.call(form, said)
        self.verified.append(answer)
        if answer.status_code == 200 and answer.text == challenge:
            key = form["hub.callback"], form["hub.topic"]
            if form["hub.mode"] == "subscribe":
                self.subscribers[key] = form["hub.secret"]
            else:
                self.subscribers.pop(key, None)

    async def call(self, form: dict[str, str], said: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(form["hub.callback"], params={"hub.topic": form["hub.topic"], **said})

    async def push(self, body: bytes = b"<rss/>", *, method: str = "sha256", secret: str | None = None) -> list[int]:
        """Push to every subscriber, and return what each answered."""
        statuses = []
        async with httpx.AsyncClient(trust_env=False) as client:
            for (callback, _), known in self.subscribers.items():
                digest = hmac.new((secret or known).encode(), body, method).hexdigest()
                headers = {"content-type": "application/rss+xml", "x-hub-signature": f"{method}={digest}"}
                statuses.append((await client.post(callback, content=body, headers=headers)).status_code)
        return statuses


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    """Read a POST; its path and its form."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    assert head[0].startswith("POST ")
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    body = await reader.readexactly(int(headers["content-length"]))
    return head[0].split()[1], dict(parse_qsl(body.decode("ascii"), strict_parsing=True))


@asynccontextmanager
async def a_hub() -> AsyncIterator[Hub]:
    hub = Hub()
    server = await asyncio.start_server(hub.serve, "127.0.0.1", 0)
    hub.port = server.sockets[0].getsockname()[1]
    try:
        yield hub
    finally:
        server.close()
        await server.wait_closed()

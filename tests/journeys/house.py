"""A whole Pactwatch as a user runs it: a process of its own, a web site it polls, a webhook it posts to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any, Protocol

from services.cli.engines.leftover import look_at

PACTWATCH = Path(sys.executable).with_name("pactwatch")
START_SECONDS = 60.0
STOP_SECONDS = 40.0


@dataclass(frozen=True)
class Page:
    """One article as the site serves it."""

    slug: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime

    def html(self) -> str:
        body = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.paragraphs)
        return (
            f"<!doctype html><html lang='en'><head><title>{escape(self.title)} | Courier</title></head><body>"
            f"<nav><a href='/'>Home</a></nav><article><h1>{escape(self.title)}</h1>{body}</article>"
            "<footer>All rights reserved</footer></body></html>"
        )


def page_of(file: Path, published: datetime) -> Page:
    """Return the article of a text file: its first line is the title."""
    title, _, text = file.read_text(encoding="utf-8").partition("\n")
    paragraphs = tuple(line.strip() for line in text.split("\n") if line.strip())
    return Page(file.stem, title.strip(), paragraphs or (title.strip(),), published)


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        pass

    def answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server:
    """A small HTTP server on a free port of this machine, in a thread of its own."""

    def __init__(self, handler: type[_Quiet]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Site:
    """An RSS feed and its pages."""

    def __init__(self) -> None:
        pages: list[Page] = []

        class Handler(_Quiet):
            def do_GET(self) -> None:
                if self.path == "/feed.xml":
                    self.answer(200, site.feed(), "application/rss+xml; charset=utf-8")
                    return
                for page in pages:
                    if self.path == f"/articles/{page.slug}":
                        self.answer(200, page.html().encode(), "text/html; charset=utf-8")
                        return
                self.answer(404, b"no such page", "text/plain")

        self.pages = pages
        site = self
        self._server = _Server(Handler)
        self.url = f"http://127.0.0.1:{self._server.port}"

    def feed(self) -> bytes:
        items = "".join(
            f"<item><title>{escape(page.title)}</title><link>{self.url}/articles/{page.slug}</link>"
            f"<guid>{page.slug}</guid><pubDate>{format_datetime(page.published)}</pubDate></item>"
            for page in list(self.pages)
        )
        return (
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>Courier</title>{items}</channel></rss>".encode()
        )

    def close(self) -> None:
        self._server.close()


@dataclass(frozen=True)
class Post:
    """One message as the webhook received it."""

    headers: dict[str, str]
    body: bytes

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)["data"]
        return data

    @property
    def what(self) -> tuple[str, str]:
        """Which rule fired for which article."""
        return self.data["rule"], self.data["article"]["url"]


class Receiver:
    """A webhook endpoint that keeps what it is sent."""

    def __init__(self) -> None:
        posts: list[Post] = []
        arrived = threading.Condition()

        class Handler(_Quiet):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with arrived:
                    posts.append(Post({name.lower(): value for name, value in self.headers.items()}, body))
                    arrived.notify_all()
                self.answer(200, b"taken", "text/plain")

        self._posts = posts
        self._arrived = arrived
        self._server = _Server(Handler)
        self.url = f"http://127.0.0.1:{self._server.port}/hook"

    @property
    def posts(self) -> list[Post]:
        with self._arrived:
            return list(self._posts)

    def wait_for(self, expected: set[tuple[str, str]], *, within_seconds: float = 45.0) -> list[Post]:
        """Wait until each expected (rule, article) has arrived at least once, and return all posts."""
        with self._arrived:
            came = self._arrived.wait_for(
                lambda: expected <= {post.what for post in self._posts}, timeout=within_seconds
            )
            missing = expected - {post.what for post in self._posts}
            assert came, f"still missing after {within_seconds} s: {missing}"
            return list(self._posts)

    def close(self) -> None:
        self._server.close()


class Process(Protocol):
    """What is asked of a process, as `subprocess.Popen` has it."""

    stdout: IO[str] | None

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int: ...
    def send_signal(self, number: int) -> None: ...
    def kill(self) -> None: ...


@dataclass
class Running:
    """One `pactwatch …` process that runs until it is stopped, or dies."""

    process: Process
    lines: list[str] = field(default_factory=list)
    _printed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as printed:
            for line in printed:
                with self._printed:
                    self.lines.append(line.rstrip("\n"))
                    self._printed.notify_all()
        with self._printed:
            self.lines.append("(end)")
            self._printed.notify_all()

    def wait_for_line(self, start: str, *, within_seconds: float = START_SECONDS) -> str:
        """Wait until a line begins so, and return it."""
        with self._printed:
            self._printed.wait_for(
                lambda: any(line.startswith((start, "(end)")) for line in self.lines), timeout=within_seconds
            )
            found = [line for line in self.lines if line.startswith(start)]
            assert found, "\n".join(self.lines)
            return found[0]

    def stop(self) -> int:
        """Stop it as Ctrl-C does, and return its exit code."""
        self.process.send_signal(2)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """Kill it as a power cut does."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)


class House:
    """A data folder, and the commands that work on it."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PACTWATCH_", "PYTHONDONT"))},
            "PACTWATCH_DATA_DIR": str(data),
            "PACTWATCH_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
            "PACTWATCH_LEASE_SECONDS": "3",
            "PACTWATCH_SWEEP_SECONDS": "0.5",
            "PACTWATCH_DELIVERY_WAITS_SECONDS": "0.5,1,1,1,1,1",
            "PACTWATCH_HANDLER_WAITS_SECONDS": "0.2,0.4,0.8",
            **{f"PACTWATCH_{name.upper()}": value for name, value in settings.items()},
        }

    def start(self, *arguments: str, **settings: str) -> Running:
        """Start a long-running command."""
        environment = {**self.environment, **{f"PACTWATCH_{name.upper()}": value for name, value in settings.items()}}
        return self.spawned(arguments, environment)

    def spawned(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> Running:
        """Start a process of its own."""
        return Running(
            subprocess.Popen(
                [PACTWATCH, *arguments],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        )

    def up(self, *arguments: str, **settings: str) -> Running:
        """Start the whole house, and wait until it is ready."""
        running = self.start("up", *arguments, **settings)
        running.wait_for_line("pactwatch ready")
        return running

    def run(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [PACTWATCH, *arguments], env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """Run a command to its end and return its JSON."""
        return json.loads(self.run(*arguments, "--json"))


@contextmanager
def stopped_at_the_end(running: Running) -> Iterator[Running]:
    """Make sure that a process does not outlive its test."""
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()


def moment(days_ago: float = 0) -> datetime:
    """Return a recent moment."""
    return datetime.now(UTC) - timedelta(days=days_ago)


def gone(pid: int, *, within_seconds: float = 15.0) -> bool:
    """Wait until a process is gone."""
    deadline = time.monotonic() + within_seconds
    waiting = threading.Event()
    while look_at(pid) is not None and time.monotonic() < deadline:  # a zombie, whom nobody buries, is gone
        waiting.wait(0.05)
    return look_at(pid) is None

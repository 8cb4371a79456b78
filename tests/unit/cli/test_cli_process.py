"""The command as a process: light to start, safe in any terminal, and its web server ends when told."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from typer.testing import CliRunner

from services.cli import web_server
from services.cli.app import COMMANDS, app
from services.cli.demo import kept_newsroom
from services.cli.web_server import bind, port_of, serve
from shared.kit.errors import PactwatchError

PACTWATCH = Path(sys.executable).with_name("pactwatch")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def run(*arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PACTWATCH_")}
    return subprocess.run([PACTWATCH, *arguments], env=kept | environment, capture_output=True, check=False, timeout=60)


# What each command may not pay for at its start: each takes a tenth of a second or more.
TOO_HEAVY = ("faststream", "alembic", "fastapi", "uvicorn", "httpx", "trafilatura", "feedparser", "lark", "rich")
LIGHT = {
    ("source", "rule", "subscribe", "alerts", "deliveries", "channel", "sending"): TOO_HEAVY,
    ("classify",): (*TOO_HEAVY, "sqlalchemy", "asyncpg", "nats"),
}


@pytest.mark.parametrize("commands", LIGHT)
def test_a_command_pays_only_for_what_it_needs(commands: tuple[str, ...]):
    modules = ", ".join(f"services.cli.commands.{each}" for each in commands)
    code = f"import sys, services.cli.app, {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not set(done.stdout.split()) & set(LIGHT[commands])


def test_help_names_every_command_and_each_has_its_own():
    said = CliRunner().invoke(app, ["--help"]).stdout
    for command in COMMANDS:
        assert f" {command} " in said
        help_of = CliRunner().invoke(app, [command, "--help"])
        assert help_of.exit_code == 0
        assert "Usage" in help_of.stdout


def test_a_terminal_without_our_letters_gets_escapes_and_no_traceback():
    done = run("classify", "समाचार", PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert rb"\u0938" in done.stderr


def test_an_argument_that_is_no_text_is_wrong_use():
    done = run("rule", "add", b"\xff", "pact")
    assert done.returncode == 2
    assert b"argument: '\\udcff' is not UTF-8" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("port", [70_000, -1])
def test_a_port_that_cannot_be_is_named_with_its_setting(port: int):
    with pytest.raises(PactwatchError, match=rf"--port: 127.0.0.1:{port} cannot be listened on"):
        bind("127.0.0.1", port, setting="--port")


def test_a_port_in_use_is_named_with_its_setting():
    with bind("127.0.0.1", 0, setting="--port") as taken, pytest.raises(PactwatchError) as refused:
        bind("127.0.0.1", port_of(taken), setting="PACTWATCH_DESK_PORT")
    assert str(refused.value).startswith(f"PACTWATCH_DESK_PORT: 127.0.0.1:{port_of_message(refused.value)} cannot")
    assert "Address already in use" in str(refused.value)


def port_of_message(error: PactwatchError) -> str:
    return error.sentence.split(":")[2].split()[0]


@pytest.mark.parametrize("host", ["::1", "[::1]", "no such host"])
def test_an_address_is_listened_on_or_refused_with_a_sentence(host: str):
    try:
        bind(host, 0, setting="PACTWATCH_DESK_HOST").close()
    except PactwatchError as refused:
        assert "PACTWATCH_DESK_HOST" in str(refused)  # noqa: PT017  (a machine without IPv6 refuses ::1 as well)


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def endless(_request: Request) -> StreamingResponse:
    async def drops():
        yield b"one"
        await asyncio.Event().wait()

    return StreamingResponse(drops())


PAGES = Starlette(routes=[Route("/", hello), Route("/endless", endless)])


async def test_pages_are_served_until_told_to_stop():
    listener, stop = bind("127.0.0.1", 0, setting="--port"), asyncio.Event()
    port = port_of(listener)
    serving = asyncio.create_task(serve(PAGES, listener, stop))
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/")).text == "hello"
    stop.set()
    await asyncio.wait_for(serving, 5)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


async def test_an_open_stream_does_not_hold_the_stop(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(web_server, "GRACE_SECONDS", 1)
    listener, stop = bind("127.0.0.1", 0, setting="--port"), asyncio.Event()
    serving = asyncio.create_task(serve(PAGES, listener, stop))
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(listener))
    writer.write(b"GET /endless HTTP/1.1\r\nhost: h\r\n\r\n")
    await reader.readuntil(b"one")
    stop.set()
    await asyncio.wait_for(serving, 8)
    writer.close()


def test_a_newsroom_is_the_same_at_the_next_start(tmp_path: Path):
    first = kept_newsroom(tmp_path, NOON)
    assert first.host == f"127.0.0.1:{first.port}"
    assert kept_newsroom(tmp_path, NOON.replace(year=2027)) == first


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"started_at": 7}', '{"started_at": "then"}', "{}", "\x00"])
def test_a_newsroom_whose_memory_is_spoilt_begins_anew(spoilt: str, tmp_path: Path):
    (tmp_path / "newsroom.json").write_text(spoilt, encoding="utf-8")
    assert kept_newsroom(tmp_path, NOON).started_at == NOON

"""Both engines start, answer those who know the secret, and keep what they were given."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from services.cli.engines.datadir import DataDir
from services.cli.engines.nats import start_nats
from services.cli.engines.supervisor import Engines, engines_at
from shared.kit.errors import PactwatchError
from tests.live.engines.guests import Guests, command_of, greeting_as, has_ended

pytestmark = pytest.mark.live

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "data_checksums": "on",
    "server_encoding": "UTF8",
    "TimeZone": "UTC",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "password_encryption": "scram-sha-256",
}


async def test_a_restart_keeps_what_was_stored_and_where_it_was(data: DataDir, guests: Guests) -> None:
    seen = []
    for count in (1, 2):
        engines = Engines()
        await engines.start(data, nats=True, postgres=True)
        try:
            await guests.ask(engines.database_url, "CREATE TABLE IF NOT EXISTS kept (word text)")
            await guests.ask(engines.database_url, "INSERT INTO kept VALUES ('договор')")
            assert await guests.ask(engines.database_url, "SELECT count(*) FROM kept") == count
            assert await guests.append(engines.nats_url, b"word") == count
            seen.append((engines.nats_url, engines.database_url))
        finally:
            await engines.stop()
    assert seen[0] == seen[1]


async def test_postgres_is_durable_speaks_utf_8_and_gives_us_no_power_over_the_machine(
    data: DataDir, engines: Engines, guests: Guests
) -> None:
    await engines.start(data, nats=False, postgres=True)
    url = engines.database_url
    for name, value in SETTINGS.items():
        assert await guests.ask(url, "SELECT current_setting($1)", name) == value, name
    assert await guests.ask(url, "SELECT lower('ДОГОВОР')") == "договор"
    assert await guests.ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await guests.ask(url, "COPY (SELECT 1) TO PROGRAM 'true'")
    await guests.ask(url, "CREATE DATABASE for_a_test")


async def test_nobody_comes_in_without_the_secret(data: DataDir, engines: Engines, guests: Guests) -> None:
    await engines.start(data, nats=True, postgres=True)
    database, bus = urlsplit(engines.database_url), urlsplit(engines.nats_url)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await guests.ask(f"postgresql://pactwatch:guess@127.0.0.1:{database.port}/pactwatch", "SELECT 1")
    token = str(bus.username)
    for secret, answer in (({}, "-ERR"), ({"auth_token": "guess"}, "-ERR"), ({"auth_token": token}, "PONG")):
        assert (await greeting_as(bus.port or 0, secret)).startswith(answer)


async def test_no_secret_is_on_a_command_line_in_a_log_or_open_to_others(data: DataDir, engines: Engines) -> None:
    await engines.start(data, nats=True, postgres=True)
    secrets = [str(urlsplit(engines.database_url).password), str(urlsplit(engines.nats_url).username)]
    shown = [command_of(pid) for pid in engines.pids.values()]
    shown += [log.read_text() for log in data.path.glob("engines/*.log")]
    assert not [text for text in shown for secret in secrets if secret in text]
    holding = [file for file in (*data.path.glob("*/*"),) if file.is_file() and _holds(file, secrets)]
    assert {file.name for file in holding} == {"password", "token", "nats.conf"}
    assert {file.stat().st_mode & 0o777 for file in holding} == {0o600}


def _holds(file: Path, secrets: list[str]) -> bool:
    return any(secret in file.read_text() for secret in secrets)


@pytest.mark.parametrize(
    "name", ["with space", "папка-मार्ग-é", "quote\"'$x\\n", "long/" + "/".join("x" * 60 for _ in range(4))]
)
async def test_any_path_will_do(tmp_path: Path, engines: Engines, guests: Guests, name: str) -> None:
    data = DataDir(tmp_path / name)
    data.prepare()
    data.lock()
    await engines.start(data, nats=True, postgres=True)
    assert await guests.ask(engines.database_url, "SELECT 1") == 1
    assert await guests.append(engines.nats_url, b"word") == 1
    await engines.stop()
    data.unlock()


async def test_a_path_too_long_for_postgres_is_refused(tmp_path: Path, engines: Engines) -> None:
    data = DataDir(tmp_path.joinpath(*["x" * 200] * 4))
    data.prepare()
    with pytest.raises(PactwatchError, match="shorter"):
        await engines.start(data, nats=False, postgres=True)


async def test_a_port_taken_meanwhile_is_replaced_by_another(data: DataDir, engines: Engines, guests: Guests) -> None:
    first = await start_nats(data.path)
    await first.stop()
    with socket.create_server(("127.0.0.1", first.port)):
        await engines.start(data, nats=True, postgres=False)
        assert urlsplit(engines.nats_url).port != first.port
        assert await guests.append(engines.nats_url, b"word") == 1


async def test_engines_stop_at_any_time_and_again(data: DataDir, engines: Engines) -> None:
    await engines.stop()
    await engines.start(data, nats=True, postgres=True)
    pids = engines.pids
    await asyncio.gather(engines.stop(), engines.stop())
    await engines.stop()
    assert all(has_ended(pid) for pid in pids.values())


async def test_an_engine_that_cannot_start_says_why_and_takes_the_other_with_it(
    data: DataDir, engines: Engines
) -> None:
    await engines.start(data, nats=False, postgres=True)
    await engines.stop()
    (data.path / "postgres" / "cluster" / "global" / "pg_control").unlink()
    failing = Engines()
    with pytest.raises(PactwatchError, match="pg_control") as failed:
        await failing.start(data, nats=True, postgres=True)
    assert str(data.path / "engines" / "postgres.log") in failed.value.mend
    assert not list(data.path.glob("engines/*.pid"))
    assert failing.pids == {}


async def test_a_lost_password_is_named_before_anything_starts(data: DataDir, engines: Engines) -> None:
    await engines.start(data, nats=False, postgres=True)
    await engines.stop()
    (data.path / "postgres" / "password").unlink()
    with pytest.raises(PactwatchError, match="backup"):
        await Engines().start(data, nats=False, postgres=True)


async def test_only_the_main_thread_may_start_an_engine(data: DataDir) -> None:
    """The kernel ends an engine with the thread that started it."""
    outcome: list[BaseException] = []

    def start() -> None:
        try:
            asyncio.run(start_nats(data.path))
        except RuntimeError as error:
            outcome.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert "main thread" in str(outcome[0])


def test_engines_can_be_held_outside_of_any_event_loop(tmp_path: Path, guests: Guests) -> None:
    with engines_at(tmp_path / "held") as engines:
        for _ in range(2):
            assert asyncio.run(guests.ask(engines.database_url, "SELECT 1")) == 1
        pids = engines.pids
    assert all(has_ended(pid) for pid in pids.values())

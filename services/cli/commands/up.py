"""`pactwatch up`: the whole house in one process, on embedded engines unless they are given by URL."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from migrations.upgrade import upgrade
from services.cli.database_refusals import refusal_of
from services.cli.default_rules import take_rules_over
from services.cli.definitions import definitions_on, rules_on, secrets_on
from services.cli.demo import Newsroom, kept_newsroom, watch_newsroom
from services.cli.engine_urls import DataDirOption, settings_for
from services.cli.engines.datadir import DataDir, House
from services.cli.engines.ports import is_free, kept_port
from services.cli.engines.supervisor import Engines
from services.cli.output import run, say
from services.cli.process import SERVICE_NAMES, services_named, stand_on, stop_on_signals
from services.cli.secret_key import seals_of
from services.cli.set_up_link import say_set_up_link
from services.cli.web_server import bind, port_of, serve
from services.desk.domain.binding import check_binding
from shared.hosting.host import Host
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.errors import PactwatchError
from shared.kit.settings import Settings
from shared.kit.waiting import pause
from shared.store.unit_of_work import Database
from shared.telemetry.health import Watchdog
from shared.telemetry.logging import set_up_logging

app = typer.Typer(add_completion=False)

USUAL_DESK_PORT = 8080


@app.command()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="Serve a sample newsroom and watch it.")] = False,
    port: Annotated[int | None, typer.Option("--port", help="Port of the desk (default: 8080, or a free one).")] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Run everything in one process until Ctrl-C."""
    run(lambda: _up(settings_for(data_dir), demo=demo, port=port))


async def _up(settings: Settings, *, demo: bool, port: int | None) -> None:
    set_up_logging("warning" if settings.log_level == "info" else settings.log_level, settings.log_format)
    started = time.monotonic()
    stop = stop_on_signals()
    data = DataDir(settings.data_dir)
    data.prepare()
    data.lock()
    check_binding(settings.desk_host, published_on_loopback=settings.desk_published_on_loopback)
    newsroom = kept_newsroom(data.path, SystemClock().now()) if demo else None
    settings = _opened_for(settings, newsroom)
    listener = bind(settings.desk_host, _desk_port(data.path, port, settings), setting="--port")
    try:
        async with _engines(settings, data) as (nats_url, database_url):
            desk_url = f"http://{settings.desk_host}:{port_of(listener)}"
            settings = settings.model_copy(update={"base_url": settings.base_url or desk_url})
            seals = seals_of(settings)
            async with stand_on(settings, database_url, application="pactwatch", seals=seals) as ground:
                own = settings.catalogue_dir and settings.catalogue_dir.absolute()
                data.announce(
                    House(
                        nats_url=nats_url,
                        database_url=database_url,
                        desk_url=desk_url,
                        pid=os.getpid(),
                        catalogue_dir=own,
                    )
                )
                house = _House(ground, nats_url, listener, newsroom)
                await house.run(stop, f"pactwatch ready {desk_url}", started)
    finally:
        data.withdraw()
        listener.close()
    say("stopped")


class _House:
    """Everything that runs between the engines' start and their stop."""

    def __init__(self, ground: Ground, nats_url: str, listener: socket.socket, newsroom: Newsroom | None) -> None:
        self._ground = ground
        self._nats_url = nats_url
        self._listener = listener
        self._newsroom = newsroom

    async def run(self, stop: asyncio.Event, ready_line: str, started: float) -> None:
        """Migrate, start every part, say the ready line, and run until `stop` is set."""
        # late: the engines start while nothing is imported
        from services.cli.account_desk import accounts_on
        from services.cli.desk_page import desk_application
        from services.cli.reading_desk import reading_on
        from services.scraper.app import give_back_what_the_dead_held

        await _stage("schema", _migrate(self._ground.database))
        await _stage("rules", _take_rules(self._ground))
        await secrets_on(self._ground.database, self._ground.seals).seal_all()
        await give_back_what_the_dead_held(self._ground)
        host = Host(services_named(SERVICE_NAMES, self._ground), self._ground, self._nats_url)
        settings = self._ground.settings
        accounts = accounts_on(self._ground.database, settings, seals=self._ground.seals)
        await accounts.second_factor.seal_anew()
        reading = reading_on(self._ground.database, self._ground.catalogue, accounts.signing_in)
        desk = desk_application(self._ground, settings.base_url, accounts, reading)
        async with asyncio.TaskGroup() as group:
            group.create_task(Watchdog().run(stop))
            if self._newsroom is not None:
                group.create_task(self._serve_newsroom(self._newsroom, stop))
                await _stage("sample newsroom", self._watch(self._newsroom))
            group.create_task(host.run(stop))
            group.create_task(reading.listen(self._nats_url, stop))
            group.create_task(serve(desk, self._listener, stop, proxies=settings.desk_proxies))
            await _stage("services", _until_ready(host, stop))
            if not stop.is_set():
                say(f"up in {time.monotonic() - started:.1f} s; stop with Ctrl-C")
                await say_set_up_link(accounts)
                say(ready_line)
            await stop.wait()
            say("stopping …")

    async def _serve_newsroom(self, newsroom: Newsroom, stop: asyncio.Event) -> None:
        from services.cli.newsroom.site import newsroom_app

        listener = bind("127.0.0.1", newsroom.port, setting="sample newsroom")
        await serve(newsroom_app(newsroom.started_at), listener, stop)

    async def _watch(self, newsroom: Newsroom) -> str:
        database, catalogue = self._ground.database, self._ground.catalogue
        rules = rules_on(database, catalogue, self._ground.settings).rules
        definitions = definitions_on(database, catalogue, self._ground.seals)
        sources, subscriptions = await watch_newsroom(definitions, rules, newsroom)
        return f"http://{newsroom.host}, {sources} sources, {subscriptions} subscriptions"


def _opened_for(settings: Settings, newsroom: Newsroom | None) -> Settings:
    """Return settings that let the demo's own newsroom be fetched, and nothing else that was not named."""
    if newsroom is None:
        return settings
    allowed = ",".join(part for part in (settings.allowed_private_hosts, newsroom.host) if part)
    return settings.model_copy(update={"allowed_private_hosts": allowed})


def _desk_port(data: Path, port: int | None, settings: Settings) -> int:
    if port is not None:
        return port
    if "desk_port" in settings.model_fields_set:
        return settings.desk_port
    if is_free(USUAL_DESK_PORT):
        return USUAL_DESK_PORT
    free = kept_port(data / "desk.port")
    say(f"port {USUAL_DESK_PORT} is taken: the desk is on {free}")
    return free


@asynccontextmanager
async def _engines(settings: Settings, data: DataDir) -> AsyncIterator[tuple[str, str]]:
    """Start the engines that no URL names; yield both URLs; stop what was started."""
    nats_url, database_url = settings.nats_url, settings.database_url
    engines = Engines()
    try:
        start = engines.start(data, nats=nats_url is None, postgres=database_url is None)
        ours = [name for name, url in (("nats-server", nats_url), ("postgres", database_url)) if url is None]
        told = f"{' and '.join(ours)} in {data.path}" if ours else "given by URL"
        await _stage("engines", _told(start, told))
        yield (
            nats_url.get_secret_value() if nats_url else engines.nats_url,
            database_url.get_secret_value() if database_url else engines.database_url,
        )
    finally:
        await engines.stop()


async def _told(work: Awaitable[object], result: str) -> str:
    await work
    return result


async def _migrate(database: Database) -> str:
    try:
        return f"revision {await upgrade(database)}"
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        where = f"{database.engine.url.host}:{database.engine.url.port or 5432}"
        raise PactwatchError(
            f"Postgres on {where}: {refusal.sentence}", mend="Check PACTWATCH_DATABASE_URL, and that Postgres runs."
        ) from error


async def _take_rules(ground: Ground) -> str:
    return await take_rules_over(ground.database, ground.catalogue)


async def _until_ready(host: Host, stop: asyncio.Event) -> str:
    while not (host.ready.is_set() or stop.is_set()):
        await pause(60, host.ready, stop)
    return ", ".join((*SERVICE_NAMES, "desk"))


async def _stage(name: str, work: Awaitable[str]) -> None:
    """Run one stage of the start and print its line: what, with what result, how long."""
    begun = time.monotonic()
    result = await work
    say(f"{name:<16} {result} ({time.monotonic() - begun:.1f} s)")

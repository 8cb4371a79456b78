"""`pactwatch serve SERVICE`: one service in this process; start as many of each as you like."""

from __future__ import annotations

import asyncio
import socket
from enum import StrEnum
from typing import Annotated

import typer

from services.cli.default_rules import rules_taken_over
from services.cli.definitions import secrets_on
from services.cli.engine_urls import DataDirOption, Engines, find_engines, settings_for
from services.cli.output import run, say
from services.cli.process import services_named, stand_on, stop_on_signals, wait_for_schema
from services.cli.secret_key import seals_of
from services.cli.set_up_link import say_set_up_link
from services.cli.web_server import bind, port_of, serve
from services.desk.domain.binding import check_binding
from shared.hosting.host import Host
from shared.hosting.service import Ground
from shared.kit.errors import PactwatchError
from shared.kit.settings import Settings
from shared.kit.waiting import pause
from shared.telemetry.health import Watchdog, health_app
from shared.telemetry.logging import set_up_logging

app = typer.Typer(add_completion=False)


class ServiceName(StrEnum):
    """The four services."""

    SCRAPER = "scraper"
    CLASSIFIER = "classifier"
    NOTIFIER = "notifier"
    DESK = "desk"


@app.command()
def serve_service(
    service: Annotated[ServiceName, typer.Argument(help="Which service to run.")],
    data_dir: DataDirOption = None,
) -> None:
    """Run one service until it is stopped; its engines are given by URL, or those of the running house."""

    async def work() -> None:
        settings = settings_for(data_dir)
        set_up_logging(settings.log_level, settings.log_format)
        engines = find_engines(settings)
        stop = stop_on_signals()
        settings = settings.model_copy(update={"base_url": settings.base_url or engines.desk_url})
        seals, name = seals_of(settings), f"pactwatch-{service}"
        async with stand_on(settings, engines.database_url, application=name, seals=seals) as ground:
            if service is ServiceName.DESK:
                await _serve_desk(ground, engines, stop)
            else:
                await _serve_worker(service, ground, engines, stop)

    run(work)


async def _serve_desk(ground: Ground, engines: Engines, stop: asyncio.Event) -> None:
    from services.cli.account_desk import accounts_on
    from services.cli.desk_page import desk_application  # late: the web framework is for the desk alone
    from services.cli.reading_desk import reading_on

    settings = ground.settings
    check_binding(settings.desk_host, published_on_loopback=settings.desk_published_on_loopback)
    await wait_for_schema(ground.database, stop)
    await rules_taken_over(ground, stop)
    if not stop.is_set():
        await secrets_on(ground.database, ground.seals).seal_all()
    listener = bind(settings.desk_host, settings.desk_port, setting="PACTWATCH_DESK_PORT")
    accounts = accounts_on(ground.database, settings, seals=ground.seals)
    if not stop.is_set():
        await accounts.second_factor.seal_anew()
        await say_set_up_link(accounts)
    say(f"desk ready http://{settings.desk_host}:{port_of(listener)}")
    async with asyncio.TaskGroup() as group:
        group.create_task(Watchdog().run(stop))
        reading = reading_on(ground.database, ground.catalogue, accounts.signing_in)
        group.create_task(reading.listen(engines.nats_url, stop))
        desk = desk_application(ground, settings.base_url, accounts, reading)
        group.create_task(serve(desk, listener, stop, proxies=settings.desk_proxies))


async def _serve_worker(service: ServiceName, ground: Ground, engines: Engines, stop: asyncio.Event) -> None:
    running = Host(services_named((service,), ground), ground, engines.nats_url)
    checks = {"database": running.check_database, "bus": running.check_bus}
    listener = _health_listener(ground.settings)
    async with asyncio.TaskGroup() as group:
        group.create_task(Watchdog().run(stop))
        group.create_task(serve(health_app(service, checks), listener, stop))
        await wait_for_schema(ground.database, stop)
        await rules_taken_over(ground, stop)
        if not stop.is_set():
            group.create_task(running.run(stop))
        while not (running.ready.is_set() or stop.is_set()):
            await pause(60, running.ready, stop)
        if running.ready.is_set():
            say(f"{service} ready, health on http://{ground.settings.health_host}:{port_of(listener)}/health")


def _health_listener(settings: Settings) -> socket.socket:
    """Listen where the settings say; a second service on one machine takes a free port unless one was asked for."""
    try:
        return bind(settings.health_host, settings.health_port, setting="PACTWATCH_HEALTH_PORT")
    except PactwatchError:
        if "health_port" in settings.model_fields_set:
            raise
        return bind(settings.health_host, 0, setting="PACTWATCH_HEALTH_PORT")

"""`pactwatch subscribe change`, `mute` and `unmute`: what a subscription wants, and when it is left alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption
from services.cli.moments import day_and_time
from services.cli.output import run, say
from services.cli.subscribe_options import (
    At,
    Digest,
    Languages,
    MinSeverity,
    On,
    TimeZone,
    Urgent,
    wishes_given,
)
from services.cli.subscription_page import page_of
from services.desk.domain.receivers import For
from services.desk.domain.views import SubscriptionView
from services.desk.use_cases.subscriptions import Subscriptions
from shared.kit.clock import SystemClock

Which = Annotated[str, typer.Argument(help="The subscription's id, or the beginning of it.")]


def change(
    subscription: Which,
    min_severity: MinSeverity = None,
    language: Languages = None,
    digest: Digest = None,
    at: At = None,
    on: On = None,
    time_zone: TimeZone = None,
    urgent: Urgent = None,
    data_dir: DataDirOption = None,
) -> None:
    """Change what is given and nothing else; --digest immediate and --language all take a wish back."""
    given = wishes_given(
        min_severity=min_severity,
        languages=language,
        digest=digest,
        at=at,
        on=on,
        time_zone=time_zone,
        urgent=urgent,
    )
    show_subscription(data_dir, lambda hearing: hearing.change(subscription, **given))


def mute(
    subscription: Which,
    span: Annotated[str | None, typer.Option("--for", help="For so long: 30m, 3h, 2d, 1w.")] = None,
    until: Annotated[str | None, typer.Option("--until", help='2026-12-01, "2026-12-01 08:00" or 08:00.')] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Send nothing until then; what comes is kept, and told after."""

    async def work() -> SubscriptionView:
        async with open_definitions(data_dir) as definitions:
            return await definitions.hearing.mute(subscription, until=until, span=span)

    view = run(work)
    say(f"{view.rule_name} to {view.channel} is muted until {day_and_time(view.wishes.muted_until)}.")
    say(f"What comes is kept, and told then. End it: pactwatch subscribe unmute {view.subscription_id.hex[:8]}")


def unmute(subscription: Which, data_dir: DataDirOption = None) -> None:
    """Send again; what was kept goes out."""

    async def work() -> SubscriptionView:
        async with open_definitions(data_dir) as definitions:
            return await definitions.hearing.unmute(subscription)

    view = run(work)
    say(f"{view.rule_name} to {view.channel} is heard again; what was kept goes out.")


def show_subscription(
    data_dir: Path | None, done: Callable[[Subscriptions], Coroutine[Any, Any, SubscriptionView]]
) -> SubscriptionView:
    """Do something with a subscription, and print it as it is then."""

    async def work() -> tuple[SubscriptionView, str | None]:
        async with open_definitions(data_dir) as definitions:
            view = await done(definitions.hearing)
            return view, (await definitions.hearing.receiver(For(view.person, view.team))).zone

    view, zone = run(work)
    for line in page_of(view, zone, SystemClock().now()):
        say(line)
    return view

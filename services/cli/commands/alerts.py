"""`pactwatch alerts …`: what fired, whom it reached, and what was given up."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption, JsonOption, find_engines, settings_for
from services.cli.output import give_up, run, say, say_json, say_table
from services.desk.domain.views import AlertView, DeliveryView, OperatorAlertView
from services.desk.use_cases.definitions import MOST_ROWS
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.text import one_line

app = typer.Typer(help="Alerts and their deliveries.", no_args_is_help=True)


def _shown(view: AlertView) -> dict[str, Any]:
    return {
        "alert_id": view.alert_id,
        "rule": view.rule_name,
        "agreement": view.agreement,
        "stage": view.stage,
        "sectors": view.sectors,
        "evidence": view.evidence,
        "source": view.article.source,
        "time": view.raised_at,
        "article": {
            "title": view.article.title,
            "url": view.article.url,
            "source": view.article.source,
            "published": view.article.published_at,
            "language": view.article.language,
        },
        "deliveries": [_delivery(each) for each in view.deliveries],
    }


def _shown_to_operators(view: OperatorAlertView) -> dict[str, Any]:
    return {
        "operator_alert_id": view.operator_alert_id,
        "kind": view.kind,
        "about": view.about,
        "state": view.state,
        "sentence": view.sentence,
        "mend": view.mend,
        "since": view.since,
        "told_at": view.opened_at,
        "over_at": view.over_at,
        "over_sentence": view.over_sentence,
        "deliveries": [_delivery(each) | {"over": each.over} for each in view.deliveries],
    }


def _delivery(view: DeliveryView) -> dict[str, Any]:
    return {
        "delivery_id": view.delivery_id,
        "channel": view.channel,
        "address": view.masked_address,
        "state": view.state,
        "attempts": view.attempts,
        "sent_at": view.sent_at,
        "last_error": view.last_error,
    }


@app.command("list")
def list_alerts(
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, newest first.")] = 50,
    before: Annotated[
        str | None, typer.Option("--before", help="Only those listed after the alert of this id.")
    ] = None,
    operators: Annotated[
        bool, typer.Option("--operators", help="What operators were told instead: troubles of sources and languages.")
    ] = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the alerts, newest first."""
    if operators:
        _list_operator_alerts(limit, before, data_dir, as_json=as_json)
        return

    async def work() -> list[AlertView]:
        edge = None if before is None else _uuid(before, "--before")
        async with open_definitions(data_dir) as definitions:
            return await definitions.alerts(limit, edge)

    views = run(work)
    if as_json:
        say_json([_shown(view) for view in views])
        return
    if views and sys.stdout.isatty():
        for view in views:
            say("\n".join(alert_block(view)))
    else:
        say_table(["Time"], [_row(view) for view in views], empty=_none_yet(before))
    if len(views) == min(limit, MOST_ROWS):
        typer.echo(f"Older ones: pactwatch alerts list --before {views[-1].alert_id}", err=True)


def alert_block(view: AlertView) -> list[str]:
    """Return an alert as a person reads it: what is long has a line of its own, and the last says how to ask on."""
    stage = f", {view.stage}" if view.stage else ""
    return [
        f"{view.raised_at.astimezone():%Y-%m-%d %H:%M:%S}  {view.rule_name}{stage}: {_told(view)}",
        f"  {one_line(view.article.title)} ({view.article.source})",
        f"  {one_line(view.evidence)}",
        f"  pactwatch why {view.alert_id}",
    ]


def _row(view: AlertView) -> tuple[object, ...]:
    told = (view.raised_at, view.rule_name, view.stage, view.article.title, view.evidence, view.article.source)
    return (*told, _told(view), view.alert_id)


def _told(view: AlertView) -> str:
    return ", ".join(f"{each.channel} {each.state}" for each in view.deliveries) or "nobody is subscribed"


def _none_yet(before: str | None) -> str:
    if before:
        return "No alerts before that one."
    return (
        "No alerts yet. Every agreement of the catalogue is watched (`pactwatch rule list`); to be told of one: "
        "pactwatch subscribe add --agreement relos --channel inbox"
    )


def _list_operator_alerts(limit: int, before: str | None, data_dir: Path | None, *, as_json: bool) -> None:
    async def work() -> list[OperatorAlertView]:
        if before is not None:
            raise WrongInput("--before", before, "goes with alerts", mend="Leave it out, or leave out --operators.")
        async with open_definitions(data_dir) as definitions:
            return await definitions.operator_alerts(limit)

    views = run(work)
    if as_json:
        say_json([_shown_to_operators(view) for view in views])
        return
    say_table(
        ["Since", "About", "State", "Over", "What happened", "What to do", "Deliveries"],
        [
            (
                view.since,
                f"{view.kind} {view.about}",
                view.state,
                view.over_at,
                view.sentence,
                view.mend,
                ", ".join(f"{each.channel} {each.state}" for each in view.deliveries) or "nobody is subscribed",
            )
            for view in views
        ],
        empty="Operators were told of nothing yet: a trouble is told once it lasts. "
        "What is in trouble now: pactwatch source list --trouble. "
        "Hear of it: pactwatch subscribe add --operators --channel mailto:ops@example.org",
    )


@app.command()
def replay(
    delivery: Annotated[
        str | None, typer.Argument(help="Id of an abandoned delivery (see `alerts list --json`).")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Replay every abandoned delivery.")] = False,
    data_dir: DataDirOption = None,
) -> None:
    """Send abandoned deliveries again, now."""
    from services.cli.process import stand_on  # late: a replay needs the notifier, a list does not
    from services.notifier.app import notifier_on

    async def work() -> int:
        if every == (delivery is not None):
            raise WrongInput(
                "alerts replay", delivery, "does not say what to replay", mend="Give one delivery's id, or --all."
            )
        settings = settings_for(data_dir)
        async with stand_on(settings, find_engines(settings).database_url, application="pactwatch-cli") as ground:
            notifier = notifier_on(ground)
            if delivery is None:
                return await notifier.replay_abandoned()
            return int(await notifier.replay_delivery(_uuid(delivery, "delivery")))

    count = run(work)
    if delivery is not None and not count:
        give_up(
            PactwatchError(
                f"No abandoned delivery has the id {delivery}.", mend="Take it from `pactwatch alerts list --json`."
            )
        )
    say(f"{count} deliveries go out again.")


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise WrongInput(field, text, "is not an id", mend="Take it from `pactwatch alerts list --json`.") from None

"""`pactwatch backfill SOURCE --since DATE`: a source's past, walked politely, broken off and gone on with at will."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.cli.backfill_display import display_for
from services.cli.backfill_run import run_backfill
from services.cli.engine_urls import DataDirOption, JsonOption, open_database
from services.cli.output import FAILED, run, say, say_json, say_table
from services.cli.process import INTERRUPTED_EXIT_CODE
from services.scraper.adapters.work import ScraperWork
from services.scraper.domain.backfill_order import Order
from services.scraper.domain.backfill_views import WalkListed

app = typer.Typer(add_completion=False)

COLUMNS = ("Source", "State", "Since", "Alerts since", "Looks", "Left", "Entries", "Read", "Oldest", "Changed", "Why")
_EXIT_CODES = {"done": 0, "interrupted": INTERRUPTED_EXIT_CODE, "unfinished": FAILED}


@app.command()
def backfill(
    source: Annotated[str | None, typer.Argument(help="The source's name.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="How far back to go: a date.")] = None,
    alerts: Annotated[
        str | None,
        typer.Option(
            "--alerts",
            help="What may alert: articles published since DATE, all, or none (the default: only the last hour's).",
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Begin anew, whatever was walked before.")] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="End when everything is found, without waiting for it to be read.")
    ] = False,
    status: Annotated[bool, typer.Option("--status", help="List the backfills, and begin none.")] = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Collect a source's past from its archive; the same command again goes on where it stopped."""
    if status:
        _list(run(lambda: _walks(data_dir)), as_json=as_json)
        return
    order = Order(since=since, alerts=alerts, again=again)
    display = display_for(is_json=as_json)
    summary = run(lambda: run_backfill(source, order, display, data_dir, wait=not no_wait))
    if as_json:
        say_json(summary)
    else:
        say(summary.sentence)
    if (code := _EXIT_CODES[summary.state]) != 0:
        raise SystemExit(code)


async def _walks(data_dir: Path | None) -> list[WalkListed]:
    async with open_database(data_dir) as database, database.begin(ScraperWork) as work:
        return list(await work.walks())


def _list(walks: list[WalkListed], *, as_json: bool) -> None:
    if as_json:
        say_json([asdict(walk) for walk in walks])
        return
    rows = [_row(walk) for walk in walks]
    say_table(COLUMNS, rows, empty="No backfills yet. Begin one: pactwatch backfill SOURCE --since DATE")


def _row(walk: WalkListed) -> tuple[object, ...]:
    counts = (walk.looks, walk.left, walk.entries, walk.read)
    return (
        walk.source,
        walk.state,
        f"{walk.since:%Y-%m-%d}",
        walk.alert_since,
        *counts,
        walk.oldest,
        walk.changed_at,
        walk.last_error,
    )

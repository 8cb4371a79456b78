"""`pactwatch source list` and `source show`: how the sources fare."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json, say_table
from services.desk.domain.source_views import TROUBLE, SourceDetails, SourceView, in_state, state_words
from services.desk.domain.sources import Source
from shared.kit.clock import SystemClock

COLUMNS = ("Name", "State", "Since", "24 h", "7 d", "Last look", "Last news", "Next look", "Why", "Address")
EMPTY = "No sources yet. Add one: pactwatch source add NAME URL, or many: pactwatch source import --catalogue"


def shown(source: Source) -> dict[str, Any]:
    """Return a source's definition as programs read it."""
    return {
        "name": source.name,
        "url": source.url,
        "kind": source.kind,
        "every_seconds": source.every_seconds,
        "country": source.country,
        "language": source.language,
        "alert_since": source.alert_since or "all",
        "selectors": source.selectors,
        "owner": source.owner,
        "confidence": source.confidence,
        "quirks": source.quirks,
        "paused": source.paused,
    }


def shown_view(view: SourceView) -> dict[str, Any]:
    """Return a source with how it fares, as programs read it."""
    fares = {field: getattr(view, field) for field in SourceView.__slots__ if field != "source"}
    return {**shown(view.source), **fares, "in_trouble": view.in_trouble, "mend": view.mend}


def list_sources(
    state: Annotated[
        str | None, typer.Option("--state", help="Only sources in this state, for example silent; or trouble.")
    ] = None,
    trouble: Annotated[bool, typer.Option("--trouble", help="Only sources that somebody should look at.")] = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the sources and how they fare."""

    async def work() -> list[SourceView]:
        async with open_definitions(data_dir) as definitions:
            views = await definitions.sources()
        return in_state(views, state or TROUBLE) if state or trouble else views

    views = run(work)
    if as_json:
        say_json([shown_view(view) for view in views])
    elif views and sys.stdout.isatty():
        _paint(views)
    else:
        say_table(COLUMNS, [_row(view) for view in views], empty="None is." if state or trouble else EMPTY)


def _row(view: SourceView) -> tuple[object, ...]:
    return (
        view.name,
        state_words(view.state),
        view.state_since,
        view.articles_day,
        view.articles_week,
        view.last_look_at,
        view.last_new_at,
        view.next_look_at,
        view.last_error,
        view.source.url,
    )


def _paint(views: list[SourceView]) -> None:
    from rich.console import Console  # late: a command in a pipe does not pay for it

    from services.cli.source_rows import source_lines

    console = Console(highlight=False)
    for line in source_lines(views, width=console.width, now=SystemClock().now()):
        console.print(line, no_wrap=True, overflow="crop", crop=True)


def show(
    name: Annotated[str, typer.Argument(help="The source's name.")],
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show everything about one source: its definition, how it fares and why, its host, its last articles."""

    async def work() -> SourceDetails:
        async with open_definitions(data_dir) as definitions:
            return await definitions.source_details(name)

    details = run(work)
    if as_json:
        say_json(_shown_details(details))
        return
    from services.cli.source_page import source_page  # late: it paints

    for line in source_page(details, now=SystemClock().now()):
        say(line)


def _shown_details(details: SourceDetails) -> dict[str, Any]:
    return {
        **shown_view(details.view),
        "host": details.host and asdict(details.host),
        "hub_subscription": details.hub and asdict(details.hub),
        "last_articles": [asdict(each) for each in details.articles],
        "waiting": [asdict(each) for each in details.waiting],
        "waiting_count": details.waiting_count,
    }

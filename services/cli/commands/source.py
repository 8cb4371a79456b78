"""`pactwatch source …`: the feeds and pages to poll."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption, JsonOption, open_database
from services.cli.output import run, say, say_json, say_table
from services.desk.domain.sources import NewSource, Source, SourceChanges
from services.desk.domain.views import SourceView
from shared.kit.errors import WrongInput
from shared.kit.settings import load_settings

app = typer.Typer(help="Feeds and listing pages to poll.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The source's name.")]
Kind = Annotated[str | None, typer.Option("--kind", help="rss, atom, json or page; found out when left open.")]
Every = Annotated[int | None, typer.Option("--every", help="Seconds between two looks; adaptive when left open.")]
Country = Annotated[str | None, typer.Option("--country", help="Two letters, for example IN or RU.")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="en, ru or hi.")]
AlertSince = Annotated[
    str | None,
    typer.Option("--alert-since", help="Articles published since this date alert: DATE or all (default: 7 days ago)."),
]


def _shown(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "url": source.url,
        "kind": source.kind,
        "every_seconds": source.every_seconds,
        "country": source.country,
        "language": source.language,
        "alert_since": source.alert_since or "all",
    }


@app.command()
def add(
    name: Name,
    url: Annotated[str, typer.Argument(help="Address of the feed or page.")],
    kind: Kind = None,
    every: Every = None,
    country: Country = None,
    language: LanguageOption = None,
    alert_since: AlertSince = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Poll a new source; it is looked at within seconds."""

    async def work() -> Source:
        async with open_definitions(data_dir) as definitions:
            return await definitions.add_source(
                NewSource(
                    name=name,
                    url=url,
                    kind=kind,
                    every_seconds=every,
                    country=country,
                    language=language,
                    alert_since=alert_since or "default",
                )
            )

    source = run(work)
    if as_json:
        say_json(_shown(source))
        return
    since = (
        "all its articles may alert"
        if source.alert_since is None
        else (
            f"articles published before {source.alert_since:%Y-%m-%d} are stored and judged but do not alert "
            "(--alert-since all changes that)"
        )
    )
    say(f"Added {source.name} ({source.url}): {since}.")


@app.command("list")
def list_sources(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the sources and how they fare."""

    async def work() -> list[SourceView]:
        async with open_definitions(data_dir) as definitions:
            return await definitions.sources()

    views = run(work)
    if as_json:
        say_json(
            [
                {
                    **_shown(view.source),
                    "state": view.state,
                    "last_look_at": view.last_look_at,
                    "next_look_at": view.next_look_at,
                    "articles": view.articles,
                    "last_error": view.last_error,
                }
                for view in views
            ]
        )
        return
    say_table(
        ["Name", "State", "Articles", "Last look", "Next look", "Address", "Trouble"],
        [
            (v.source.name, v.state, v.articles, v.last_look_at, v.next_look_at, v.source.url, v.last_error)
            for v in views
        ],
        empty="No sources yet. Add one: pactwatch source add NAME URL",
    )


@app.command()
def edit(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="A new address.")] = None,
    kind: Kind = None,
    every: Every = None,
    country: Country = None,
    language: LanguageOption = None,
    alert_since: AlertSince = None,
    data_dir: DataDirOption = None,
) -> None:
    """Change what is given, and nothing else."""
    given: dict[str, Any] = {
        "new_name": new_name,
        "url": url,
        "kind": kind,
        "every_seconds": every,
        "country": country,
        "language": language,
        "alert_since": alert_since,
    }
    changes: SourceChanges = {field: value for field, value in given.items() if value is not None}  # type: ignore[assignment]

    async def work() -> Source:
        if not changes:
            raise WrongInput("source edit", name, "comes with nothing to change", mend="Give --url, --every, …")
        async with open_definitions(data_dir) as definitions:
            return await definitions.edit_source(name, **changes)

    changed = run(work)
    _look_soon(changed.name, data_dir)
    say(f"Changed {changed.name}; it is looked at now.")


def _simple(name: str, verb: str, data_dir: Path | None, done: str) -> None:
    async def work() -> None:
        async with open_definitions(data_dir) as definitions:
            await getattr(definitions, f"{verb}_source")(name)

    run(work)
    say(done)


def _look_soon(name: str, data_dir: Path | None) -> None:
    """Make the source due now: whoever changes or resumes it wants to see what comes of it."""
    from services.scraper.app import look_soon  # late: the other commands need no scraper

    async def work() -> None:
        async with open_database(data_dir) as database:
            await look_soon(database, name)

    run(work)


@app.command()
def pause(name: Name, data_dir: DataDirOption = None) -> None:
    """Stop looking at a source until it is resumed."""
    _simple(name, "pause", data_dir, f"Paused {name}.")


@app.command()
def resume(name: Name, data_dir: DataDirOption = None) -> None:
    """Look at a paused source again."""
    _simple(name, "resume", data_dir, f"Resumed {name}; it is looked at now.")
    _look_soon(name, data_dir)


@app.command()
def remove(name: Name, data_dir: DataDirOption = None) -> None:
    """Stop looking at a source for good; its articles and alerts stay."""
    _simple(name, "remove", data_dir, f"Removed {name}; its articles and alerts stay.")


@app.command()
def test(
    url: Annotated[str, typer.Argument(help="Address of a feed or page.")],
    kind: Kind = None,
    as_json: JsonOption = False,
) -> None:
    """Look at an address once, without keeping anything, and show what a source would find there."""
    from services.cli.process import open_web  # late: no other command needs the web or the scraper
    from services.scraper.app import TriedSource, try_source

    async def work() -> TriedSource:
        async with open_web(load_settings()) as web:
            return await try_source(web, url, kind)

    tried = run(work)
    if as_json:
        say_json(tried)
        return
    say(f"{tried.kind}: {tried.title or '(no title)'}, {len(tried.entries)} entries")
    for entry in tried.entries[:10]:
        say(f"  {_day(entry.published):<17} {entry.title or '(no title)'}\n{'':<20}{entry.url}")
    for unusable in tried.unusable[:5]:
        say(f"  left out: {unusable}")
    if tried.first_article:
        say(f"The first article reads: {tried.first_article}")


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "no date"

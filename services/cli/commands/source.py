"""`pactwatch source …`: the feeds and pages to poll."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.commands.source_files import export_sources, import_sources, list_catalogue
from services.cli.commands.source_lists import list_sources, show, shown
from services.cli.commands.source_trial import test
from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption, JsonOption, open_database
from services.cli.output import run, say, say_json, warn
from services.desk.domain.selectors import read_selectors
from services.desk.domain.sources import NewSource, Source, SourceChanges
from shared.kit.errors import WrongInput
from shared.kit.settings import load_settings

app = typer.Typer(help="Feeds and pages to poll.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The source's name.")]
Kind = Annotated[
    str | None,
    typer.Option("--kind", help="rss, atom, json, page, sitemap, telegram or watch; found out when left open."),
]
Every = Annotated[int | None, typer.Option("--every", help="Seconds between two looks; adaptive when left open.")]
Country = Annotated[str | None, typer.Option("--country", help="Two letters, for example IN or RU.")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="en, ru, hi, or several: en,hi.")]
SelectorOption = Annotated[
    list[str] | None,
    typer.Option("--selector", help="CSS of a page: item=…, link=…, title=…, date=… or text=… (may be repeated)."),
]
Owner = Annotated[str | None, typer.Option("--owner", help="Who stands behind it, for example government.")]
Confidence = Annotated[str | None, typer.Option("--confidence", help="How sure the address is: high, medium or low.")]
Quirks = Annotated[str | None, typer.Option("--quirks", help="What is odd about it, for whoever looks after it.")]
AlertSince = Annotated[
    str | None,
    typer.Option("--alert-since", help="Articles published since this date alert: DATE or all (default: 7 days ago)."),
]


@app.command()
def add(
    name: Name,
    url: Annotated[str, typer.Argument(help="Address of the feed or page.")],
    kind: Kind = None,
    every: Every = None,
    country: Country = None,
    language: LanguageOption = None,
    alert_since: AlertSince = None,
    selector: SelectorOption = None,
    owner: Owner = None,
    confidence: Confidence = None,
    quirks: Quirks = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Poll a new source; it is looked at within seconds."""

    async def work() -> Source:
        new = NewSource(
            name=name,
            url=url,
            kind=kind,
            every_seconds=every,
            country=country,
            language=language,
            alert_since=alert_since or "default",
            selectors=read_selectors(selector or ()),
            owner=owner,
            confidence=confidence,
            quirks=quirks,
        )
        async with open_definitions(data_dir) as definitions:
            return await definitions.add_source(new)

    source = run(work)
    if as_json:
        say_json(shown(source))
    else:
        say(f"Added {source.name} ({source.url}): {_alerts_on(source)}.")
    _caution(source.url)


def _alerts_on(source: Source) -> str:
    if source.alert_since is None:
        return "all its articles may alert"
    return (
        f"articles published before {source.alert_since:%Y-%m-%d} are stored and judged but do not alert "
        "(--alert-since all changes that)"
    )


def _caution(url: str) -> None:
    """Say so when the scraper will refuse to go there."""
    from services.cli.address_cautions import address_caution  # late: it brings the web
    from shared.web.guard import AllowedHosts

    async def work() -> str | None:
        return address_caution(url, AllowedHosts.parse(load_settings().allowed_private_hosts))

    caution = run(work)
    if caution:
        warn(caution)


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
    selector: SelectorOption = None,
    owner: Owner = None,
    confidence: Confidence = None,
    quirks: Quirks = None,
    data_dir: DataDirOption = None,
) -> None:
    """Change what is given, and nothing else; an empty text ('') empties its field, `--selector title=` that one."""
    given: dict[str, Any] = {
        "new_name": new_name,
        "url": url,
        "kind": kind,
        "every_seconds": every,
        "country": country,
        "language": language,
        "alert_since": alert_since,
        "owner": owner,
        "confidence": confidence,
        "quirks": quirks,
    }
    changes: SourceChanges = {field: value for field, value in given.items() if value is not None}  # type: ignore[assignment]

    async def work() -> Source:
        if selector:
            changes["selectors"] = read_selectors(selector)
        if not changes:
            raise WrongInput("source edit", name, "comes with nothing to change", mend="Give --url, --every, …")
        async with open_definitions(data_dir) as definitions:
            return await definitions.edit_source(name, **changes)

    changed = run(work)
    _look_soon(changed.name, data_dir)
    say(f"Changed {changed.name}; it is looked at now.")
    if url is not None:
        _caution(changed.url)


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


app.command("list")(list_sources)
app.command("show")(show)
app.command("test")(test)
app.command("import")(import_sources)
app.command("export")(export_sources)
app.command("catalogue")(list_catalogue)

"""`pactwatch source import`, `export` and `catalogue`: sources by the file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption, JsonOption, open_database
from services.cli.import_bar import import_bar
from services.cli.known_catalogue import known_catalogue
from services.cli.output import FAILED, run, say, say_json, say_table, warn
from services.desk.domain.importing import Added, Changed, Kept, Outcome, Same, count_of
from services.desk.domain.source_list import BadEntry, SourceList, catalogue_list
from shared.kit.errors import WrongInput
from shared.kit.settings import load_settings

FORMATS = ("yaml", "opml")


def import_sources(
    file: Annotated[Path | None, typer.Argument(help="A YAML or OPML file; - reads stdin.")] = None,
    catalogue: Annotated[bool, typer.Option("--catalogue", help="The sources that come with the program.")] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Change sources that are there already to what the list says.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add the sources of a file or of the catalogue; those that are there stay as they are."""

    async def work() -> tuple[SourceList, list[Outcome]]:
        listed = _listed(file, catalogue=catalogue)
        async with open_definitions(data_dir) as definitions:
            with import_bar(len(listed.entries)) as told:
                outcomes = await definitions.import_sources(listed.entries, update=update, dry_run=dry_run, told=told)
        return listed, outcomes

    listed, outcomes = run(work)
    bad = [*listed.bad, *(each for each in outcomes if isinstance(each, BadEntry))]
    changed = [each.source.name for each in outcomes if isinstance(each, Changed)]
    if changed and not dry_run:
        _look_soon(changed, data_dir)
    if as_json:
        say_json(_shown(outcomes, bad, repeated=listed.repeated, dry_run=dry_run))
    else:
        _tell(outcomes, bad, repeated=listed.repeated, dry_run=dry_run)
    if bad:
        raise SystemExit(FAILED)


def _listed(file: Path | None, *, catalogue: bool) -> SourceList:
    if (file is None) == (not catalogue):
        mend = "Give a FILE, or --catalogue for the sources that come with the program."
        raise WrongInput("source import", str(file) if file else None, "is not exactly one list", mend=mend)
    if file is None:
        return catalogue_list(known_catalogue().sources.values())
    from services.desk.parsing.source_files import read_source_file  # late: it brings the parsers

    if str(file) == "-":
        return read_source_file(sys.stdin.buffer.read(), name="stdin")
    try:
        return read_source_file(file.read_bytes(), name=file.name)
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
        raise WrongInput("file", str(file), why, mend="Give the path of a YAML or OPML file.") from error


def _look_soon(names: Sequence[str], data_dir: Path | None) -> None:
    from services.scraper.app import look_soon  # late: the other commands need no scraper

    async def work() -> None:
        async with open_database(data_dir) as database:
            for name in names:
                await look_soon(database, name)

    run(work)


def _shown(outcomes: Sequence[Outcome], bad: Sequence[BadEntry], *, repeated: int, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "added": [
            {"name": each.source.name, "url": each.source.url, "paused": each.source.paused}
            for each in outcomes
            if isinstance(each, Added)
        ],
        "changed": [
            {"name": each.source.name, "fields": each.fields} for each in outcomes if isinstance(each, Changed)
        ],
        "kept": [{"name": each.source.name, "fields": each.fields} for each in outcomes if isinstance(each, Kept)],
        "same": count_of(outcomes, Same),
        "repeated": repeated,
        "bad": [
            {"where": each.where, "name": each.name, "error": each.wrong.sentence, "mend": each.wrong.mend}
            for each in bad
        ],
    }


def _tell(outcomes: Sequence[Outcome], bad: Sequence[BadEntry], *, repeated: int, dry_run: bool) -> None:
    counts = {
        "added": count_of(outcomes, Added),
        "changed": count_of(outcomes, Changed),
        "the same": count_of(outcomes, Same),
        "left as they are": count_of(outcomes, Kept),
        "repeated in the list": repeated,
        "not taken": len(bad),
    }
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing in the list"
    say(f"{'Would be' if dry_run else 'Done'}: {told}.")
    paused = [each for each in outcomes if isinstance(each, Added) and each.source.paused]
    if paused:
        say(f"{len(paused)} of the added are paused: pactwatch source resume NAME looks at one.")
    for each in outcomes:
        match each:
            case Changed(source=source, fields=fields):
                say(f"  changed  {source.name}: {', '.join(fields)}")
            case Kept(source=source, fields=fields):
                say(f"  left     {source.name}: differs in {', '.join(fields)} (--update takes the list's)")
            case _:
                pass
    _caution(outcomes)
    for entry in bad:
        warn(f"Not taken: {entry.wrong.sentence} {entry.wrong.mend}".rstrip(), about=entry.name)


def _caution(outcomes: Sequence[Outcome]) -> None:
    from services.cli.address_cautions import address_caution  # late: it brings the web
    from shared.web.guard import AllowedHosts

    allowed = AllowedHosts.parse(load_settings().allowed_private_hosts)
    for each in outcomes:
        if isinstance(each, (Added, Changed)) and (caution := address_caution(each.source.url, allowed)):
            warn(caution, about=each.source.name)


def export_sources(
    file: Annotated[Path | None, typer.Argument(help="Where to write; stdout when left out.")] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="yaml or opml (default: by the file's name, else yaml).")
    ] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Write all sources to a file that `source import` reads back; OPML is what feed readers exchange."""

    async def work() -> tuple[int, str]:
        chosen = _format(form, file)
        async with open_definitions(data_dir) as definitions:
            sources = [view.source for view in await definitions.sources()]
        from services.desk.parsing.opml import write_opml  # late: it brings the parsers
        from services.desk.parsing.source_yaml import write_yaml

        return len(sources), (write_opml if chosen == "opml" else write_yaml)(sources)

    count, text = run(work)
    if file is None or str(file) == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return

    async def save() -> None:
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise WrongInput(
                "file", str(file), f"cannot be written ({error.strerror})", mend="Give another path."
            ) from error

    run(save)
    say(f"Wrote {count} sources to {file}.")


def _format(form: str | None, file: Path | None) -> Literal["yaml", "opml"]:
    if form is None:
        return "opml" if file is not None and file.suffix.lower() in (".opml", ".xml") else "yaml"
    if form.lower() not in FORMATS:
        raise WrongInput("--format", form, "is no format we write", mend=f"Give one of {', '.join(FORMATS)}.")
    return "opml" if form.lower() == "opml" else "yaml"


def list_catalogue(as_json: JsonOption = False) -> None:
    """List the sources that come with the program."""
    sources = known_catalogue().sources.values()
    if as_json:
        say_json(list(sources))
        return
    say_table(
        ["Name", "Country", "Language", "Owner", "Kind", "Confidence", "Address"],
        [
            (each.name, each.country, ",".join(each.language), each.owner, each.kind, each.feed_confidence, each.url)
            for each in sources
        ],
        empty="The catalogue holds no sources.",
    )

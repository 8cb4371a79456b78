"""`pactwatch catalogue`: what can be watched, by the ids that other commands take; and its files, to make one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.engine_urls import JsonOption
from services.cli.known_catalogue import known_catalogue
from services.cli.output import give_up, say, say_json, say_table, warn
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import FILES, load_catalogue, shipped_files
from shared.kit.errors import PactwatchError, WrongInput

app = typer.Typer(add_completion=False)


@app.command()
def catalogue(
    word: Annotated[str, typer.Argument(help="Only what has this word in its id, name or aliases.")] = "",
    copy_to: Annotated[
        Path | None, typer.Option("--copy-to", help="Write the shipped files here, to make your own of them.")
    ] = None,
    show: Annotated[str | None, typer.Option("--print", help="Print one shipped file, such as sectors.yaml.")] = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Check your own files, as PACTWATCH_CATALOGUE_DIR takes them.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the agreements and sectors that can be watched, with the ids that `subscribe add` and rules take."""
    try:
        if copy_to is not None:
            _copy(copy_to)
        elif show is not None:
            sys.stdout.write(_file(show))
        elif check is not None:
            _tell_checked(check)
        else:
            _list(known_catalogue(), word, as_json=as_json)
    except PactwatchError as error:
        give_up(error)


def _list(known: Catalogue, word: str, *, as_json: bool) -> None:
    wanted = word.casefold()
    rows = [
        ("agreement", each.id, each.short_name, each.current_stage, ", ".join(each.sectors))
        for each in known.agreements.values()
        if wanted
        in " ".join([each.id, each.official_name, *(a for al in each.aliases.values() for a in al)]).casefold()
    ]
    rows += [
        ("sector", each.id, each.name["en"], "", "")
        for each in known.sectors.values()
        if wanted in " ".join([each.id, *each.name.values()]).casefold()
    ]
    rows += [
        ("stage", each.id, each.label["en"], "", "")
        for each in known.stages.values()
        if wanted in " ".join([each.id, *each.label.values()]).casefold()
    ]
    columns = ("kind", "id", "name", "stage", "sectors")
    if as_json:
        say_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    say_table([each.capitalize() for each in columns], rows, empty="Nothing in the catalogue has this word.")


def _file(name: str) -> str:
    texts = shipped_files()
    if name not in texts:
        raise WrongInput("--print", name, "is no file of the catalogue", mend=f"Name one of {', '.join(FILES)}.")
    return texts[name]


def _copy(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = [name for name in FILES if (folder / name).exists()]
        if taken:
            mend = "Name another folder, or move it away: nothing of yours is overwritten."
            raise WrongInput("--copy-to", str(folder / taken[0]), "is there already", mend=mend)
        for name, text in shipped_files().items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise PactwatchError(f"{folder} cannot be written ({error.strerror}).", mend="Name another folder.") from error
    say(f"{len(FILES)} files are in {folder}. Keep those that you change, and take the others away.")
    say(f"Check them: pactwatch catalogue --check {folder}. Use them: PACTWATCH_CATALOGUE_DIR={folder}")


def _tell_checked(folder: Path) -> None:
    from services.cli.definitions import wrong_queries  # late: the other uses need no desk

    own, shipped = load_catalogue(folder), load_catalogue()
    found = sorted(path.name for path in folder.glob("*.yaml"))
    say(f"{folder} is in order: {', '.join(found) or 'no file of its own'} in place of the shipped.")
    for kind, mine, theirs in (
        ("Agreements", own.agreements, shipped.agreements),
        ("Sectors", own.sectors, shipped.sectors),
    ):
        added, gone = ", ".join(sorted(set(mine) - set(theirs))), ", ".join(sorted(set(theirs) - set(mine)))
        changed = sum(mine[name] != theirs[name] for name in set(mine) & set(theirs))
        say(f"{kind}: {len(mine)}; added: {added or 'none'}; gone: {gone or 'none'}; changed: {changed}.")
    for wrong in wrong_queries(own):
        warn(f"{wrong.sentence} {wrong.mend}", about="The rule is left as it is")
    say(f"Version {own.version} (shipped: {shipped.version}). What it changes: pactwatch reclassify")

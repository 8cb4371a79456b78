"""`pactwatch catalogue`: what can be watched: agreements and sectors, by the ids that other commands take."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.engine_urls import JsonOption
from services.cli.output import say_json, say_table
from shared.catalogue.loader import load_catalogue

app = typer.Typer(add_completion=False)


@app.command()
def catalogue(
    word: Annotated[str, typer.Argument(help="Only what has this word in its id, name or aliases.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List the agreements and sectors that can be watched, with the ids that `subscribe add` and rules take."""
    known = load_catalogue()
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
    columns = ("kind", "id", "name", "stage", "sectors")
    if as_json:
        say_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    say_table([each.capitalize() for each in columns], rows, empty="Nothing in the catalogue has this word.")

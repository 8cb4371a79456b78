"""`pactwatch why-not URL --rule NAME`: follows an address through the house, to the first thing that stopped it."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.asking import open_asking
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json
from services.cli.why_page import why_not_page
from services.desk.domain.outcomes import Answer, as_json

app = typer.Typer(add_completion=False)


@app.command("why-not")
def why_not(
    url: Annotated[str, typer.Argument(metavar="URL", help="The article's address, or its id.")],
    rule: Annotated[str, typer.Option("--rule", help="The rule that should have told it.")],
    reader: Annotated[
        str | None,
        typer.Option(
            "--for", help="Who should have heard: person, team, channel, address, or how a subscription's id begins."
        ),
    ] = None,
    data_dir: DataDirOption = None,
    json: JsonOption = False,
) -> None:
    """Tell what kept an article from being told: its source, the gate, a clause, a copy, nobody to hear, a receiver."""

    async def work() -> Answer:
        async with open_asking(data_dir) as asking:
            return await asking.why_not(url, rule, reader)

    told = run(work)
    if json:
        say_json(as_json(told))
        return
    for line in why_not_page(told):
        say(line)

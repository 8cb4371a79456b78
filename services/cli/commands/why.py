"""`pactwatch why ALERT`: what made an alert fire, clause by clause, and where it went."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from services.cli.asking import open_asking
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json
from services.cli.why_page import why_page
from services.desk.domain.alert_reasons import AlertWhy
from shared.kit.errors import PactwatchError, WrongInput

app = typer.Typer(add_completion=False)

_MEND = "Take it from `pactwatch alerts list`, or from the address of its page."


@app.command()
def why(
    alert: Annotated[str, typer.Argument(metavar="ALERT_ID", help="The alert's id.")],
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why an alert fired: its rule clause by clause, the verdict, the story and its copies, every attempt."""

    async def work() -> AlertWhy:
        try:
            alert_id = UUID(alert.strip())
        except ValueError:
            raise WrongInput("alert", alert, "is not an id", mend=_MEND) from None
        async with open_asking(data_dir) as asking:
            told = await asking.why(alert_id)
        if told is None:
            raise PactwatchError(f"No alert has the id {alert_id}.", mend=_MEND)
        return told

    told = run(work)
    if as_json:
        say_json(told)
        return
    for line in why_page(told):
        say(line)

"""`pactwatch doctor`: examines the house, and says the mend for each trouble."""

from __future__ import annotations

import typer

from services.cli.engine_urls import DataDirOption, JsonOption, settings_for
from services.cli.examination import Finding, examine
from services.cli.output import FAILED, run, say, say_json
from shared.kit.errors import PactwatchError

app = typer.Typer(add_completion=False)


@app.command()
def doctor(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """Check the house and say the mend for each trouble; ends with 1 when something failed."""

    async def work() -> list[Finding]:
        try:
            settings = settings_for(data_dir)
        except PactwatchError as error:
            return [Finding("house", "failed", error.sentence, error.mend)]
        return await examine(settings)

    findings = run(work)
    if as_json:
        say_json(findings)
    else:
        for each in findings:
            say(f"{each.state:<8} {each.check:<12} {each.says}" + (f"\n{'':<22}{each.mend}" if each.mend else ""))
    if any(each.state == "failed" for each in findings):
        raise typer.Exit(FAILED)

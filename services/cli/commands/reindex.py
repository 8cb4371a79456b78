"""`pactwatch reindex`: fills the searchable archive with the articles that are not in it."""

from __future__ import annotations

import sys

import typer

from services.classifier.app import filer
from services.classifier.use_cases.filing import FiledAll
from services.cli.engine_urls import DataDirOption, JsonOption, open_database
from services.cli.output import run, say, say_json, warn

app = typer.Typer(add_completion=False)


@app.command()
def reindex(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """File the articles on which rules cannot be tried yet: those from before the archive, or in an earlier form of it.

    May run beside the services, and be broken off at any time: the next run goes on where it stopped.
    """

    async def work() -> FiledAll:
        async with open_database(data_dir) as database:
            return await filer(database).file_all(_tell_progress)

    done = run(work)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    if as_json:
        say_json(done)
        return
    if not done.filed:
        say("Every judged article is in the archive: there is nothing to do.")
    else:
        say(f"Filed {done.filed:,} articles; rules can be tried on them: pactwatch rule test 'agreement:relos'")
    if done.unreadable:
        warn(
            f"{done.unreadable:,} articles could not be filed: judge them again (pactwatch reclassify --apply), "
            "or see above why."
        )


def _tell_progress(done: int, everything: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} of {everything:,} articles filed …")
        sys.stderr.flush()

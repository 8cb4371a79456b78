"""`pactwatch migrate`: brings the database to the newest revision and its rules to the catalogue's; for compose."""

from __future__ import annotations

import asyncio
import sys

import typer

from migrations.upgrade import newest_revision, upgrade
from services.cli.default_rules import take_rules_over
from services.cli.engine_urls import DataDirOption, find_engines, settings_for
from services.cli.output import run, say
from shared.catalogue.loader import load_catalogue
from shared.kit.errors import PactwatchError
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database, is_outage

app = typer.Typer(add_completion=False)

PATIENCE_SECONDS = 60.0  # in compose the database may still be starting
TRY_AGAIN_SECONDS = 1.0


@app.command()
def migrate(data_dir: DataDirOption = None) -> None:
    """Bring the database to the newest revision, and its rules to what the catalogue says."""
    taken = run(lambda: _migrate(settings_for(data_dir)))
    say(f"The database is at revision {newest_revision()}.")
    say(f"Rules: {taken}.")


async def _migrate(settings: Settings) -> str:
    url = settings.database_url.get_secret_value() if settings.database_url else find_engines(settings).database_url
    catalogue = load_catalogue(settings.catalogue_dir)
    database = Database(url, application="pactwatch-migrate")
    loop = asyncio.get_running_loop()
    deadline, told = loop.time() + PATIENCE_SECONDS, False
    try:
        while True:
            try:
                await upgrade(database)
            except Exception as error:
                if not is_outage(error):
                    raise
                if loop.time() > deadline:
                    raise PactwatchError(
                        f"The database does not answer ({type(error).__name__}).", mend="Check PACTWATCH_DATABASE_URL."
                    ) from error
                told = _tell_once(told)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            else:
                return await take_rules_over(database, catalogue)
    finally:
        await database.close()


def _tell_once(told: bool) -> bool:
    if not told:
        sys.stderr.write(f"The database does not answer yet; waiting up to {PATIENCE_SECONDS:.0f} s …\n")
    return True

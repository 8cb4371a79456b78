"""`pactwatch quarantine …`: messages that a service could not digest."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from services.cli.engine_urls import DataDirOption, JsonOption, find_engines, open_database, settings_for
from services.cli.output import FAILED, run, say, say_json, say_table
from services.cli.set_aside import Replays
from shared.kit.errors import WrongInput
from shared.messaging.quarantine import Quarantine, Quarantined

app = typer.Typer(help="Messages set aside, with the reason.", no_args_is_help=True)


@app.command("list")
def list_quarantine(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List what waits in quarantine, newest first."""

    async def work() -> list[Quarantined]:
        async with open_database(data_dir) as database:
            return await Quarantine(database).waiting()

    lines = run(work)
    if as_json:
        say_json(lines)
        return
    say_table(
        ["Id", "Since", "Taker", "Subject", "Deliveries", "Reason"],
        [(x.quarantine_id, x.quarantined_at, x.taker, x.subject, x.deliveries, x.reason) for x in lines],
        empty="Nothing is in quarantine.",
    )


@app.command()
def replay(
    quarantine_id: Annotated[str | None, typer.Argument(help="The id of one message.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Replay every message.")] = False,
    data_dir: DataDirOption = None,
) -> None:
    """Give messages to their taker again, once what ailed them is mended."""

    async def work() -> int:
        if every == (quarantine_id is not None):
            raise WrongInput(
                "quarantine replay", quarantine_id, "does not say what to replay", mend="Give an id or --all."
            )
        engines = find_engines(settings_for(data_dir))
        async with open_database(data_dir) as database:
            waiting = await Quarantine(database).waiting(limit=10_000) if every else []
            wanted = [x.quarantine_id for x in waiting] if every else [_id(quarantine_id)]
            return await Replays(database, lambda: engines.nats_url)(wanted)

    count = run(work)
    if not count and not every:
        say("No message with this id waits in quarantine.")
        raise SystemExit(FAILED)
    say(f"{count} messages go out again.")


def _id(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise WrongInput(
            "quarantine id", text, "is not an id", mend="Take it from `pactwatch quarantine list`."
        ) from None

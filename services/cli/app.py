"""The `pactwatch` command. Each of its commands is imported when it is called: most need little of the house."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from services.cli.output import give_up
from shared.kit.errors import WrongInput

COMMANDS = (
    "up",
    "serve",
    "migrate",
    "source",
    "catalogue",
    "backfill",
    "rule",
    "list",
    "subscribe",
    "person",
    "team",
    "alerts",
    "deliveries",
    "channel",
    "sending",
    "why",
    "why-not",
    "article",
    "correction",
    "quarantine",
    "account",
    "classify",
    "eval",
    "reclassify",
    "reindex",
    "doctor",
)

# Nearly all that a start makes stays, modules and the compiled catalogue: looking through it for what could be thrown
# away at every 700 new objects, as is usual, takes a quarter of the start of `up`.
OBJECTS_BETWEEN_COLLECTIONS = 50_000


class _CommandsOnDemand(TyperGroup):
    """Finds `services.cli.commands.<name>.app` when the command is called."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        return list(COMMANDS)

    def get_command(  # type: ignore[override]
        self,
        ctx: typer.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> TyperCommand | TyperGroup | None:
        if cmd_name not in COMMANDS:
            return None
        command = get_command(import_module(f"services.cli.commands.{cmd_name.replace('-', '_')}").app)
        command.name = cmd_name
        return command  # type: ignore[return-value]


app = typer.Typer(
    name="pactwatch",
    cls=_CommandsOnDemand,
    help="Know within a minute when news moves an India–Russia agreement you watch.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:  # noqa: FBT001
    if asked:
        sys.stdout.write(f"pactwatch {version('pactwatch')}\n")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say the version.")]


@app.callback()
def pactwatch(*, _version: Version = False) -> None:
    """Know within a minute when news moves an India–Russia agreement you watch."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Hindi shows escapes, and nothing ends
    for argument in sys.argv[1:]:
        if not _is_text(argument):
            give_up(WrongInput("argument", argument, "is not UTF-8", mend="Set the terminal to UTF-8 and try again."))
    try:
        app()
    finally:
        gc.freeze()  # the process ends: nothing is gained by looking through all of it once more


def _is_text(argument: str) -> bool:
    """Tell whether the argument's bytes were text in the terminal's encoding (PEP 383 smuggles others through)."""
    return not any("\udc80" <= character <= "\udcff" for character in argument)

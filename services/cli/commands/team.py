"""`pactwatch team …`: who shares subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from services.cli.definitions import open_people
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.once import OnceCommand
from services.cli.output import run, say, say_json, say_table, warn
from services.cli.people_page import team_page, tell_gone
from services.desk.domain.names import in_shell
from services.desk.use_cases.teams import TeamDetails, Teams

T = TypeVar("T")

Name = Annotated[str, typer.Argument(help="The team's name.")]
PersonName = Annotated[str, typer.Argument(help="The person's name.")]

app = typer.Typer(help="Teams: their members share what they follow.", no_args_is_help=True)


@app.command(cls=OnceCommand)
def add(
    name: Name,
    time_zone: Annotated[str, typer.Option("--time-zone", help="That of digests to a shared address.")] = "UTC",
    data_dir: DataDirOption = None,
) -> None:
    """Add a team."""
    team = _run(data_dir, lambda teams: teams.add(name, time_zone))
    say(f"Added the team {team.name}, {team.time_zone}.")
    say(f"Put people into it: pactwatch team join {in_shell(team.name)} PERSON")


@app.command("list")
def list_teams(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the teams."""
    found = _run(data_dir, lambda teams: teams.all())
    if as_json:
        say_json(found)
        return
    say_table(
        ["Name", "Time zone", "Members", "Subscriptions"],
        [
            (
                each.team.name,
                each.team.time_zone,
                ", ".join(member.person.name for member in each.members),
                len(each.subscriptions),
            )
            for each in found
        ],
        empty="No teams yet. Add one: pactwatch team add NAME",
    )


@app.command()
def show(name: Name, data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """Show a team: its members, and what it follows."""
    details = _run(data_dir, lambda teams: teams.details(name))
    if as_json:
        say_json(details)
        return
    for line in team_page(details):
        say(line)
    _warn_of_the_deaf(details)


@app.command(cls=OnceCommand)
def change(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone", help="IANA name.")] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Change what is given and nothing else."""
    team = _run(data_dir, lambda teams: teams.change(name, new_name=new_name, time_zone=time_zone))
    say(f"{team.name}: {team.time_zone}.")


@app.command(cls=OnceCommand)
def join(name: Name, person: PersonName, data_dir: DataDirOption = None) -> None:
    """Put a person into a team: they hear of what goes to its members from now on."""
    details = _run(data_dir, lambda teams: teams.join(name, person))
    say(f"{person} is in the team {details.team.name}, with {len(details.subscriptions)} subscriptions.")
    _warn_of_the_deaf(details)


@app.command(cls=OnceCommand)
def leave(name: Name, person: PersonName, data_dir: DataDirOption = None) -> None:
    """Take a person out of a team."""
    details = _run(data_dir, lambda teams: teams.leave(name, person))
    say(f"{person} has left the team {details.team.name}.")
    if not details.members:
        warn(f"Nobody is in the team {details.team.name} any more: what goes to its members reaches nobody.")


@app.command(cls=OnceCommand)
def remove(
    name: Name,
    to: Annotated[str | None, typer.Option("--to", help="The team that has its subscriptions from now on.")] = None,
    end: Annotated[bool, typer.Option("--end", help="End its subscriptions.")] = False,
    data_dir: DataDirOption = None,
) -> None:
    """Remove a team; its members stay people, its subscriptions go to another team (--to) or end (--end)."""
    tell_gone(_run(data_dir, lambda teams: teams.remove(name, to=to, end=end)))


def _warn_of_the_deaf(details: TeamDetails) -> None:
    if details.deaf:
        names = ", ".join(details.deaf)
        warn(f"{names}: no e-mail is known, and mails of this team go to it: pactwatch person change NAME --email …")


def _run(data_dir: Path | None, done: Callable[[Teams], Coroutine[Any, Any, T]]) -> T:
    async def work() -> T:
        async with open_people(data_dir) as (_, teams):
            return await done(teams)

    return run(work)

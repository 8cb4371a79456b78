"""`pactwatch person …`: who hears of alerts, and when they want to be left alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.definitions import open_people
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.once import OnceCommand
from services.cli.output import run, say, say_json, say_table
from services.cli.people_page import availability, person_page, quiet_hours, tell_gone
from services.desk.domain.names import in_shell
from services.desk.domain.people import Person, PersonFields
from services.desk.use_cases.handing_over import Gone
from services.desk.use_cases.people import People, PersonDetails, PersonGlance
from shared.kit.clock import SystemClock

Name = Annotated[str, typer.Argument(help="The person's name.")]
Email = Annotated[str | None, typer.Option("--email", help="Where mails go; empty: none.")]
TimeZone = Annotated[str | None, typer.Option("--time-zone", help="IANA name, for example Asia/Kolkata.")]
Quiet = Annotated[
    str | None, typer.Option("--quiet", help="Hours in which what comes is kept: 22:00-07:00; none takes them away.")
]

app = typer.Typer(help="People who hear of alerts: e-mail, time zone, quiet hours, vacation.", no_args_is_help=True)


@app.command(cls=OnceCommand)
def add(
    name: Name,
    email: Email = None,
    time_zone: TimeZone = None,
    quiet: Quiet = None,
    data_dir: DataDirOption = None,
) -> None:
    """Add a person."""
    fields = _fields(email=email, time_zone=time_zone, quiet=quiet)
    person = _run(data_dir, lambda people: people.add(name, **fields))
    say(f"Added {person.name}, {person.email or 'without e-mail'}, {person.time_zone}, {quiet_hours(person)}.")
    channel = "mailto" if person.email else "inbox"
    told = f"--person {in_shell(person.name)} --agreement relos --channel {channel}"
    say(f"Let them hear of something: pactwatch subscribe add {told}")


@app.command("list")
def list_people(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the people."""

    async def work() -> list[PersonGlance]:
        async with open_people(data_dir) as (people, _):
            return await people.glances()

    glances = run(work)
    if as_json:
        say_json(glances)
        return
    now = SystemClock().now()
    say_table(
        ["Name", "E-mail", "Time zone", "Quiet", "Teams", "Subscriptions", "Now"],
        [
            (
                each.person.name,
                each.person.email,
                each.person.time_zone,
                quiet_hours(each.person),
                ", ".join(each.teams),
                each.subscriptions,
                availability(each.person, now),
            )
            for each in glances
        ],
        empty="No people yet. Add one: pactwatch person add NAME --email ADDRESS --time-zone Asia/Kolkata",
    )


@app.command()
def show(name: Name, data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """Show a person, and what they hear of, themselves and by their teams."""

    async def work() -> PersonDetails:
        async with open_people(data_dir) as (people, _):
            return await people.details(name)

    details = run(work)
    if as_json:
        say_json(details)
        return
    for line in person_page(details, SystemClock().now()):
        say(line)


@app.command(cls=OnceCommand)
def change(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    email: Email = None,
    time_zone: TimeZone = None,
    quiet: Quiet = None,
    data_dir: DataDirOption = None,
) -> None:
    """Change what is given and nothing else; what goes to the old e-mail goes to the new one."""
    fields = _fields(new_name=new_name, email=email, time_zone=time_zone, quiet=quiet)

    async def work() -> tuple[Person, int]:
        async with open_people(data_dir) as (people, _):
            return await people.change(name, **fields)

    person, moved = run(work)
    say(f"{person.name}: {person.email or 'without e-mail'}, {person.time_zone}, {quiet_hours(person)}.")
    if moved:
        say(f"{moved} subscriptions go to {person.email} now.")


@app.command(cls=OnceCommand)
def mute(
    name: Name,
    span: Annotated[str | None, typer.Option("--for", help="For so long: 30m, 3h, 2d, 1w.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", help='Their local time: 2026-12-01, "2026-12-01 08:00" or 08:00.')
    ] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Send them nothing until then; what comes is kept, and told after."""
    _tell_kept(_run(data_dir, lambda people: people.mute(name, until=until, span=span)), "unmute")


@app.command(cls=OnceCommand)
def unmute(name: Name, data_dir: DataDirOption = None) -> None:
    """Send to them again; what was kept goes out."""
    _tell_now(_run(data_dir, lambda people: people.unmute(name)))


@app.command(cls=OnceCommand)
def away(
    name: Name,
    until: Annotated[str, typer.Option("--until", help="The day or time when they are back: 2026-12-14.")],
    begins: Annotated[str | None, typer.Option("--from", help="The first day or time; left out: now.")] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Keep what comes while they are on vacation."""
    _tell_kept(_run(data_dir, lambda people: people.away(name, until=until, begins=begins)), "back")


@app.command(cls=OnceCommand)
def back(name: Name, data_dir: DataDirOption = None) -> None:
    """End a vacation, or call it off; what was kept goes out."""
    _tell_now(_run(data_dir, lambda people: people.back(name)))


@app.command(cls=OnceCommand)
def remove(
    name: Name,
    to: Annotated[str | None, typer.Option("--to", help="Who has their subscriptions from now on.")] = None,
    end: Annotated[bool, typer.Option("--end", help="End their subscriptions.")] = False,
    data_dir: DataDirOption = None,
) -> None:
    """Remove a person; what they follow goes to somebody else (--to), or ends (--end)."""

    async def work() -> Gone:
        async with open_people(data_dir) as (people, _):
            return await people.remove(name, to=to, end=end)

    tell_gone(run(work))


def _fields(**given: str | None) -> PersonFields:
    fields = PersonFields()
    fields.update({name: value for name, value in given.items() if value is not None})  # type: ignore[typeddict-item]
    return fields


def _run(data_dir: Path | None, done: Callable[[People], Coroutine[Any, Any, Person]]) -> Person:
    async def work() -> Person:
        async with open_people(data_dir) as (people, _):
            return await done(people)

    return run(work)


def _tell_kept(person: Person, ending: str) -> None:
    say(f"{person.name} is {availability(person, SystemClock().now())}; what comes is kept, and told then.")
    say(f"End it: pactwatch person {ending} {in_shell(person.name)}")


def _tell_now(person: Person) -> None:
    say(f"{person.name} is {availability(person, SystemClock().now()) or 'there'}.")

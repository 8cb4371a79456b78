"""`pactwatch list …`: named lists of terms that rules use as @name."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.definitions import open_rules
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.once import OnceCommand
from services.cli.output import run, say, say_json, say_table, warn
from services.cli.rule_told import tell_proposed
from services.cli.signing import AuthorOption, ReasonOption, signature
from services.desk.domain.saving import Proposed
from services.desk.domain.word_lists import WordList
from services.desk.use_cases.word_lists import KeptList, ListDetails, ListView

app = typer.Typer(help="Named lists of terms, which rules use as @name.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The list's name, for example india-side-ministers.")]
MEMBER_HELP = 'A term as in a rule: a word, "several words", pharma* or =EAM.'


@app.command(cls=OnceCommand)
def add(
    name: Name,
    members: Annotated[list[str], typer.Argument(help=MEMBER_HELP)],
    note: Annotated[str, typer.Option("--note", help="What it is for.")] = "",
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """Make a list."""

    async def work() -> KeptList:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.lists.add(name, members, by, note=note)

    made = _saved(run(work))
    say(f"Added list {made.name} with {_count(made)}.")
    say(f"Use it: pactwatch rule add NAME '@{made.name} AND …'")


@app.command(cls=OnceCommand)
def edit(
    name: Name,
    members: Annotated[list[str] | None, typer.Argument(help="All members anew; left out, they stay.")] = None,
    more: Annotated[list[str] | None, typer.Option("--add", help="One member more (may be repeated).")] = None,
    fewer: Annotated[list[str] | None, typer.Option("--drop", help="One member fewer (may be repeated).")] = None,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name; refused while rules use the old.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="What it is for.")] = None,
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """Save a new version of a list; the rules that name it change with it."""

    async def work() -> KeptList:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.lists.edit(
                name, by, members=members or (), add=more or (), drop=fewer or (), new_name=new_name, note=note
            )

    changed = _saved(run(work))
    say(f"List {changed.name} is at version {changed.version}, with {_count(changed)}.")


@app.command("list")
def list_lists(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the lists."""

    async def work() -> list[ListView]:
        async with open_rules(data_dir) as desk:
            return await desk.lists.views()

    views = run(work)
    if as_json:
        say_json(views)
        return
    say_table(
        ["Name", "Members", "Version", "Changed", "Rules"],
        [
            (v.words.name, ", ".join(v.words.members), v.words.version, v.words.changed_at, ", ".join(v.rules))
            for v in views
        ],
        empty="No lists yet. Make one: pactwatch list add india-side-ministers Jaishankar 'Piyush Goyal'",
    )


@app.command()
def show(name: Name, data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """Show a list: its members, the rules that name it, and its versions."""

    async def work() -> ListDetails:
        async with open_rules(data_dir) as desk:
            return await desk.lists.details(name)

    details = run(work)
    if as_json:
        say_json(details)
        return
    words = details.words
    say(f"@{words.name}, version {words.version}, {_count(words)}" + (f": {words.note}" if words.note else ""))
    for member in words.members:
        say(f"  {member}")
    say(f"Named by: {', '.join(details.rules) or 'no rule'}")
    for each in reversed(details.versions):
        why = f" ({each.reason})" if each.reason else ""
        did = "removed" if each.removed else f"{len(each.members)} members"
        say(f"  {each.version:>3}  {each.saved_at.astimezone():%Y-%m-%d %H:%M}  {each.author}: {did}{why}")


@app.command(cls=OnceCommand)
def remove(
    name: Name,
    force: Annotated[bool, typer.Option("--force", help="Also while rules name it: they match nothing then.")] = False,
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """End a list; `list restore` has it back."""

    async def work() -> tuple[KeptList, tuple[str, ...]]:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.lists.remove(name, by, force=force)

    kept, users = run(work)
    gone = _saved(kept)
    say(f"Removed list {gone.name}.")
    if users:
        warn(f"Match nothing until they are mended: {', '.join(users)}")


@app.command(cls=OnceCommand)
def restore(name: Name, author: AuthorOption = None, reason: ReasonOption = "", data_dir: DataDirOption = None) -> None:
    """Have a removed list back."""

    async def work() -> KeptList:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.lists.restore(name, by)

    say(f"List {_saved(run(work)).name} is back.")


@app.command("roll-back", cls=OnceCommand)
def roll_back(
    name: Name,
    to: Annotated[int, typer.Option("--to", help="The version that it should be like again.")],
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """Save a new version that holds what an earlier one held."""

    async def work() -> KeptList:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.lists.roll_back(name, to, by)

    back = _saved(run(work))
    say(f"List {back.name} is at version {back.version}, with {_count(back)}.")


def _saved(kept: KeptList) -> WordList:
    """Return the list that was saved; says of one that waits for a second person that it does, and ends."""
    if isinstance(kept, Proposed):
        tell_proposed(kept.proposal)
        raise typer.Exit
    return kept


def _count(words: WordList) -> str:
    return f"{len(words.members)} member{'' if len(words.members) == 1 else 's'}"

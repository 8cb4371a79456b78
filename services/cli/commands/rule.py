"""`pactwatch rule …`: watch rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from services.cli.commands.rule_backtests import diff, test
from services.cli.commands.rule_files import export_rules, import_rules
from services.cli.commands.rule_proposals import approve, proposals, reject, withdraw
from services.cli.commands.rule_versions import compare, conflicts, history, resolve, roll_back, show
from services.cli.definitions import RuleDesk, open_rules
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.once import OnceCommand
from services.cli.output import run, say, say_json, say_table
from services.cli.rule_told import tell
from services.cli.signing import AuthorOption, ReasonOption, signature
from services.desk.domain.names import in_shell
from services.desk.domain.rule_fields import RuleChanges, RuleNotes
from services.desk.domain.saving import Kept, Saved, Unchanged
from services.desk.domain.views import RuleView
from shared.kit.errors import WrongInput

app = typer.Typer(help="Watch rules; the language is in docs/rules.md.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The rule's name.")]
Policy = Annotated[
    str | None, typer.Option("--policy", help="Alert for each_article, each_story (once) or new_facts only.")
]
Severity = Annotated[str | None, typer.Option("--severity", help="low, normal or high.")]
Owner = Annotated[str | None, typer.Option("--owner", help="Whose rule it is.")]
Note = Annotated[str | None, typer.Option("--note", help="What it is for.")]
Watches = Annotated[str | None, typer.Option("--watches", help="The agreement that it is for, by its id.")]
AllowBroad = Annotated[
    bool | None, typer.Option("--allow-broad/--no-allow-broad", help="Take it although it matches very much.")
]
ORIGINS = ("custom", "agreement", "sector")


@app.command(cls=OnceCommand)
def add(
    name: Name,
    query: Annotated[str, typer.Argument(help="What to watch, for example: agreement:relos AND NOT LEMOA")],
    watches: Watches = None,
    policy: Policy = None,
    severity: Severity = None,
    owner: Owner = None,
    note: Note = None,
    allow_broad: AllowBroad = None,
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """Watch for a query."""
    given = _given(watches, policy, severity, owner, note, allow_broad)

    async def work() -> Kept:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.rules.add(name, query, by, **cast(RuleNotes, given))

    kept = run(work)
    saved = kept.rule if isinstance(kept, Saved) else None
    tell(kept, f"Added rule {name if saved is None else saved.name}: {query}")
    if saved is not None:
        say(f"Hear of it: pactwatch subscribe add --rule {in_shell(saved.name)} --channel inbox")


def _given(
    watches: str | None,
    policy: str | None,
    severity: str | None,
    owner: str | None,
    note: str | None,
    allow_broad: bool | None,
) -> dict[str, Any]:
    fields = {
        "watches": watches,
        "policy": policy,
        "severity": severity,
        "owner": owner,
        "note": note,
        "allow_broad": allow_broad,
    }
    return {field: value for field, value in fields.items() if value is not None}


@app.command("list")
def list_rules(
    origin: Annotated[
        str | None, typer.Option("--origin", help="Only people's own (custom), the catalogue's (agreement), or sector.")
    ] = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the rules: people's own, the catalogue's, and those that subscriptions to sectors imply."""

    async def work() -> list[RuleView]:
        if origin is not None and origin not in ORIGINS:
            raise WrongInput("--origin", origin, "is not known", mend=f"Give one of {', '.join(ORIGINS)}.")
        async with open_rules(data_dir) as desk:
            return await desk.rules.views()

    views = [view for view in run(work) if origin in (None, view.origin)]
    if as_json:
        say_json(views)
        return
    say_table(
        ["Name", "Query", "Version", "Origin", "Subscriptions", "State"],
        [(v.name, v.query, v.version, v.origin, v.subscriptions, _state(v)) for v in views],
        empty="No rules yet. Add one: pactwatch rule add NAME 'agreement:relos OR \"logistics pact\"'",
    )


def _state(view: RuleView) -> str:
    if view.broken:
        return f"broken: {view.broken}"
    if view.offered_query is not None:
        return f"{view.state}; the catalogue says: {view.offered_query}" if view.paused else _conflict(view)
    return view.state


def _conflict(view: RuleView) -> str:
    return f"conflict: the catalogue says {view.offered_query}"


@app.command(cls=OnceCommand)
def edit(
    name: Name,
    query: Annotated[str | None, typer.Option("--query", help="A new query.")] = None,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    watches: Watches = None,
    policy: Policy = None,
    severity: Severity = None,
    owner: Owner = None,
    note: Note = None,
    allow_broad: AllowBroad = None,
    at_version: Annotated[
        int | None, typer.Option("--at-version", help="Only if this is still its version, and nobody saved since.")
    ] = None,
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """Save a new version of a rule with what is given; an empty text ('') empties its field."""
    given = _given(watches, policy, severity, owner, note, allow_broad)
    given |= {field: value for field, value in (("query", query), ("new_name", new_name)) if value is not None}

    async def work() -> Kept:
        by = signature(author, reason)
        if not given:
            mend = "Give --query, --severity, … (`pactwatch rule edit --help`)."
            raise WrongInput("rule edit", name, "comes with nothing to change", mend=mend)
        async with open_rules(data_dir) as desk:
            return await desk.rules.edit(name, by, at_version=at_version, **cast(RuleChanges, given))

    kept = run(work)
    rule = kept.rule if isinstance(kept, Saved | Unchanged) else None
    tell(kept, "" if rule is None else f"Rule {rule.name} is at version {rule.version}: {rule.query}")


def _simple(data_dir: Path | None, change: Callable[[RuleDesk], Awaitable[Kept]], done: str) -> None:
    async def work() -> Kept:
        async with open_rules(data_dir) as desk:
            return await change(desk)

    tell(run(work), done)


@app.command(cls=OnceCommand)
def pause(name: Name, author: AuthorOption = None, reason: ReasonOption = "", data_dir: DataDirOption = None) -> None:
    """Raise no alerts for a rule until it is resumed."""
    _simple(data_dir, lambda desk: desk.rules.pause(name, signature(author, reason)), f"Paused {name}.")


@app.command(cls=OnceCommand)
def resume(name: Name, author: AuthorOption = None, reason: ReasonOption = "", data_dir: DataDirOption = None) -> None:
    """Raise alerts for a paused rule again."""
    _simple(data_dir, lambda desk: desk.rules.resume(name, signature(author, reason)), f"Resumed {name}.")


@app.command(cls=OnceCommand)
def remove(name: Name, author: AuthorOption = None, reason: ReasonOption = "", data_dir: DataDirOption = None) -> None:
    """End a rule and its subscriptions; its alerts and versions stay, and `rule restore` has it back."""
    done = f"Removed {name} and its subscriptions; its alerts stay."
    _simple(data_dir, lambda desk: desk.rules.remove(name, signature(author, reason)), done)


@app.command(cls=OnceCommand)
def restore(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="Under another name, where its own is taken.")] = None,
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """Have a removed rule back, as it was; its subscriptions stay ended."""
    done = f"{new_name or name} is back; nobody is subscribed to it."
    _simple(data_dir, lambda desk: desk.rules.restore(name, signature(author, reason), new_name), done)


app.command("show")(show)
app.command("history")(history)
app.command("compare")(compare)
app.command("roll-back", cls=OnceCommand)(roll_back)
app.command("conflicts")(conflicts)
app.command("resolve", cls=OnceCommand)(resolve)
app.command("proposals")(proposals)
app.command("approve", cls=OnceCommand)(approve)
app.command("reject", cls=OnceCommand)(reject)
app.command("withdraw", cls=OnceCommand)(withdraw)
app.command("export")(export_rules)
app.command("import", cls=OnceCommand)(import_rules)
app.command("test")(test)
app.command("diff")(diff)

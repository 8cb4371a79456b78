"""`pactwatch rule …`: watch rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.commands.subscribe import cancelled_deliveries
from services.cli.definitions import open_definitions
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json, say_table
from services.desk.domain.rules import Rule
from services.desk.domain.views import RuleView

if TYPE_CHECKING:
    from services.desk.domain.backtests import Compared, Tested

app = typer.Typer(help="Watch rules; the language is in docs/rules.md.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The rule's name.")]


@app.command()
def add(
    name: Name,
    query: Annotated[str, typer.Argument(help="What to watch, for example: agreement:relos AND NOT LEMOA")],
    data_dir: DataDirOption = None,
) -> None:
    """Watch for a query."""

    async def work() -> Rule:
        async with open_definitions(data_dir) as definitions:
            return await definitions.add_rule(name, query)

    rule = run(work)
    say(f"Added rule {rule.name}: {rule.query}")
    say(f"Hear of it: pactwatch subscribe add --rule '{rule.name}' --channel inbox")


@app.command("list")
def list_rules(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the rules, also those that subscriptions imply."""

    async def work() -> list[RuleView]:
        async with open_definitions(data_dir) as definitions:
            return await definitions.rules()

    views = run(work)
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
    return "paused" if view.paused else "live"


@app.command()
def edit(
    name: Name,
    query: Annotated[str | None, typer.Option("--query", help="A new query.")] = None,
    new_name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Save a new version of a rule; every version is kept."""

    async def work() -> Rule:
        async with open_definitions(data_dir) as definitions:
            return await definitions.edit_rule(name, query, new_name)

    rule = run(work)
    say(f"Rule {rule.name} is at version {rule.version}: {rule.query}")


def _simple(name: str, verb: str, data_dir: Path | None, done: str) -> None:
    async def work() -> None:
        async with open_definitions(data_dir) as definitions:
            await getattr(definitions, f"{verb}_rule")(name)

    run(work)
    say(done)


@app.command()
def pause(name: Name, data_dir: DataDirOption = None) -> None:
    """Raise no alerts for a rule until it is resumed."""
    _simple(name, "pause", data_dir, f"Paused {name}.")


@app.command()
def resume(name: Name, data_dir: DataDirOption = None) -> None:
    """Raise alerts for a paused rule again."""
    _simple(name, "resume", data_dir, f"Resumed {name}.")


@app.command()
def remove(name: Name, data_dir: DataDirOption = None) -> None:
    """End a rule and its subscriptions; its alerts stay."""

    async def work() -> int:
        async with open_definitions(data_dir) as definitions:
            return await definitions.remove_rule(name)

    cancelled = run(work)
    say(f"Removed {name} and its subscriptions; its alerts stay.")
    if cancelled:
        say(cancelled_deliveries(cancelled))


Days = Annotated[int, typer.Option("--days", help="How many days to look back.")]
Examples = Annotated[int, typer.Option("--examples", min=0, max=100, help="Show at most so many articles, the newest.")]
Whole = Annotated[bool, typer.Option("--whole", help="Read every article in question, however long it takes.")]


@app.command()
def test(
    query: Annotated[str, typer.Argument(help="What would be watched, for example: agreement:relos AND NOT LEMOA")],
    days: Days = 90,
    examples: Examples = 10,
    whole: Whole = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a query would have matched in the archive; nothing is saved."""
    from services.cli import backtest_report as report
    from services.cli.backtests import open_backtest
    from services.desk.domain.backtests import WHOLE, Limits

    limits = WHOLE if whole else Limits()

    async def work() -> Tested:
        async with open_backtest(data_dir) as backtest:
            return await backtest.test(query, days=days, examples=examples, limits=limits, told=report.tell_progress)

    tested = run(work)
    report.end_progress()
    if as_json:
        say_json(report.as_json(tested))
    else:
        report.tell(tested)


@app.command()
def diff(
    name: Name,
    query: Annotated[str, typer.Argument(help="The query that the rule might get.")],
    days: Days = 90,
    examples: Examples = 5,
    whole: Whole = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which articles a rule would win and lose by another query; nothing is saved."""
    from services.cli import backtest_report as report
    from services.cli.backtests import open_backtest
    from services.desk.domain.backtests import WHOLE, Limits

    limits = WHOLE if whole else Limits()

    async def work() -> Compared:
        async with open_backtest(data_dir) as backtest:
            return await backtest.compare(
                name, query, days=days, examples=examples, limits=limits, told=report.tell_progress
            )

    compared = run(work)
    report.end_progress()
    if as_json:
        say_json(report.compared_as_json(compared))
    else:
        report.tell_compared(compared)

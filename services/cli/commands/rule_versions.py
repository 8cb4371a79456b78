"""`pactwatch rule show`, `history`, `compare`, `roll-back`, `conflicts` and `resolve`: a rule and what it was."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from services.cli.definitions import open_rules
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json, say_table
from services.cli.rule_page import difference_lines, rule_lines, version_rows
from services.cli.rule_told import tell
from services.cli.signing import AuthorOption, ReasonOption, signature
from services.desk.domain.rule_versions import Difference, RuleVersion
from services.desk.domain.saving import Kept, Saved
from services.desk.domain.views import RuleView
from services.desk.use_cases.rules import RuleDetails
from shared.kit.clock import SystemClock

Name = Annotated[str, typer.Argument(help="The rule's name.")]


def show(name: Name, data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """Show everything about one rule: what it says, its versions, and what waits to change it."""

    async def work() -> RuleDetails:
        async with open_rules(data_dir) as desk:
            return await desk.rules.details(name)

    details = run(work)
    if as_json:
        say_json({"rule": details.view, "versions": details.versions, "proposals": details.proposals})
        return
    for line in rule_lines(details, SystemClock().now()):
        say(line)


def history(name: Name, data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the versions of a rule, also of a removed one: who saved what, when and why."""

    async def work() -> list[RuleVersion]:
        async with open_rules(data_dir) as desk:
            return await desk.rules.history(name)

    versions = run(work)
    if as_json:
        say_json(versions)
        return
    say_table(["Version", "Saved", "Author", "What", "Reason"], version_rows(versions), empty="It has no versions.")


def compare(
    name: Name,
    old: Annotated[int | None, typer.Option("--from", help="The one version (default: the one before).")] = None,
    new: Annotated[int | None, typer.Option("--to", help="The other (default: the newest).")] = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what differs between two versions of a rule: field by field, and of the query clause by clause."""

    async def work() -> tuple[RuleVersion, RuleVersion, list[Difference]]:
        async with open_rules(data_dir) as desk:
            return await desk.rules.compare(name, old, new)

    before, after, found = run(work)
    if as_json:
        told: dict[str, Any] = {"from": before.version, "to": after.version, "differences": found}
        say_json(told)
        return
    for line in difference_lines(before, after, found):
        say(line)


def roll_back(
    name: Name,
    to: Annotated[int, typer.Option("--to", help="The version that it should be like again.")],
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """Save a new version that says what an earlier one said; a paused rule stays paused, one that runs runs on."""

    async def work() -> Kept:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.rules.roll_back(name, to, by)

    kept = run(work)
    tell(kept, _now_at(kept, f", which says what version {to} said"))


def conflicts(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the catalogue's rules that people changed, and for which the catalogue has something new."""

    async def work() -> list[RuleView]:
        async with open_rules(data_dir) as desk:
            return await desk.rules.conflicts()

    views = run(work)
    if as_json:
        say_json(views)
        return
    rows = [(view.name, view.query, view.offered_query) for view in views]
    say_table(["Name", "Ours", "The catalogue's"], rows, empty="No conflicts with the catalogue.")
    if views:
        say("End one: pactwatch rule resolve NAME --take theirs | ours | 'a query of both'")


def resolve(
    name: Name,
    take: Annotated[str, typer.Option("--take", help="theirs (the catalogue's), ours, or a query.")],
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
) -> None:
    """End a rule's conflict with the catalogue."""

    async def work() -> Kept:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.rules.resolve(name, take, by)

    kept = run(work)
    tell(kept, _now_at(kept, ""))


def _now_at(kept: Kept, more: str) -> str:
    return (
        f"Rule {kept.rule.name} is at version {kept.rule.version}{more}: {kept.rule.query}"
        if isinstance(kept, Saved)
        else ""
    )

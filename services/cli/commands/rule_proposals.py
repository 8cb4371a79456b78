"""`pactwatch rule proposals`, `approve`, `reject` and `withdraw`: four eyes."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.definitions import open_rules
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json, say_table
from services.cli.rule_told import short, tell
from services.cli.signing import AuthorOption, signature
from services.desk.domain.list_proposals import is_of_a_list
from services.desk.domain.proposals import Proposal
from services.desk.domain.saving import Saved
from services.desk.domain.word_lists import WordList
from services.desk.use_cases.proposals import WaitingProposal

ProposalId = Annotated[str, typer.Argument(help="The proposal's id, or the beginning of it.")]


def proposals(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List the changes of rules and lists that wait for a second person."""

    async def work() -> list[WaitingProposal]:
        async with open_rules(data_dir) as desk:
            return await desk.proposals.waiting()

    waiting = run(work)
    if as_json:
        say_json(waiting)
        return
    say_table(
        ["Id", "Name", "Query", "Author", "Since", "Reason", "State"],
        [
            (short(p), p.name, p.change["query"], p.author, p.created_at, p.reason, _state(each))
            for each in waiting
            for p in (each.proposal,)
        ],
        empty="No proposals wait. With PACTWATCH_RULES_FOUR_EYES=1 every change of a rule or list is one.",
    )


def _state(waiting: WaitingProposal) -> str:
    if waiting.present is None:
        return "a new list" if is_of_a_list(waiting.proposal) else "a new rule"
    if waiting.proposal.change["removed"]:
        return f"would remove the {'list' if is_of_a_list(waiting.proposal) else 'rule'}"
    if waiting.stale:
        return f"cannot be applied: {', '.join(waiting.stale)} changed since version {waiting.proposal.from_version}"
    if waiting.behind:
        return f"against version {waiting.proposal.from_version}; fits {waiting.present.version} too"
    return f"against version {waiting.proposal.from_version}"


def approve(
    proposal: ProposalId,
    author: AuthorOption = None,
    answer: Annotated[str, typer.Option("--answer", help="What to say to it.")] = "",
    data_dir: DataDirOption = None,
) -> None:
    """Save what somebody else proposed."""

    async def work() -> Saved | WordList:
        by = signature(author, answer)
        async with open_rules(data_dir) as desk:
            return await desk.proposals.approve(proposal, by)

    saved = run(work)
    if isinstance(saved, WordList):
        say(f"{'Removed' if saved.removed else f'Saved, at version {saved.version}'}: the list {saved.name}")
        return
    done = "Removed" if saved.rule.removed else f"Saved, at version {saved.rule.version}"
    tell(saved, f"{done}: {saved.rule.name}: {saved.rule.query}")


def reject(
    proposal: ProposalId,
    answer: Annotated[str, typer.Option("--answer", help="Why not.")],
    author: AuthorOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Let a proposal be, and say why."""

    async def work() -> Proposal:
        by = signature(author, answer)
        async with open_rules(data_dir) as desk:
            return await desk.proposals.reject(proposal, by, by.reason)

    say(f"Rejected: {run(work).name}.")


def withdraw(
    proposal: ProposalId,
    author: AuthorOption = None,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    data_dir: DataDirOption = None,
) -> None:
    """Take your own proposal back."""

    async def work() -> Proposal:
        by = signature(author, reason)
        async with open_rules(data_dir) as desk:
            return await desk.proposals.withdraw(proposal, by)

    say(f"Withdrawn: {run(work).name}.")

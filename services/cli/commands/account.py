"""`pactwatch account …`: who may sign in at the desk, as what, and the links by which they come in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from services.cli.account_desk import AccountDesk, open_accounts
from services.cli.definitions import open_people
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say, say_json, say_table
from services.cli.people_page import tell_let_go
from services.cli.sending_desk import ByOption, decider
from services.cli.set_up_link import say_set_up_link
from services.desk.domain.accounts import Account, account_named, role_named
from services.desk.domain.one_time import lasts_words
from services.desk.domain.trail import Actor, Deed
from services.desk.use_cases.accounts import Invited
from services.desk.use_cases.handing_over import Gone
from services.desk.use_cases.people import refuse_undecided_messages

app = typer.Typer(help="Accounts: who may sign in at the desk, and as what.", no_args_is_help=True)

WhoArgument = Annotated[str, typer.Argument(help="The person's name, or their mail address.")]
RoleOption = Annotated[str, typer.Option("--role", help="officer, admin, operator or owner.")]
MailOption = Annotated[bool, typer.Option("--mail", help="Mail the link instead of printing it.")]


@app.command()
def setup(data_dir: DataDirOption = None) -> None:
    """Print a fresh link by which the first owner comes in; those of before end."""

    async def work() -> bool:
        async with open_accounts(data_dir) as desk:
            return await say_set_up_link(desk)

    if not run(work):
        say("This desk has an owner already. Invite others: pactwatch account invite NAME --role officer")


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="The person's name; whoever is not known yet is made.")],
    role: RoleOption,
    email: Annotated[str, typer.Option("--email", help="Their mail address.")] = "",
    mail: MailOption = False,
    by: ByOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Let somebody in: prints, or mails, a link by which they choose a password. Again makes a fresh link."""

    async def invited(desk: AccountDesk) -> Invited:
        if mail:
            desk.accounts.check_mail(email)
        return await desk.accounts.invite(name, role_named(role), Actor(decider(by)), email=email)

    _hand_over(data_dir, invited, mail=mail)


@app.command()
def reset(
    who: WhoArgument,
    mail: MailOption = False,
    without_code: Annotated[
        bool, typer.Option("--without-code", help="Ask for no code any more: their authenticator app is lost.")
    ] = False,
    by: ByOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Give out a link to choose a new password; also for somebody whom too many tries keep waiting."""

    async def given(desk: AccountDesk) -> Invited:
        return await desk.accounts.reset(who, Actor(decider(by)), without_code=without_code)

    _hand_over(data_dir, given, mail=mail)


@app.command()
def role(
    who: WhoArgument,
    new: Annotated[str, typer.Argument(metavar="ROLE", help="officer, admin, operator or owner.")],
    by: ByOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Change somebody's role; they sign in anew."""
    account = _changed(data_dir, lambda desk: desk.accounts.give_role(who, role_named(new), Actor(decider(by))))
    say(f"{account.name} is now {account.role}.")


@app.command()
def disable(
    who: WhoArgument,
    to: Annotated[str | None, typer.Option("--to", help="Who has what they follow from now on.")] = None,
    end: Annotated[bool, typer.Option("--end", help="End what they follow.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Let messages go on to them all the same.")] = False,
    by: ByOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Let somebody in no more: they are signed out everywhere at once, and what they follow is handed over or ends."""

    async def work() -> tuple[Account, Gone | None]:
        async with open_accounts(data_dir) as desk, open_people(data_dir) as (people, _):
            name = account_named(who, await desk.accounts.listed()).name
            refuse_undecided_messages(await people.details(name), to=to, end=end, keep=keep)
            account = await desk.accounts.disable(name, Actor(decider(by)))
            return account, None if keep else await people.let_go(name, to=to, end=end)

    account, gone = run(work)
    say(f"{account.name} cannot sign in any more.")
    if gone is None:
        say("What they follow goes on to them: pactwatch subscribe list")
    else:
        tell_let_go(gone)


@app.command()
def enable(who: WhoArgument, by: ByOption = None, data_dir: DataDirOption = None) -> None:
    """Let somebody in again, with the password of before."""
    account = _changed(data_dir, lambda desk: desk.accounts.enable(who, Actor(decider(by))))
    say(f"{account.name} may sign in again.")


@app.command("sign-out")
def sign_out(who: WhoArgument, by: ByOption = None, data_dir: DataDirOption = None) -> None:
    """Sign somebody out everywhere."""

    async def work() -> tuple[Account, int]:
        async with open_accounts(data_dir) as desk:
            return await desk.accounts.end_sessions(who, Actor(decider(by)))

    account, ended = run(work)
    say(f"{account.name} is signed out of {ended} {'browser' if ended == 1 else 'browsers'}.")


@app.command("list")
def list_accounts(data_dir: DataDirOption = None, as_json: JsonOption = False) -> None:
    """List who may sign in, and as what."""

    async def work() -> list[Account]:
        async with open_accounts(data_dir) as desk:
            return await desk.accounts.listed()

    accounts = run(work)
    if as_json:
        say_json([_shown(account) for account in accounts])
        return
    say_table(
        ["Name", "Mail address", "Role", "State", "Code", "Since"],
        [
            (each.name, each.email, each.role, each.state, "asked for" if each.code_secret else "", each.created_at)
            for each in accounts
        ],
        empty="Nobody has an account yet. The first owner comes in by: pactwatch account setup",
    )


@app.command()
def trail(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many entries.")] = 50,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who did what to accounts, newest first: signing in, too."""

    async def work() -> list[Deed]:
        async with open_accounts(data_dir) as desk:
            return await desk.accounts.trail(limit)

    deeds = run(work)
    if as_json:
        say_json(deeds)
        return
    say_table(
        ["When", "Who", "From", "What", "Whom", "Before", "After"],
        [
            (d.at, d.actor.name, d.actor.address, d.action, d.subject, _fields(d.before), _fields(d.after))
            for d in deeds
        ],
        empty="Nothing has happened yet.",
    )


def _hand_over(data_dir: Path | None, make: Callable[[AccountDesk], Awaitable[Invited]], *, mail: bool) -> None:
    async def work() -> Invited:
        async with open_accounts(data_dir) as desk:
            invited = await make(desk)
            if mail:
                await desk.accounts.mail(invited)
            return invited

    invited = run(work)
    account, lasts = invited.account, lasts_words(invited.purpose)
    if mail:
        say(f"A link for {account.name} ({account.role}) is on its way to {account.email}. It works once, for {lasts}.")
        return
    say(f"For {account.name} ({account.role}); works once, for {lasts}. Hand it over where nobody else reads it:")
    say(invited.address)


def _changed(data_dir: Path | None, change: Callable[[AccountDesk], Awaitable[Account]]) -> Account:
    async def work() -> Account:
        async with open_accounts(data_dir) as desk:
            return await change(desk)

    return run(work)


def _shown(account: Account) -> dict[str, object]:
    return {
        "account_id": account.account_id,
        "name": account.name,
        "email": account.email,
        "role": account.role,
        "state": account.state,
        "code": account.code_secret is not None,
        "created_at": account.created_at,
        "disabled_at": account.disabled_at,
    }


def _fields(fields: object) -> str:
    return ", ".join(f"{name}: {value}" for name, value in fields.items()) if isinstance(fields, dict) else ""

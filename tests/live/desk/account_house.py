"""What tests do with a desk that has accounts: set it up, invite people, and see who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from services.cli.account_desk import AccountDesk
from services.desk.domain.accounts import Role
from services.desk.domain.trail import Actor
from tests.live.desk.visiting import PASSWORD, Visiting, token_of

CONSOLE = Actor("root")
PUBLIC = "https://desk.example.org"
NewVisitor = Callable[..., Visiting]


async def set_up(house: AccountDesk, visitor: Visiting, name: str = "Asha Rao") -> None:
    address = await house.coming_in.set_up_address()
    assert address is not None
    form = {"name": name, "email": "asha@example.org", "password": PASSWORD, "again": PASSWORD}
    answer = await visitor.fill_in(f"/setup/{token_of(address)}", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?said=set-up")


async def invite(house: AccountDesk, visitor: Visiting, name: str, role: Role, *, email: str = "") -> None:
    invited = await house.accounts.invite(name, role, CONSOLE, email=email)
    form = {"password": PASSWORD, "again": PASSWORD}
    answer = await visitor.fill_in(f"/invite/{token_of(invited.address)}", form)
    assert answer.status_code == 303


async def is_signed_in(visitor: Visiting) -> bool:
    return (await visitor.get("/account")).status_code == 200

"""Making the links that work once, and accounts for people who have none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from services.desk.domain.accounts import Account, Role
from services.desk.domain.one_time import LASTS, OneTimeLink, Purpose
from services.desk.use_cases.account_work import AccountWork, BeginKeeping
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.tokens import new_token, token_hash

MailLink = Callable[[Account, Purpose, str], Awaitable[None]]
"""Mails the address of a link to the person of an account. Raises PactwatchError where it did not leave."""


class AccountLinks:
    """Makes links and reads them. `home_url` is where the desk is, and links begin."""

    def __init__(self, begin: BeginKeeping, clock: Clock, *, home_url: str, mail: MailLink | None = None) -> None:
        self.begin = begin
        self.mail = mail
        self._clock = clock
        self._home_url = home_url.rstrip("/")

    def now(self) -> datetime:
        """Return the current moment."""
        return self._clock.now()

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[AccountWork]:
        """Open a transaction that changes accounts, once no other one does."""
        async with self.begin() as work:
            await work.only_keeper()
            yield work

    async def fresh(self, work: AccountWork, purpose: Purpose, account: Account | None) -> str:
        """Return the address of a fresh link; former ones for the same account work no more."""
        now = self.now()
        account_id = account.account_id if account else None
        former = [Purpose.SETUP] if account is None else [Purpose.INVITE, Purpose.RESET]
        await work.use_links(former, account_id, now)
        token = new_token()
        hashed = token_hash(token)
        await work.add_link(OneTimeLink(id_for("link", hashed), hashed, purpose, account_id, now, now + LASTS[purpose]))
        return f"{self._home_url}/{purpose}/{token}"

    async def usable(self, work: AccountWork, purpose: Purpose, token: str) -> OneTimeLink | None:
        """Return the link of this token where it works for this purpose."""
        link = await work.link_with(token_hash(token))
        return link if link is not None and link.works(purpose, self.now()) else None

    async def account_of(self, work: AccountWork, name: str, email: str, role: Role) -> Account:
        """Return the account of the person of this name, who is made too if need be; one that is new is not stored.

        Raises WrongInput for a mail address of somebody else.
        """
        now = self.now()
        holder = await work.person_at(email) if email else None
        if holder is not None and holder.casefold() != name.casefold():
            raise WrongInput("Mail address", email, f"is that of {holder}", mend="Give another, or that person's name.")
        known = await work.person_named(name)
        person_id, kept_email = known or (id_for("person", name, now), "")
        if known is None or (email and email != kept_email):
            await work.save_person(person_id, name, email or kept_email, now)
        there = await work.account_for(name)
        if there is not None:
            return there
        account_id = id_for("account", person_id)
        return Account(account_id, person_id, name, email or kept_email, role, None, now)

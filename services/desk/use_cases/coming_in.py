"""Coming in by a link that works once, and choosing a password; every choice ends the sessions of before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.desk.domain.accounts import Account, Role, checked_email, checked_person_name
from services.desk.domain.one_time import Purpose
from services.desk.domain.passwords import checked_password, checked_twice
from services.desk.domain.sessions import Device
from services.desk.domain.trail import Actor, Deed
from services.desk.domain.visitors import Visitor
from services.desk.use_cases.account_links import AccountLinks
from services.desk.use_cases.account_work import AccountWork
from services.desk.use_cases.password_check import Failed, MustWait, PasswordCheck
from services.desk.use_cases.signing_in import NeedsCode, SignedIn, SigningIn

_DID = {Purpose.INVITE: "took up the invitation", Purpose.RESET: "chose a new password"}


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password as it was typed, twice."""

    password: str
    again: str

    def checked(self, *about: str) -> str:
        """Return it. Raises WrongInput when it is weak, or not the same twice."""
        return checked_twice(checked_password(self.password, about=about), self.again)


class ComingIn:
    """Lets people in by links."""

    def __init__(self, links: AccountLinks, passwords: PasswordCheck, signing_in: SigningIn) -> None:
        self._links = links
        self._passwords = passwords
        self._signing_in = signing_in

    @property
    def can_mail(self) -> bool:
        """Tell whether links can be sent by mail."""
        return self._links.mail is not None

    async def set_up_address(self) -> str | None:
        """Return the address of a fresh link that sets the house up, the only one that works; None once it is owned."""
        async with self._links.keeping() as work:
            if await work.has_owner():
                return None
            return await self._links.fresh(work, Purpose.SETUP, None)

    async def who_has(self, purpose: Purpose, token: str) -> Account | None:
        """Return whose link this is, where it works. Changes nothing."""
        async with self._links.begin() as work:
            return await self._holder(work, purpose, token)

    async def sets_up(self, token: str) -> bool:
        """Tell whether this link sets the house up. Changes nothing."""
        async with self._links.begin() as work:
            return await self._links.usable(work, Purpose.SETUP, token) is not None and not await work.has_owner()

    async def set_up(self, token: str, name: str, email: str, new: NewPassword, device: Device) -> SignedIn | None:
        """Make the first owner, and sign them in; None for a link that does not work. Raises WrongInput."""
        if not await self.sets_up(token):
            return None
        clean, address = checked_person_name(name), checked_email(email)
        hashed = await self._passwords.hash_of(new.checked(clean, _local(address)))
        async with self._links.keeping() as work:
            if await self._links.usable(work, Purpose.SETUP, token) is None or await work.has_owner():
                return None
            made = await self._links.account_of(work, clean, address, Role.OWNER)
            account = replace(made, role=Role.OWNER, password_hash=hashed, disabled_at=None)
            await work.save_account(account)
            now = self._links.now()
            await work.use_links([Purpose.SETUP], None, now)
            actor = Actor(account.name, device.address)
            await work.write(Deed(actor, "set the house up", account.name, now, after={"role": account.role}))
            return await self._signing_in.begin_session(work, account, device)

    async def choose_password(
        self, purpose: Purpose, token: str, new: NewPassword, device: Device
    ) -> SignedIn | NeedsCode | None:
        """Take up an invitation or a reset: keep the password, end every session, begin one.

        A code that signing in asks for is asked for here, too. None for a link that does not work. Raises WrongInput.
        """
        holder = await self.who_has(purpose, token)
        if holder is None:
            return None
        hashed = await self._passwords.hash_of(new.checked(holder.name, _local(holder.email)))
        async with self._links.keeping() as work:
            account = await self._holder(work, purpose, token)
            if account is None:
                return None
            changed = replace(account, password_hash=hashed)
            await self._keep_password(work, changed, _DID[purpose], device)
            return await self._signing_in.enter(work, changed, device)

    async def change_password(
        self, visitor: Visitor, current: str, new: NewPassword, device: Device
    ) -> SignedIn | Failed | MustWait:
        """Change the visitor's own password: every session ends, this browser gets a fresh one. Raises WrongInput."""
        account = visitor.account
        if account is None:
            return Failed()
        password = new.checked(account.name, _local(account.email))
        checked = await self._passwords.check(account.account_id, current, device)
        if isinstance(checked, (Failed, MustWait)):
            return checked
        hashed = await self._passwords.hash_of(password)
        async with self._links.keeping() as work:
            now = await work.account(account.account_id)
            if now is None or not now.may_sign_in or now.password_hash != checked.account.password_hash:
                return Failed()  # it changed while we looked
            changed = replace(now, password_hash=hashed)
            await self._keep_password(work, changed, "changed the password", device)
            return await self._signing_in.begin_session(work, changed, device)

    async def forgotten(self, login: str) -> None:
        """Mail a link to choose a new password to whoever has this name or address; do nothing for nobody.

        Raises PactwatchError when the mail did not leave.
        """
        if self._links.mail is None:
            return
        async with self._links.keeping() as work:
            account = await work.account_for(login.strip())
            if account is None or not account.may_sign_in or not account.email:
                return
            address = await self._links.fresh(work, Purpose.RESET, account)
            actor = Actor(account.name, "the page for forgotten passwords")
            await work.write(Deed(actor, "asked for a new password", account.name, self._links.now()))
        await self._links.mail(account, Purpose.RESET, address)

    async def _holder(self, work: AccountWork, purpose: Purpose, token: str) -> Account | None:
        link = await self._links.usable(work, purpose, token)
        account = await work.account(link.account_id) if link and link.account_id else None
        return account if account is not None and account.disabled_at is None else None

    async def _keep_password(self, work: AccountWork, account: Account, deed: str, device: Device) -> None:
        now = self._links.now()
        await work.save_account(account)
        await work.use_links([Purpose.INVITE, Purpose.RESET, Purpose.CODE], account.account_id, now)
        await work.end_sessions(account.account_id)
        await self._passwords.forget(work, account.account_id)
        await work.write(Deed(Actor(account.name, device.address), deed, account.name, now))


def _local(address: str) -> str:
    return address.partition("@")[0]

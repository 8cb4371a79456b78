"""Who may sign in: invitations, roles, ends and new links, as an owner decides; each with an entry in the trail."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.desk.domain.accounts import (
    Account,
    Role,
    account_named,
    check_that_an_owner_stays,
    checked_email,
    checked_person_name,
)
from services.desk.domain.one_time import Purpose
from services.desk.domain.trail import Actor, Deed
from services.desk.use_cases.account_links import AccountLinks
from services.desk.use_cases.account_work import AccountWork
from services.desk.use_cases.password_check import PasswordCheck
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class Invited:
    """An account, and the address by which its person comes in; it is shown once."""

    account: Account
    purpose: Purpose
    address: str


class Accounts:
    """Changes accounts."""

    def __init__(self, links: AccountLinks, passwords: PasswordCheck) -> None:
        self._links = links
        self._passwords = passwords

    async def listed(self) -> list[Account]:
        """Return every account, by name."""
        async with self._links.begin() as work:
            return await work.accounts()

    async def trail(self, limit: int) -> list[Deed]:
        """Return the newest entries of the audit trail, newest first."""
        async with self._links.begin() as work:
            return await work.trail(limit)

    async def is_owned(self) -> bool:
        """Tell whether somebody owns the house and may sign in."""
        async with self._links.begin() as work:
            return await work.has_owner()

    async def invite(self, name: str, role: Role, by: Actor, *, email: str = "") -> Invited:
        """Make an account for the person of this name, who is made too if need be; a former invitation ends.

        Raises WrongInput for somebody who has an account already, and for a mail address of somebody else.
        """
        clean, address = checked_person_name(name), checked_email(email)
        async with self._links.keeping() as work:
            made = await self._links.account_of(work, clean, address, role)
            if made.state != "invited":
                mend = "See `pactwatch account list`; change it with account role, reset, disable or enable."
                raise WrongInput("account", name, f"is there already ({made.state})", mend=mend)
            account = replace(made, role=role)
            await work.save_account(account)
            link = await self._links.fresh(work, Purpose.INVITE, account)
            deed = Deed(by, "invited", account.name, self._links.now(), after={"role": role, "email": account.email})
            await work.write(deed)
        return Invited(account, Purpose.INVITE, link)

    async def reset(self, name: str, by: Actor, *, without_code: bool = False) -> Invited:
        """Return a fresh link by which the person chooses a password; what was counted against them is forgotten.

        The password of before works until then. `without_code`: signing in asks for no code of an authenticator app any
        more, and sessions end. Raises WrongInput.
        """
        async with self._links.keeping() as work:
            account = account_named(name, await work.accounts())
            if account.disabled_at is not None:
                raise WrongInput("account", name, "is disabled", mend="Enable it first: pactwatch account enable NAME")
            purpose = Purpose.RESET if account.password_hash else Purpose.INVITE
            if without_code and account.code_secret is not None:
                account = replace(account, code_secret=None, code_step=None)
                await work.save_account(account)
                await work.end_sessions(account.account_id)
                await work.write(Deed(by, "took the code away", account.name, self._links.now()))
            link = await self._links.fresh(work, purpose, account)
            await self._passwords.forget(work, account.account_id)
            deed = Deed(by, "gave out a new link", account.name, self._links.now(), after={"for": purpose})
            await work.write(deed)
        return Invited(account, purpose, link)

    async def give_role(self, name: str, role: Role, by: Actor) -> Account:
        """Change the role; sessions end, so that none keeps what the old role allowed. Raises WrongInput."""
        async with self._links.keeping() as work:
            accounts = await work.accounts()
            account = account_named(name, accounts)
            if role is account.role:
                return account
            check_that_an_owner_stays(account, accounts)
            changed = replace(account, role=role)
            await self._change(work, account, changed, "changed the role", by)
        return changed

    async def disable(self, name: str, by: Actor) -> Account:
        """Let the person in no more: sessions and links end at once. Raises WrongInput."""
        async with self._links.keeping() as work:
            accounts = await work.accounts()
            account = account_named(name, accounts)
            if account.disabled_at is not None:
                return account
            check_that_an_owner_stays(account, accounts)
            now = self._links.now()
            changed = replace(account, disabled_at=now)
            await self._change(work, account, changed, "disabled", by)
            await work.use_links([Purpose.INVITE, Purpose.RESET], account.account_id, now)
        return changed

    async def enable(self, name: str, by: Actor) -> Account:
        """Let the person in again, with the password of before. Raises WrongInput."""
        async with self._links.keeping() as work:
            account = account_named(name, await work.accounts())
            if account.disabled_at is None:
                return account
            changed = replace(account, disabled_at=None)
            await self._change(work, account, changed, "enabled", by)
        return changed

    async def end_sessions(self, name: str, by: Actor) -> tuple[Account, int]:
        """Sign the person out everywhere; returns from how many browsers. Raises WrongInput."""
        async with self._links.keeping() as work:
            account = account_named(name, await work.accounts())
            ended = await work.end_sessions(account.account_id)
            deed = Deed(by, "signed out everywhere", account.name, self._links.now(), after={"sessions ended": ended})
            await work.write(deed)
        return account, ended

    async def mail(self, invited: Invited) -> None:
        """Send the link by mail.

        Raises WrongInput for somebody without an address and where no mail server is set, PactwatchError where the mail
        did not leave.
        """
        self.check_mail(invited.account.email)
        if self._links.mail is not None:
            await self._links.mail(invited.account, invited.purpose, invited.address)

    def check_mail(self, email: str) -> None:
        """Raise WrongInput when nothing can be mailed there."""
        if self._links.mail is None:
            mend = "Set PACTWATCH_SMTP_HOST, or leave --mail out and hand the link over yourself."
            raise WrongInput("--mail", email, "cannot be done: no mail server is set", mend=mend)
        if not email:
            mend = "Give --email ADDRESS with the invitation, or leave --mail out and hand the link over yourself."
            raise WrongInput("--mail", email, "cannot be done: the person has no mail address", mend=mend)

    async def _change(self, work: AccountWork, old: Account, new: Account, action: str, by: Actor) -> None:
        await work.save_account(new)
        await work.end_sessions(new.account_id)
        before, after = {"role": old.role, "state": old.state}, {"role": new.role, "state": new.state}
        changed = [name for name in before if before[name] != after[name]]
        deed = Deed(
            by,
            action,
            new.name,
            self._links.now(),
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
        await work.write(deed)

"""A second factor for who wants one: the code of an authenticator app, switched on and off with the password."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.desk.domain.accounts import Account
from services.desk.domain.sessions import Device
from services.desk.domain.trail import Actor, Deed
from services.desk.domain.visitors import Visitor
from services.desk.use_cases.account_links import AccountLinks
from services.desk.use_cases.code_reader import CodeReader
from services.desk.use_cases.password_check import Failed, MustWait, PasswordCheck
from services.desk.use_cases.signing_in import SignedIn, SigningIn
from shared.kit.codes import code_address, new_code_secret, step_of
from shared.kit.errors import WrongInput
from shared.kit.sealing import CannotOpen

_ISSUER = "Pactwatch"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret for an app: as it is typed, as a phone opens it, and sealed, as the form brings it back."""

    secret: str
    address: str
    sealed: str


class SecondFactor:
    """Switches codes on and off. Either ends every session of the account, and begins a fresh one for this browser."""

    def __init__(
        self, links: AccountLinks, passwords: PasswordCheck, signing_in: SigningIn, codes: CodeReader | None
    ) -> None:
        self._links = links
        self._passwords = passwords
        self._signing_in = signing_in
        self._codes = codes

    def offer(self, account: Account, *, again: str = "") -> Offer | None:
        """Return a fresh secret, or the one that was sealed in an earlier offer; None where none can be kept."""
        if self._codes is None or account.code_secret is not None:
            return None
        secret = self._opened(again) or new_code_secret()
        return Offer(secret, code_address(secret, account.name, _ISSUER), self._codes.seals.seal(secret))

    async def turn_on(
        self, visitor: Visitor, sealed: str, code: str, password: str, device: Device
    ) -> SignedIn | Failed | MustWait:
        """Ask for a code from now on, once the app has shown the right one. Raises WrongInput for a wrong code."""
        account, secret = visitor.account, self._opened(sealed)
        if account is None or secret is None or self._codes is None or account.code_secret is not None:
            return Failed()
        step = step_of(secret, code, self._links.now())
        if step is None:
            mend = "Type the six digits that the app shows now; its clock and ours must be right."
            raise WrongInput("Code", "(not shown)", "is not the one of now", mend=mend)
        checked = await self._passwords.check(account.account_id, password, device)
        if isinstance(checked, (Failed, MustWait)):
            return checked
        sealed = self._codes.seals.seal(secret)
        return await self._keep(checked.account, sealed, step, "asks for a code from now on", device)

    async def turn_off(
        self, visitor: Visitor, code: str, password: str, device: Device
    ) -> SignedIn | Failed | MustWait:
        """Ask for no code any more, for who has both factors."""
        account = visitor.account
        if account is None or account.code_secret is None or self._codes is None:
            return Failed()
        checked = await self._passwords.check(account.account_id, password, device)
        if not isinstance(checked, (Failed, MustWait)):
            checked = await self._passwords.check_code(account.account_id, code, device, self._codes.step_of)
        if isinstance(checked, (Failed, MustWait)):
            return checked
        return await self._keep(checked.account, None, None, "asks for no code any more", device)

    async def seal_anew(self) -> None:
        """Seal every secret with the newest key, so that older keys can be taken away. Raises CannotOpen."""
        if self._codes is None:
            return
        seals = self._codes.seals
        async with self._links.keeping() as work:
            for account in await work.accounts():
                if account.code_secret is not None and not seals.is_fresh(account.code_secret):
                    await work.save_account(replace(account, code_secret=seals.seal(seals.open(account.code_secret))))

    async def _keep(
        self, account: Account, sealed: str | None, step: int | None, deed: str, device: Device
    ) -> SignedIn | Failed:
        async with self._links.keeping() as work:
            now = await work.account(account.account_id)
            if now is None or not now.may_sign_in or now.password_hash != account.password_hash:
                return Failed()  # it changed while we looked
            changed = replace(now, code_secret=sealed, code_step=step)
            await work.save_account(changed)
            await work.end_sessions(changed.account_id)
            actor = Actor(changed.name, device.address)
            await work.write(Deed(actor, deed, changed.name, self._links.now()))
            return await self._signing_in.begin_session(work, changed, device)

    def _opened(self, sealed: str) -> str | None:
        if self._codes is None or not self._codes.seals.is_fresh(sealed):
            return None
        try:
            return self._codes.seals.open(sealed)
        except CannotOpen:
            return None

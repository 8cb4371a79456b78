"""Signing in and out, and knowing who comes: sessions of the server's own, each known by the hash of its token."""

from __future__ import annotations

from dataclasses import dataclass

from services.desk.domain.accounts import Account
from services.desk.domain.one_time import LASTS, OneTimeLink, Purpose
from services.desk.domain.sessions import MOST_SESSIONS, Device, Session, SessionLimits
from services.desk.domain.trail import Actor, Deed
from services.desk.domain.visitors import NOBODY, Visitor, Whence
from services.desk.use_cases.account_work import AccountWork, BeginKeeping
from services.desk.use_cases.code_reader import CodeReader
from services.desk.use_cases.password_check import Failed, MustWait, PasswordCheck
from shared.kit.clock import Clock
from shared.kit.ids import id_for
from shared.kit.tokens import new_token, proof_of, token_hash


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody signed in; the token belongs into the cookie of their browser, and nowhere else."""

    token: str
    account: Account


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password was right; whoever has this ticket still owes the code of their authenticator app."""

    ticket: str


class SigningIn:
    """Keeps sessions; `codes` reads the codes of authenticator apps, where secrets can be kept."""

    def __init__(
        self,
        begin: BeginKeeping,
        clock: Clock,
        passwords: PasswordCheck,
        limits: SessionLimits,
        codes: CodeReader | None = None,
    ) -> None:
        self._codes = codes
        self._begin = begin
        self._clock = clock
        self._passwords = passwords
        self._limits = limits
        self._owned = False

    @property
    def limits(self) -> SessionLimits:
        """How long sessions last."""
        return self._limits

    async def is_owned(self) -> bool:
        """Tell whether somebody owns the house; once somebody does, somebody always will."""
        if not self._owned:
            async with self._begin() as work:
                self._owned = await work.has_owner()
        return self._owned

    async def visitor(self, token: str | None, whence: Whence) -> Visitor:
        """Return who comes with this token, or without one."""
        if token:
            async with self._begin() as work:
                known = await self._known(work, token)
            if known is not None:
                return known
        if whence.is_this_machine and not await self.is_owned():
            return Visitor(unowned_here=True)
        return NOBODY

    async def is_still(self, visitor: Visitor) -> bool:
        """Tell whether the visitor still is who they were; that they are asked for does not count as being seen."""
        if visitor.session is None or visitor.account is None:
            return visitor.unowned_here and not await self.is_owned()
        async with self._begin() as work:
            found = await work.session_with(visitor.session.token_hash)
        if found is None:
            return False
        session, account = found
        live = session.is_live(self._clock.now(), self._limits)
        return live and account.may_sign_in and account.role == visitor.account.role

    async def sign_in(
        self, login: str, password: str, device: Device, *, former: str | None = None
    ) -> SignedIn | NeedsCode | Failed | MustWait:
        """Begin a session for whoever knows the password, or ask for a code; the one of a `former` token ends."""
        checked = await self._passwords.check(login, password, device)
        if isinstance(checked, (Failed, MustWait)):
            return checked
        async with self._begin() as work:
            now = self._clock.now()
            await work.end_sessions_before(now - self._limits.most, now - self._limits.idle)
            await self._passwords.forget_old(work, now)
            return await self.enter(work, checked.account, device, former=former)

    async def enter(
        self, work: AccountWork, account: Account, device: Device, *, former: str | None = None
    ) -> SignedIn | NeedsCode:
        """Begin a session for whoever has shown one factor, or hand out the ticket to show the other."""
        if account.code_secret is None:
            return await self.begin_session(work, account, device, former=former)
        now, ticket = self._clock.now(), new_token()
        hashed = token_hash(ticket)
        await work.use_links([Purpose.CODE], account.account_id, now)
        ends = now + LASTS[Purpose.CODE]
        await work.add_link(OneTimeLink(id_for("link", hashed), hashed, Purpose.CODE, account.account_id, now, ends))
        return NeedsCode(ticket)

    async def give_code(
        self, ticket: str, code: str, device: Device, *, former: str | None = None
    ) -> SignedIn | Failed | MustWait | None:
        """Begin a session for whoever has the ticket and the right code; None where the ticket works no more."""
        async with self._begin() as work:
            link = await work.link_with(token_hash(ticket))
        if self._codes is None or link is None or link.account_id is None:
            return None
        if not link.works(Purpose.CODE, self._clock.now()):
            return None
        checked = await self._passwords.check_code(link.account_id, code, device, self._codes.step_of)
        if isinstance(checked, (Failed, MustWait)):
            return checked
        async with self._begin() as work:
            await work.use_links([Purpose.CODE], link.account_id, self._clock.now())
            return await self.begin_session(work, checked.account, device, former=former)

    async def begin_session(
        self, work: AccountWork, account: Account, device: Device, *, former: str | None = None
    ) -> SignedIn:
        """Begin a session with a fresh token; the one of a `former` token ends."""
        now = self._clock.now()
        if former and (found := await work.session_with(token_hash(former))):
            await work.end_session(found[0].session_id)
        token = new_token()
        hashed = token_hash(token)
        session = Session(id_for("session", hashed), account.account_id, hashed, now, now, device)
        await work.add_session(session, most=MOST_SESSIONS)
        await work.write(Deed(Actor(account.name, device.address), "signed in", account.name, now))
        return SignedIn(token, account)

    async def sign_out(self, token: str | None, device: Device) -> None:
        """End the session of this token, if there is one."""
        if not token:
            return
        async with self._begin() as work:
            found = await work.session_with(token_hash(token))
            if found is None:
                return
            session, account = found
            await work.end_session(session.session_id)
            deed = Deed(Actor(account.name, device.address), "signed out", account.name, self._clock.now())
            await work.write(deed)

    async def sign_out_everywhere(self, visitor: Visitor, password: str, device: Device) -> int | Failed | MustWait:
        """End all sessions of the visitor's account but this one, for whoever knows its password; returns how many."""
        account, session = visitor.account, visitor.session
        if account is None or session is None:
            return Failed()
        checked = await self._passwords.check(account.account_id, password, device)
        if isinstance(checked, (Failed, MustWait)):
            return checked
        async with self._begin() as work:
            ended = await work.end_sessions(account.account_id, but=session.session_id)
            deed = Deed(
                Actor(account.name, device.address),
                "signed out everywhere else",
                account.name,
                self._clock.now(),
                after={"sessions ended": ended},
            )
            await work.write(deed)
        return ended

    async def sessions(self, visitor: Visitor) -> list[Session]:
        """Return the live sessions of the visitor's account, last seen first."""
        if visitor.account is None:
            return []
        async with self._begin() as work:
            found = await work.sessions_of(visitor.account.account_id)
        now = self._clock.now()
        return [session for session in found if session.is_live(now, self._limits)]

    async def _known(self, work: AccountWork, token: str) -> Visitor | None:
        found = await work.session_with(token_hash(token))
        if found is None:
            return None
        session, account = found
        now = self._clock.now()
        if not (account.may_sign_in and session.is_live(now, self._limits)):
            await work.end_session(session.session_id)
            return None
        seen = session.seen(now, self._limits)
        if seen is not session:
            await work.note_seen(seen)
        return Visitor(account=account, session=seen, proof=proof_of(token))

"""What the use cases of accounts ask of the database, in their own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.desk.domain.accounts import Account
from services.desk.domain.one_time import OneTimeLink, Purpose
from services.desk.domain.sessions import Session
from services.desk.domain.throttling import Tries
from services.desk.domain.trail import Deed


class SessionWork(Protocol):
    """The part of a transaction that keeps sessions, and counts tries."""

    async def add_session(self, session: Session, *, most: int) -> None:
        """Insert the session; of more than `most` of its account those that were not seen for longest end."""

    async def session_with(self, token_hash: str) -> tuple[Session, Account] | None:
        """Return the session of this token, with its account."""

    async def sessions_of(self, account_id: UUID) -> list[Session]:
        """Return the sessions of an account, last seen first."""

    async def note_seen(self, session: Session) -> None:
        """Write down when the session was last seen."""

    async def end_session(self, session_id: UUID) -> None:
        """End a session."""

    async def end_sessions(self, account_id: UUID, *, but: UUID | None = None) -> int:
        """End the sessions of an account, but for one; returns how many."""

    async def end_sessions_before(self, created: datetime, seen: datetime) -> None:
        """End sessions that began before, or were last seen before: they let nobody in any more."""

    async def tries(self, keys: Iterable[str]) -> Mapping[str, Tries]:
        """Return the tries that count against each key; nobody else reads or changes them until the end."""

    async def save_tries(self, tries: Mapping[str, Tries]) -> None:
        """Keep the tries that count against each key, which were read before."""

    async def forget_tries(self, *, before: datetime | None = None, holding: str | None = None) -> None:
        """Forget keys whose last try was before, or whose name holds this."""


class AccountWork(SessionWork, Protocol):
    """One transaction of accounts."""

    async def only_keeper(self) -> None:
        """Wait until no other transaction changes accounts, and be the only one that does until the end."""

    async def has_owner(self) -> bool:
        """Tell whether somebody owns the house and may sign in."""

    async def accounts(self) -> list[Account]:
        """Return every account, by name."""

    async def account(self, account_id: UUID) -> Account | None:
        """Return the account of this id."""

    async def account_for(self, login: str) -> Account | None:
        """Return the account of the person of this name or mail address, whatever its case."""

    async def save_account(self, account: Account) -> None:
        """Insert the account, or keep its role, hash and end."""

    async def person_named(self, name: str) -> tuple[UUID, str] | None:
        """Return id and mail address of the person of this name."""

    async def person_at(self, email: str) -> str | None:
        """Return the name of the person who has this mail address."""

    async def save_person(self, person_id: UUID, name: str, email: str, at: datetime) -> None:
        """Insert the person, or keep this mail address."""

    async def add_link(self, link: OneTimeLink) -> None:
        """Insert the link."""

    async def link_with(self, token_hash: str) -> OneTimeLink | None:
        """Return the link of this token."""

    async def use_links(self, purposes: Sequence[Purpose], account_id: UUID | None, at: datetime) -> None:
        """Have no link of these purposes for this account work any more."""

    async def write(self, deed: Deed) -> None:
        """Add an entry to the audit trail."""

    async def trail(self, limit: int) -> list[Deed]:
        """Return the newest entries of the audit trail, newest first."""


BeginKeeping = Callable[[], AbstractAsyncContextManager[AccountWork]]

"""The queries of sessions, and of the tries that count against signing in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.desk.domain.accounts import Account, Role
from services.desk.domain.sessions import Device, Session
from services.desk.domain.throttling import Tries
from shared.store.accounts import AccountRow, SessionRow, SignInTriesRow
from shared.store.definitions import PersonRow
from shared.store.unit_of_work import Work


class SessionRecords(Work):
    """Keeps sessions and counts tries."""

    async def add_session(self, session: Session, *, most: int) -> None:
        """Insert the session; of more than `most` of its account those that were not seen for longest end."""
        values = asdict(session)
        device = values.pop("device")
        await self.session.execute(insert(SessionRow).values(**values, **device))
        of_account = SessionRow.account_id == session.account_id
        kept = select(SessionRow.session_id).where(of_account).order_by(SessionRow.seen_at.desc()).limit(most)
        await self.session.execute(delete(SessionRow).where(of_account, SessionRow.session_id.not_in(kept)))

    async def session_with(self, token_hash: str) -> tuple[Session, Account] | None:
        """Return the session of this token, with its account."""
        asked = (
            select(SessionRow, AccountRow, PersonRow)
            .join(AccountRow, AccountRow.account_id == SessionRow.account_id)
            .join(PersonRow, PersonRow.person_id == AccountRow.person_id)
            .where(SessionRow.token_hash == token_hash)
        )
        found = (await self.session.execute(asked)).one_or_none()
        return None if found is None else (_session_of(found[0]), account_of(found[1], found[2]))

    async def sessions_of(self, account_id: UUID) -> list[Session]:
        """Return the sessions of an account, last seen first."""
        asked = select(SessionRow).where(SessionRow.account_id == account_id)
        rows = await self.session.scalars(asked.order_by(SessionRow.seen_at.desc(), SessionRow.session_id))
        return [_session_of(row) for row in rows]

    async def note_seen(self, session: Session) -> None:
        """Write down when the session was last seen."""
        seen = update(SessionRow).where(SessionRow.session_id == session.session_id)
        await self.session.execute(seen.values(seen_at=session.seen_at))

    async def end_session(self, session_id: UUID) -> None:
        """End a session."""
        await self.session.execute(delete(SessionRow).where(SessionRow.session_id == session_id))

    async def end_sessions(self, account_id: UUID, *, but: UUID | None = None) -> int:
        """End the sessions of an account, but for one; returns how many."""
        ending = delete(SessionRow).where(SessionRow.account_id == account_id)
        if but is not None:
            ending = ending.where(SessionRow.session_id != but)
        return len((await self.session.execute(ending.returning(SessionRow.session_id))).all())

    async def end_sessions_before(self, created: datetime, seen: datetime) -> None:
        """End sessions that began before, or were last seen before: they let nobody in any more."""
        over = or_(SessionRow.created_at < created, SessionRow.seen_at < seen)
        await self.session.execute(delete(SessionRow).where(over))

    async def tries(self, keys: Iterable[str]) -> Mapping[str, Tries]:
        """Return the tries that count against each key; nobody else reads or changes them until the end."""
        found: dict[str, Tries] = {}
        for key in sorted(keys):  # always in the same order: two that wait for each other would wait for ever
            await self.session.execute(insert(SignInTriesRow).values(key=key, count=0).on_conflict_do_nothing())
            asked = select(SignInTriesRow).where(SignInTriesRow.key == key).with_for_update()
            row = (await self.session.scalars(asked)).one()
            found[key] = Tries(row.count, row.last_at)
        return found

    async def save_tries(self, tries: Mapping[str, Tries]) -> None:
        """Keep the tries that count against each key, which were read before."""
        for key, each in tries.items():
            changed = update(SignInTriesRow).where(SignInTriesRow.key == key)
            await self.session.execute(changed.values(count=each.count, last_at=each.last_at))

    async def forget_tries(self, *, before: datetime | None = None, holding: str | None = None) -> None:
        """Forget keys whose last try was before, or whose name holds this."""
        if before is not None:
            old = or_(SignInTriesRow.last_at < before, SignInTriesRow.last_at.is_(None))
            await self.session.execute(delete(SignInTriesRow).where(old))
        if holding is not None:
            named = SignInTriesRow.key.contains(holding, autoescape=True)
            await self.session.execute(delete(SignInTriesRow).where(named))


def with_person() -> Select[AccountRow, PersonRow]:
    """Return the statement that reads accounts with their people."""
    return select(AccountRow, PersonRow).join(PersonRow, PersonRow.person_id == AccountRow.person_id)


def account_of(row: AccountRow, person: PersonRow) -> Account:
    """Return the account that a row holds; a person who was removed does not sign in any more."""
    return Account(
        account_id=row.account_id,
        person_id=row.person_id,
        name=person.name,
        email=person.email,
        role=Role(row.role),
        password_hash=row.password_hash,
        created_at=row.created_at,
        disabled_at=row.disabled_at or person.removed_at,
        code_secret=row.code_secret,
        code_step=row.code_step,
    )


def _session_of(row: SessionRow) -> Session:
    known: dict[str, Any] = {
        name: getattr(row, name) for name in ("session_id", "account_id", "token_hash", "created_at", "seen_at")
    }
    return Session(**known, device=Device(row.user_agent, row.address))

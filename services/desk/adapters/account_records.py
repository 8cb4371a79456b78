"""The queries of accounts, their links, and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.session_records import SessionRecords, account_of, with_person
from services.desk.domain.accounts import Account
from services.desk.domain.one_time import OneTimeLink, Purpose
from services.desk.domain.trail import Actor, Deed
from shared.store.accounts import AccountRow, OneTimeLinkRow, TrailRow
from shared.store.definitions import PersonRow

KEEPER_LOCK = 6_031_448_277  # any constant, ours alone: accounts change one transaction at a time


class SqlAccountWork(SessionRecords):
    """One transaction of accounts."""

    async def only_keeper(self) -> None:
        """Wait until no other transaction changes accounts, and be the only one that does until the end."""
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": KEEPER_LOCK})

    async def has_owner(self) -> bool:
        """Tell whether somebody owns the house and may sign in."""
        owners = with_person().where(
            AccountRow.role == "owner",
            AccountRow.password_hash.is_not(None),
            AccountRow.disabled_at.is_(None),
            PersonRow.removed_at.is_(None),
        )
        return (await self.session.execute(owners.limit(1))).first() is not None

    async def accounts(self) -> list[Account]:
        """Return every account, by name."""
        found = await self.session.execute(with_person().order_by(func.lower(PersonRow.name)))
        return [account_of(row, person) for row, person in found]

    async def account(self, account_id: UUID) -> Account | None:
        """Return the account of this id."""
        found = (await self.session.execute(with_person().where(AccountRow.account_id == account_id))).one_or_none()
        return None if found is None else account_of(found[0], found[1])

    async def account_for(self, login: str) -> Account | None:
        """Return the account of the person of this name or mail address, whatever its case."""
        is_theirs = or_(
            func.lower(PersonRow.name) == func.lower(login), func.lower(PersonRow.email) == func.lower(login)
        )
        found = await self.session.execute(with_person().where(is_theirs, PersonRow.removed_at.is_(None)))
        row = found.first()
        return None if row is None or not login else account_of(row[0], row[1])

    async def save_account(self, account: Account) -> None:
        """Insert the account, or keep its role, hash and end."""
        kept = {
            "role": account.role.value,
            "password_hash": account.password_hash,
            "disabled_at": account.disabled_at,
            "code_secret": account.code_secret,
            "code_step": account.code_step,
        }
        fixed = {
            "account_id": account.account_id,
            "person_id": account.person_id,
            "created_at": account.created_at,
        }
        statement = insert(AccountRow).values(**fixed, **kept)
        await self.session.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=kept))

    async def person_named(self, name: str) -> tuple[UUID, str] | None:
        """Return id and mail address of the person of this name."""
        asked = select(PersonRow).where(func.lower(PersonRow.name) == func.lower(name), PersonRow.removed_at.is_(None))
        row = (await self.session.scalars(asked)).one_or_none()
        return None if row is None else (row.person_id, row.email)

    async def person_at(self, email: str) -> str | None:
        """Return the name of the person who has this mail address."""
        asked = select(PersonRow.name).where(
            func.lower(PersonRow.email) == func.lower(email), PersonRow.email != "", PersonRow.removed_at.is_(None)
        )
        return await self.session.scalar(asked)

    async def save_person(self, person_id: UUID, name: str, email: str, at: datetime) -> None:
        """Insert the person, or keep this mail address."""
        statement = insert(PersonRow).values(person_id=person_id, name=name, email=email, created_at=at)
        kept = statement.on_conflict_do_update(index_elements=["person_id"], set_={"email": email})
        await self.session.execute(kept)

    async def add_link(self, link: OneTimeLink) -> None:
        """Insert the link."""
        await self.session.execute(
            insert(OneTimeLinkRow).values(
                link_id=link.link_id,
                token_hash=link.token_hash,
                purpose=link.purpose.value,
                account_id=link.account_id,
                created_at=link.created_at,
                expires_at=link.expires_at,
            )
        )

    async def link_with(self, token_hash: str) -> OneTimeLink | None:
        """Return the link of this token."""
        asked = select(OneTimeLinkRow).where(OneTimeLinkRow.token_hash == token_hash)
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            return None
        return OneTimeLink(
            row.link_id,
            row.token_hash,
            Purpose(row.purpose),
            row.account_id,
            row.created_at,
            row.expires_at,
            row.used_at,
        )

    async def use_links(self, purposes: Sequence[Purpose], account_id: UUID | None, at: datetime) -> None:
        """Have no link of these purposes for this account work any more."""
        whose = OneTimeLinkRow.account_id.is_(None) if account_id is None else OneTimeLinkRow.account_id == account_id
        used = update(OneTimeLinkRow).where(
            OneTimeLinkRow.purpose.in_([each.value for each in purposes]), whose, OneTimeLinkRow.used_at.is_(None)
        )
        await self.session.execute(used.values(used_at=at))

    async def write(self, deed: Deed) -> None:
        """Add an entry to the audit trail."""
        await self.session.execute(
            insert(TrailRow).values(
                at=deed.at,
                actor=deed.actor.name,
                address=deed.actor.address,
                action=deed.action,
                subject=deed.subject,
                before=dict(deed.before),
                after=dict(deed.after),
            )
        )

    async def trail(self, limit: int) -> list[Deed]:
        """Return the newest entries of the audit trail, newest first."""
        rows = await self.session.scalars(select(TrailRow).order_by(TrailRow.entry_id.desc()).limit(limit))
        return [
            Deed(Actor(row.actor, row.address), row.action, row.subject, row.at, row.before, row.after) for row in rows
        ]

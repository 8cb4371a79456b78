"""Owner: desk. Who may sign in, who is signed in, links that work once, tries that failed, and the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class AccountRow(Base):
    """The account of a person. `password_hash` (Argon2id, PHC form) is NULL until the invitation is taken up.

    `code_secret` is that of an authenticator app, sealed (`shared.kit.sealing`), where signing in asks for a code;
    `code_step` is the step of the last code that was used: each works once.
    """

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("role IN ('officer', 'admin', 'operator', 'owner')", name="role"),)

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), unique=True)
    role: Mapped[str]
    password_hash: Mapped[str | None]
    code_secret: Mapped[str | None]
    code_step: Mapped[int | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class SessionRow(Base):
    """A browser in which somebody is signed in. The token is in its cookie alone; here is the token's SHA-256."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_account_id", "account_id"),)

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.account_id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    user_agent: Mapped[str]
    address: Mapped[str]


class OneTimeLinkRow(Base):
    """A link that works once, until `expires_at`; its token is known by its SHA-256 alone.

    `account_id` is NULL for the link that sets the house up: there is no account yet. `code` is no link, but the
    ticket of whoever gave the right password and still owes the code.
    """

    __tablename__ = "one_time_links"
    __table_args__ = (
        Index("ix_one_time_links_account_id", "account_id"),
        CheckConstraint("purpose IN ('setup', 'invite', 'reset', 'code')", name="purpose"),
        CheckConstraint("(purpose = 'setup') = (account_id IS NULL)", name="of_an_account"),
    )

    link_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.account_id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInTriesRow(Base):
    """How many tries to sign in count against an account, an address, or both together (`services.desk` says how)."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_last_at", "last_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime | None]


class TrailRow(Base):
    """One entry of the audit trail: who did what, and what it was before and after. A trigger refuses to change one."""

    __tablename__ = "audit_trail"
    __table_args__ = (Index("ix_audit_trail_at", "at"),)

    entry_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    address: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]

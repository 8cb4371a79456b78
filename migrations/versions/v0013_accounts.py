"""Accounts, sessions, links that work once, throttled sign-in, and the audit trail."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.store.base

revision = "0013"
down_revision = "0012"


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, shared.store.base.UtcDateTime(timezone=True), nullable=nullable)


def _fields(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _of_an_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["accounts.account_id"], name=op.f(f"fk_{table}_account_id_accounts")
    )


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "accounts",
        _id("account_id"),
        _id("person_id"),
        _text("role"),
        _text("password_hash", nullable=True),
        _text("code_secret", nullable=True),
        sa.Column("code_step", sa.BigInteger(), nullable=True),
        _moment("created_at"),
        _moment("disabled_at", nullable=True),
        sa.CheckConstraint("role IN ('officer', 'admin', 'operator', 'owner')", name=op.f("ck_accounts_role")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_accounts_person_id_people")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
    )
    op.create_table(
        "sessions",
        _id("session_id"),
        _id("account_id"),
        _text("token_hash"),
        _moment("created_at"),
        _moment("seen_at"),
        _text("user_agent"),
        _text("address"),
        _of_an_account("sessions"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_table(
        "one_time_links",
        _id("link_id"),
        _text("token_hash"),
        _text("purpose"),
        _id("account_id", nullable=True),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        sa.CheckConstraint("purpose IN ('setup', 'invite', 'reset', 'code')", name=op.f("ck_one_time_links_purpose")),
        sa.CheckConstraint("(purpose = 'setup') = (account_id IS NULL)", name=op.f("ck_one_time_links_of_an_account")),
        _of_an_account("one_time_links"),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    op.create_index("ix_one_time_links_account_id", "one_time_links", ["account_id"])
    op.create_table(
        "sign_in_tries",
        _text("key"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        _moment("last_at", nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_tries")),
    )
    op.create_index("ix_sign_in_tries_last_at", "sign_in_tries", ["last_at"])
    _make_trail()


def _make_trail() -> None:
    op.create_table(
        "audit_trail",
        sa.Column("entry_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _moment("at"),
        _text("actor"),
        _text("address"),
        _text("action"),
        _text("subject"),
        _fields("before"),
        _fields("after"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_trail")),
    )
    op.create_index("ix_audit_trail_at", "audit_trail", ["at"])
    op.execute(
        "CREATE FUNCTION keep_the_trail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        " RAISE EXCEPTION 'the audit trail is only added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER keep_the_trail BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_the_trail()"
    )


def downgrade() -> None:
    """Go back."""
    for table in ("audit_trail", "sign_in_tries", "one_time_links", "sessions", "accounts"):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_the_trail()")

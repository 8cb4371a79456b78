"""How accounts read: saved views and the last look; and indexes that find the newest stories."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import shared.store.base
from shared.store.harvest import ARRIVAL

revision = "0015"
down_revision = "0014"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, shared.store.base.UtcDateTime(timezone=True), nullable=nullable)


def _of_an_account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id_accounts")
    return sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=name)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "saved_views",
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)
            for name in ("alerted", "everything")
        ),
        _moment("created_at"),
        _of_an_account("saved_views"),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_views_account_id_name")),
    )
    op.create_table(
        "looks",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _moment("looked_at"),
        _moment("before_at", nullable=True),
        _of_an_account("looks"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_looks")),
    )
    arrival: list[Any] = [sa.text(f"({ARRIVAL})"), "story_id"]
    op.create_index("ix_articles_arrival", "articles", arrival, postgresql_where=sa.text("gate IS NULL"))
    op.create_index("ix_alerts_story_id", "alerts", ["story_id", "raised_at"])


def downgrade() -> None:
    """Go back: saved views are forgotten."""
    op.drop_index("ix_alerts_story_id", table_name="alerts")
    op.drop_index("ix_articles_arrival", table_name="articles", postgresql_where=sa.text("gate IS NULL"))
    op.drop_table("looks")
    op.drop_table("saved_views")

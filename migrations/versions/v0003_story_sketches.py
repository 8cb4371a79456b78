"""What is kept of each story's first text, so that its copies are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.store.base

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "story_sketches",
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lead_marks", sa.Integer(), nullable=False),
        sa.Column("long_marks", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("short_marks", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("figures", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("last_copy_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_story_sketches")),
        postgresql_with={"fillfactor": 90},
    )
    op.create_table(
        "story_keys",
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("mark", "story_id", name=op.f("pk_story_keys")),
    )
    op.create_index("ix_story_keys_story_id", "story_keys", ["story_id"])
    op.create_table(
        "common_marks",
        sa.Column("mark", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("noted_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_common_marks")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("common_marks")
    op.drop_table("story_keys")
    op.drop_table("story_sketches")

"""What people change of the catalogue, with its versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.store.base

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "catalogue_edits",
        sa.Column("agreement_id", sa.Text(), nullable=False),
        *_texts(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_catalogue_edits")),
    )
    op.create_table(
        "catalogue_edit_versions",
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        *_texts(),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["catalogue_edits.agreement_id"],
            name=op.f("fk_catalogue_edit_versions_agreement_id_catalogue_edits"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", "version", name=op.f("pk_catalogue_edit_versions")),
    )


def downgrade() -> None:
    """Go back: the catalogue is judged by as it ships."""
    op.drop_table("catalogue_edit_versions")
    op.drop_table("catalogue_edits")


def _texts() -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, postgresql.JSONB(), nullable=False) for name in ("added", "dropped"))

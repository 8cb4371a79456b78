"""With which verdict an article is in the searchable archive, so that one with an earlier verdict is filed anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shared.store.base

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go forward: of what is filed already it is not known, and taken for the newest."""
    op.add_column(
        "archived_articles", sa.Column("judged_at", shared.store.base.UtcDateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Go back."""
    op.drop_column("archived_articles", "judged_at")

"""The words of the searchable archive are kept as they are: unpacking them took longer than reading them."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go forward; rows that are there stay as they are until `pactwatch reindex` files them again."""
    op.execute("ALTER TABLE archived_articles ALTER COLUMN words SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE archived_articles ALTER COLUMN joins SET STORAGE MAIN")


def downgrade() -> None:
    """Go back: what was filed meanwhile is read as well."""
    op.execute("ALTER TABLE archived_articles ALTER COLUMN words SET STORAGE EXTENDED")
    op.execute("ALTER TABLE archived_articles ALTER COLUMN joins SET STORAGE EXTENDED")

"""People's corrections of verdicts; the newest verdict is found by an index; pages may rest while feeds do not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.store.base

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "corrections",
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=True),
        sa.Column("sectors", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("agreements", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("stages", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("classifier", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.article_id"], name=op.f("fk_corrections_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_article_id", "corrections", ["article_id", "created_at"], unique=False)
    op.create_index("ix_corrections_newest", "corrections", ["created_at", "correction_id"], unique=False)
    op.create_index("ix_verdicts_newest", "verdicts", ["article_id", "judged_at"], unique=False)
    op.drop_index("ix_verdicts_article_id", table_name="verdicts")
    op.add_column("hosts", sa.Column("pages_rest_until", shared.store.base.UtcDateTime(timezone=True), nullable=True))
    op.create_index("ix_articles_url", "articles", ["url"], unique=False, postgresql_using="hash")


def downgrade() -> None:
    """Go back: what people said is forgotten."""
    op.drop_index("ix_articles_url", table_name="articles")
    op.drop_column("hosts", "pages_rest_until")
    op.create_index("ix_verdicts_article_id", "verdicts", ["article_id"], unique=False)
    op.drop_index("ix_verdicts_newest", table_name="verdicts")
    op.drop_index("ix_corrections_newest", table_name="corrections")
    op.drop_index("ix_corrections_article_id", table_name="corrections")
    op.drop_table("corrections")

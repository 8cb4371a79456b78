"""The searchable archive: the words and facts of every published article, by which rules are tried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shared.store.base

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go forward; `pactwatch reindex` fills it with the articles that are there."""
    op.create_table(
        "archived_articles",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("moment", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("source", "title", "facts", "terms", "words", "joins")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.article_id"], name=op.f("fk_archived_articles_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_archived_articles")),
        postgresql_with={"toast_tuple_target": 256},
    )
    op.create_index(
        "ix_archived_articles_terms",
        "archived_articles",
        [sa.text("array_to_tsvector(string_to_array(ltrim((facts || terms) || words), ' '::text))")],
        postgresql_using="gin",
    )


def downgrade() -> None:
    """Go back: what was filed can be filed again from the articles."""
    op.drop_index("ix_archived_articles_terms", table_name="archived_articles", postgresql_using="gin")
    op.drop_table("archived_articles")

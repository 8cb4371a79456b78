"""Named source states, hosts and their robots.txt, revisions, the gate, WebSub and backfills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.store.base

revision = "0002"
down_revision = "0001"

# As `shared.kit.urls.host_of` names a host: with its port, unless that is the scheme's own.
_FILL_HOSTS = """
    UPDATE entries
    SET host = coalesce(regexp_replace(lower(substring(url from '^[a-z]+://([^/?#]+)')), ':(80|443)$', ''), '')
"""


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("robots", sa.Text(), nullable=True),
        sa.Column("robots_status", sa.BigInteger(), nullable=True),
        sa.Column("robots_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("robots_try_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("robots_failing_since", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("delay_seconds", sa.Double(), server_default="0", nullable=False),
        sa.Column("next_request_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_table(
        "language_states",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("silent_since", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_language_states")),
    )
    op.create_table(
        "backfills",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("since", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("alert_since", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("frontier", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="running", nullable=False),
        sa.Column("looks", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("entries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("started_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_backfills_state")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.source_id"], name=op.f("fk_backfills_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_backfills")),
    )
    op.create_table(
        "hub_subscriptions",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False),
        sa.Column("asked_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("pushes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_push_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'active', 'refused', 'ended')", name=op.f("ck_hub_subscriptions_state")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.source_id"], name=op.f("fk_hub_subscriptions_source_id_sources")
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_hub_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_hub_subscriptions_token")),
    )
    op.create_table(
        "article_revisions",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seen_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.article_id"], name=op.f("fk_article_revisions_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", "revision", name=op.f("pk_article_revisions")),
    )
    op.add_column("articles", sa.Column("author", sa.Text(), server_default="", nullable=False))
    op.add_column("articles", sa.Column("agency", sa.Text(), server_default="", nullable=False))
    op.add_column("articles", sa.Column("dateline", sa.Text(), server_default="", nullable=False))
    op.add_column("articles", sa.Column("image_url", sa.Text(), server_default="", nullable=False))
    op.add_column("articles", sa.Column("gate", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("articles", sa.Column("revised_at", shared.store.base.UtcDateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_articles_gated",
        "articles",
        ["fetched_at"],
        unique=False,
        postgresql_where=sa.text("gate IS NOT NULL AND text <> ''"),
    )
    op.create_index("ix_articles_source_id", "articles", ["source_id", "fetched_at"], unique=False)
    op.add_column("entries", sa.Column("host", sa.Text(), server_default="", nullable=False))
    op.add_column("entries", sa.Column("mark", sa.Text(), server_default="", nullable=False))
    op.add_column("entries", sa.Column("author", sa.Text(), server_default="", nullable=False))
    op.add_column("entries", sa.Column("image_url", sa.Text(), server_default="", nullable=False))
    op.add_column("entries", sa.Column("whole", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("entries", sa.Column("alert_since", shared.store.base.UtcDateTime(timezone=True), nullable=True))
    op.add_column("entries", sa.Column("rereads", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "source_states", sa.Column("state_since", shared.store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column("source_states", sa.Column("told_state", sa.Text(), nullable=True))
    op.add_column("source_states", sa.Column("told_since", shared.store.base.UtcDateTime(timezone=True), nullable=True))
    op.add_column("source_states", sa.Column("whole_at", shared.store.base.UtcDateTime(timezone=True), nullable=True))
    op.add_column(
        "source_states", sa.Column("last_new_at", shared.store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column("source_states", sa.Column("interval_seconds", sa.BigInteger(), nullable=True))
    op.add_column("source_states", sa.Column("hub", sa.Text(), nullable=True))
    op.add_column("source_states", sa.Column("self_url", sa.Text(), nullable=True))
    op.add_column("source_states", sa.Column("watched_text", sa.Text(), nullable=True))
    op.add_column("source_states", sa.Column("pages_alike", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sources", sa.Column("selectors", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("sources", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("sources", sa.Column("confidence", sa.Text(), nullable=True))
    op.add_column("sources", sa.Column("quirks", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_sources_kind"), "sources")
    op.create_check_constraint(
        op.f("ck_sources_kind"),
        "sources",
        "kind IS NULL OR kind IN ('rss', 'atom', 'json', 'page', 'sitemap', 'telegram', 'watch')",
    )
    op.drop_constraint(op.f("ck_entries_state"), "entries")
    op.create_check_constraint(op.f("ck_entries_state"), "entries", "state IN ('waiting', 'again', 'done')")
    op.drop_index("ix_entries_due", table_name="entries")
    to_read, waiting = sa.text("state IN ('waiting', 'again')"), sa.text("state = 'waiting'")
    latest_first = sa.text("LEAST(COALESCE(published_at, found_at), found_at) DESC")
    op.create_index("ix_entries_line", "entries", ["state", "host", "next_try_at"], postgresql_where=to_read)
    op.create_index("ix_entries_latest", "entries", ["host", latest_first, "next_try_at"], postgresql_where=waiting)
    op.create_index("ix_entries_again", "entries", ["next_try_at"], postgresql_where=sa.text("state = 'again'"))
    op.create_index("ix_entries_freshest", "entries", [latest_first], postgresql_where=waiting)
    overdue = sa.text("state = 'waiting' AND alert_since IS NULL")
    op.create_index("ix_entries_overdue", "entries", ["host", "next_try_at"], postgresql_where=overdue)
    op.create_index(
        "ix_entries_held", "entries", ["leased_until"], postgresql_where=sa.text("leased_until IS NOT NULL")
    )
    # The primary key is made of it. With two unique keys an upsert by one of them may still fail by the other.
    op.drop_constraint(op.f("uq_entries_canonical_url"), "entries")
    op.execute(_FILL_HOSTS)


def downgrade() -> None:
    """Go back."""
    op.execute("UPDATE entries SET state = 'done' WHERE state = 'again'")
    op.create_unique_constraint(op.f("uq_entries_canonical_url"), "entries", ["canonical_url"])
    op.drop_index("ix_entries_overdue", table_name="entries")
    for index in ("ix_entries_held", "ix_entries_again", "ix_entries_freshest", "ix_entries_latest", "ix_entries_line"):
        op.drop_index(index, table_name="entries")
    op.create_index("ix_entries_due", "entries", ["next_try_at"], postgresql_where=sa.text("state = 'waiting'"))
    op.drop_constraint(op.f("ck_entries_state"), "entries")
    op.create_check_constraint(op.f("ck_entries_state"), "entries", "state IN ('waiting', 'done')")
    op.execute("UPDATE sources SET kind = NULL WHERE kind IN ('sitemap', 'telegram', 'watch')")
    op.drop_constraint(op.f("ck_sources_kind"), "sources")
    op.create_check_constraint(
        op.f("ck_sources_kind"), "sources", "kind IS NULL OR kind IN ('rss', 'atom', 'json', 'page')"
    )
    op.drop_column("sources", "quirks")
    op.drop_column("sources", "confidence")
    op.drop_column("sources", "owner")
    op.drop_column("sources", "selectors")
    op.drop_column("source_states", "pages_alike")
    op.drop_column("source_states", "watched_text")
    op.drop_column("source_states", "self_url")
    op.drop_column("source_states", "hub")
    op.drop_column("source_states", "interval_seconds")
    op.drop_column("source_states", "last_new_at")
    op.drop_column("source_states", "whole_at")
    op.drop_column("source_states", "told_since")
    op.drop_column("source_states", "told_state")
    op.drop_column("source_states", "state_since")
    op.drop_column("entries", "rereads")
    op.drop_column("entries", "alert_since")
    op.drop_column("entries", "whole")
    op.drop_column("entries", "image_url")
    op.drop_column("entries", "author")
    op.drop_column("entries", "mark")
    op.drop_column("entries", "host")
    op.drop_index("ix_articles_source_id", table_name="articles")
    op.drop_index(
        "ix_articles_gated", table_name="articles", postgresql_where=sa.text("gate IS NOT NULL AND text <> ''")
    )
    op.drop_column("articles", "revised_at")
    op.drop_column("articles", "revision")
    op.drop_column("articles", "gate")
    op.drop_column("articles", "image_url")
    op.drop_column("articles", "dateline")
    op.drop_column("articles", "agency")
    op.drop_column("articles", "author")
    op.drop_table("article_revisions")
    op.drop_table("hub_subscriptions")
    op.drop_table("backfills")
    op.drop_table("language_states")
    op.drop_table("hosts")

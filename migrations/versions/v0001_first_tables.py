"""first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.store.base

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "definitions_revision",
        sa.Column("one", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_definitions_revision")),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("taker", sa.Text(), nullable=False),
        sa.Column(
            "taken_at",
            shared.store.base.UtcDateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("event_id", "taker", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_taken_at", "inbox", ["taken_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            shared.store.base.UtcDateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("tries", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("sent_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("taken_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stream_generation", sa.Text(), nullable=True),
        sa.Column("stream_sequence", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_taken", "outbox", ["taken_at"], unique=False, postgresql_where=sa.text("taken_at IS NOT NULL")
    )
    op.create_index(
        "ix_outbox_unsent", "outbox", ["created_at"], unique=False, postgresql_where=sa.text("sent_at IS NULL")
    )
    op.create_index(
        "ix_outbox_untaken",
        "outbox",
        ["sent_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NOT NULL AND taken_at IS NULL"),
    )
    op.create_table(
        "quarantine",
        sa.Column("quarantine_id", sa.Uuid(), nullable=False),
        sa.Column("taker", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deliveries", sa.BigInteger(), nullable=False),
        sa.Column(
            "quarantined_at",
            shared.store.base.UtcDateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("replayed_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("quarantine_id", name=op.f("pk_quarantine")),
    )
    op.create_index("ix_quarantine_event_id", "quarantine", ["event_id"], unique=False)
    op.create_index(
        "ix_quarantine_open",
        "quarantine",
        ["quarantined_at"],
        unique=False,
        postgresql_where=sa.text("replayed_at IS NULL"),
    )
    op.create_table(
        "rules",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), server_default="custom", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("origin IN ('custom', 'agreement', 'sector')", name=op.f("ck_rules_origin")),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rules")),
    )
    op.create_index(
        "uq_rules_live_name", "rules", ["name"], unique=True, postgresql_where=sa.text("removed_at IS NULL")
    )
    op.create_table(
        "sources",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("every_seconds", sa.BigInteger(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("alert_since", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IS NULL OR kind IN ('rss', 'atom', 'json', 'page')", name=op.f("ck_sources_kind")),
        sa.CheckConstraint("every_seconds IS NULL OR every_seconds > 0", name=op.f("ck_sources_every_seconds")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_sources")),
    )
    op.create_index(
        "uq_sources_live_name", "sources", ["name"], unique=True, postgresql_where=sa.text("removed_at IS NULL")
    )
    op.create_index(
        "uq_sources_live_url", "sources", ["url"], unique=True, postgresql_where=sa.text("removed_at IS NULL")
    )
    op.create_table(
        "articles",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_from", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("published_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("alertable", sa.Boolean(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("text_from IN ('page', 'feed')", name=op.f("ck_articles_text_from")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.source_id"], name=op.f("fk_articles_source_id_sources")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_articles")),
        sa.UniqueConstraint("canonical_url", name=op.f("uq_articles_canonical_url")),
    )
    op.create_index("ix_articles_fetched_at", "articles", ["fetched_at"], unique=False)
    op.create_index("ix_articles_fingerprint", "articles", ["fingerprint"], unique=False)
    op.create_index("ix_articles_story_id", "articles", ["story_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("found_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_try_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done')", name=op.f("ck_entries_state")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.source_id"], name=op.f("fk_entries_source_id_sources")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entries")),
        sa.UniqueConstraint("canonical_url", name=op.f("uq_entries_canonical_url")),
    )
    op.create_index(
        "ix_entries_due", "entries", ["next_try_at"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("ix_entries_source_id", "entries", ["source_id", "published_at"], unique=False)
    op.create_table(
        "rule_versions",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.rule_id"], name=op.f("fk_rule_versions_rule_id_rules")),
        sa.PrimaryKeyConstraint("rule_id", "version", name=op.f("pk_rule_versions")),
    )
    op.create_table(
        "source_states",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("found_kind", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("last_look_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_look_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("leased_until", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.source_id"], name=op.f("fk_source_states_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_states")),
    )
    op.create_index("ix_source_states_next_look_at", "source_states", ["next_look_at"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("created_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('webhook', 'mailto', 'inbox')", name=op.f("ck_subscriptions_channel")),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.rule_id"], name=op.f("fk_subscriptions_rule_id_rules")),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_subscriptions")),
    )
    op.create_index(
        "uq_subscriptions_live",
        "subscriptions",
        ["rule_id", "channel", "address"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "verdicts",
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("relevance", sa.Double(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("classifier", sa.Text(), nullable=False),
        sa.Column("judged_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.article_id"], name=op.f("fk_verdicts_article_id_articles")),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_verdicts")),
    )
    op.create_index("ix_verdicts_article_id", "verdicts", ["article_id"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("rule_name", sa.Text(), nullable=False),
        sa.Column("rule_query", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.BigInteger(), nullable=False),
        sa.Column("matcher_version", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("sectors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("article", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("raised_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.article_id"], name=op.f("fk_alerts_article_id_articles")),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.rule_id"], name=op.f("fk_alerts_rule_id_rules")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.verdict_id"], name=op.f("fk_alerts_verdict_id_verdicts")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("rule_id", "story_id", "fact", name=op.f("uq_alerts_rule_id_story_id_fact")),
    )
    op.create_index("ix_alerts_article_id", "alerts", ["article_id"], unique=False)
    op.create_index("ix_alerts_raised_at", "alerts", ["raised_at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unknowns", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_try_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'retry', 'failed', 'unknown', 'cancelled')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.alert_id"], name=op.f("fk_deliveries_alert_id_alerts")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.subscription_id"],
            name=op.f("fk_deliveries_subscription_id_subscriptions"),
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "alert_id",
            "subscription_id",
            "channel",
            "address",
            name=op.f("uq_deliveries_alert_id_subscription_id_channel_address"),
        ),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'sending', 'retry')"),
    )
    op.create_table(
        "attempts",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("started_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_attempts_delivery_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("delivery_id", "attempt", name=op.f("pk_attempts")),
    )
    op.execute("INSERT INTO definitions_revision (one, revision) VALUES (1, 0)")


def downgrade() -> None:
    """Go back."""
    op.drop_table("attempts")
    op.drop_index(
        "ix_deliveries_due",
        table_name="deliveries",
        postgresql_where=sa.text("state IN ('pending', 'sending', 'retry')"),
    )
    op.drop_table("deliveries")
    op.drop_index("ix_alerts_raised_at", table_name="alerts")
    op.drop_index("ix_alerts_article_id", table_name="alerts")
    op.drop_table("alerts")
    op.drop_index("ix_verdicts_article_id", table_name="verdicts")
    op.drop_table("verdicts")
    op.drop_index("uq_subscriptions_live", table_name="subscriptions", postgresql_where=sa.text("removed_at IS NULL"))
    op.drop_table("subscriptions")
    op.drop_index("ix_source_states_next_look_at", table_name="source_states")
    op.drop_table("source_states")
    op.drop_table("rule_versions")
    op.drop_index("ix_entries_source_id", table_name="entries")
    op.drop_index("ix_entries_due", table_name="entries", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("entries")
    op.drop_index("ix_articles_story_id", table_name="articles")
    op.drop_index("ix_articles_fingerprint", table_name="articles")
    op.drop_index("ix_articles_fetched_at", table_name="articles")
    op.drop_table("articles")
    op.drop_index("uq_sources_live_url", table_name="sources", postgresql_where=sa.text("removed_at IS NULL"))
    op.drop_index("uq_sources_live_name", table_name="sources", postgresql_where=sa.text("removed_at IS NULL"))
    op.drop_table("sources")
    op.drop_index("uq_rules_live_name", table_name="rules", postgresql_where=sa.text("removed_at IS NULL"))
    op.drop_table("rules")
    op.drop_index("ix_quarantine_open", table_name="quarantine", postgresql_where=sa.text("replayed_at IS NULL"))
    op.drop_index("ix_quarantine_event_id", table_name="quarantine")
    op.drop_table("quarantine")
    op.drop_index(
        "ix_outbox_untaken", table_name="outbox", postgresql_where=sa.text("sent_at IS NOT NULL AND taken_at IS NULL")
    )
    op.drop_index("ix_outbox_unsent", table_name="outbox", postgresql_where=sa.text("sent_at IS NULL"))
    op.drop_index("ix_outbox_taken", table_name="outbox", postgresql_where=sa.text("taken_at IS NOT NULL"))
    op.drop_table("outbox")
    op.drop_index("ix_inbox_taken_at", table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("definitions_revision")

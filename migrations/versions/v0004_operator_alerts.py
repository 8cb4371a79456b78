"""Operators hear of troubles: their alerts, their subscriptions, and both in the one ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shared.store.base

revision = "0004"
down_revision = "0003"

_OF_OPERATORS = "(SELECT delivery_id FROM deliveries WHERE operator_alert_id IS NOT NULL)"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "operator_alerts",
        sa.Column("operator_alert_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("mend", sa.Text(), nullable=False),
        sa.Column("since", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("over_at", shared.store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("over_sentence", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("operator_alert_id", name=op.f("pk_operator_alerts")),
        sa.UniqueConstraint("kind", "about", "since", name=op.f("uq_operator_alerts_kind_about_since")),
    )
    op.create_index("ix_operator_alerts_opened_at", "operator_alerts", ["opened_at"], unique=False)
    op.create_index(
        "ix_operator_alerts_open",
        "operator_alerts",
        ["kind", "about"],
        unique=False,
        postgresql_where=sa.text("over_at IS NULL"),
    )
    op.add_column("deliveries", sa.Column("operator_alert_id", sa.Uuid(), nullable=True))
    op.add_column("deliveries", sa.Column("over", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.alter_column("deliveries", "alert_id", existing_type=sa.Uuid(), nullable=True)
    op.create_foreign_key(
        op.f("fk_deliveries_operator_alert_id_operator_alerts"),
        "deliveries",
        "operator_alerts",
        ["operator_alert_id"],
        ["operator_alert_id"],
    )
    op.create_check_constraint(
        op.f("ck_deliveries_one_message"), "deliveries", "num_nonnulls(alert_id, operator_alert_id) = 1"
    )
    op.create_unique_constraint(
        "uq_deliveries_operator_alert",
        "deliveries",
        ["operator_alert_id", "over", "subscription_id", "channel", "address"],
    )
    op.add_column("source_states", sa.Column("told_name", sa.Text(), nullable=True))
    op.add_column("subscriptions", sa.Column("topic", sa.Text(), server_default="rule", nullable=False))
    op.alter_column("subscriptions", "rule_id", existing_type=sa.Uuid(), nullable=True)
    op.create_check_constraint(
        op.f("ck_subscriptions_topic"),
        "subscriptions",
        "topic IN ('rule', 'operators') AND (topic = 'rule') = (rule_id IS NOT NULL)",
    )
    op.create_index(
        "uq_subscriptions_live_operators",
        "subscriptions",
        ["channel", "address"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL AND topic = 'operators'"),
    )


def downgrade() -> None:
    """Go back: what operators were told, and that they were to be told, is forgotten."""
    op.execute(f"DELETE FROM attempts WHERE delivery_id IN {_OF_OPERATORS}")  # noqa: S608  (our own words)
    op.execute("DELETE FROM deliveries WHERE operator_alert_id IS NOT NULL")
    op.execute("DELETE FROM subscriptions WHERE topic = 'operators'")
    op.drop_index(
        "uq_subscriptions_live_operators",
        table_name="subscriptions",
        postgresql_where=sa.text("removed_at IS NULL AND topic = 'operators'"),
    )
    op.drop_constraint(op.f("ck_subscriptions_topic"), "subscriptions")
    op.alter_column("subscriptions", "rule_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_column("subscriptions", "topic")
    op.drop_column("source_states", "told_name")
    op.drop_constraint("uq_deliveries_operator_alert", "deliveries")
    op.drop_constraint(op.f("ck_deliveries_one_message"), "deliveries")
    op.drop_constraint(op.f("fk_deliveries_operator_alert_id_operator_alerts"), "deliveries")
    op.alter_column("deliveries", "alert_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_column("deliveries", "over")
    op.drop_column("deliveries", "operator_alert_id")
    op.drop_index("ix_operator_alerts_open", table_name="operator_alerts", postgresql_where=sa.text("over_at IS NULL"))
    op.drop_index("ix_operator_alerts_opened_at", table_name="operator_alerts")
    op.drop_table("operator_alerts")

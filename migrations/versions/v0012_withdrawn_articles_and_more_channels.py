"""Articles that are withdrawn, what stands after a correction, and channels that are reached through apprise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shared.store.base

revision = "0012"
down_revision = "0011"

_CHANNELS = "channel IN ('webhook', 'mailto', 'inbox', 'slack', 'telegram', 'feed'{})"
_OF_A_DELIVERY = ["alert_id", "subscription_id", "channel", "address", "correction_id"]
_APPRISE = ", 'apprise'"


def upgrade() -> None:
    """Go forward."""
    for table, name in (("entries", "gone_since"), ("articles", "withdrawn_at")):
        op.add_column(table, sa.Column(name, shared.store.base.UtcDateTime(timezone=True), nullable=True))
    stands: sa.Column[bool] = sa.Column("stands", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("alert_corrections", stands)
    op.add_column("alert_corrections", sa.Column("stage", sa.Text(), nullable=True))
    _allow(_CHANNELS.format(_APPRISE))
    # What operators are told is of no alert: that a trouble begins and that it is over are two deliveries all the same.
    op.drop_constraint("uq_deliveries_alert", "deliveries")
    op.create_index(
        "uq_deliveries_alert",
        "deliveries",
        _OF_A_DELIVERY,
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("alert_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Go back: what goes through apprise goes nowhere any more, and its subscriptions end."""
    op.drop_index("uq_deliveries_alert", table_name="deliveries")
    op.create_unique_constraint("uq_deliveries_alert", "deliveries", _OF_A_DELIVERY)
    op.execute("UPDATE deliveries SET state = 'cancelled' WHERE channel = 'apprise' AND state <> 'sent'")
    op.execute(
        "UPDATE subscriptions SET removed_at = coalesce(removed_at, now()), channel = 'feed', secret = NULL, "
        "address = subscription_id::text WHERE channel = 'apprise'"
    )
    _allow(_CHANNELS.format(""))
    op.drop_column("alert_corrections", "stage")
    op.drop_column("alert_corrections", "stands")
    op.drop_column("articles", "withdrawn_at")
    op.drop_column("entries", "gone_since")


def _allow(channels: str) -> None:
    op.drop_constraint(op.f("ck_subscriptions_channel"), "subscriptions")
    op.create_check_constraint(op.f("ck_subscriptions_channel"), "subscriptions", channels)

"""Chats and feeds beside webhooks, mail and the inbox."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

_NAME = "ck_subscriptions_channel"


def upgrade() -> None:
    """Go forward."""
    op.drop_constraint(op.f(_NAME), "subscriptions", type_="check")
    channels = "'webhook', 'mailto', 'inbox', 'slack', 'telegram', 'feed'"
    op.create_check_constraint(op.f(_NAME), "subscriptions", f"channel IN ({channels})")
    op.execute("UPDATE subscriptions SET secret = NULL WHERE removed_at IS NOT NULL")


def downgrade() -> None:
    """Go back: subscriptions to what the old version does not have end, as if to the inbox."""
    op.execute(
        "UPDATE subscriptions SET channel = 'inbox', address = '', secret = NULL, "
        "removed_at = coalesce(removed_at, now()) WHERE channel NOT IN ('webhook', 'mailto', 'inbox')"
    )
    op.drop_constraint(op.f(_NAME), "subscriptions", type_="check")
    op.create_check_constraint(op.f(_NAME), "subscriptions", "channel IN ('webhook', 'mailto', 'inbox')")

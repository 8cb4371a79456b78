"""What people read and put off of the alerts that reached them, and ways to find those of one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shared.store.base

revision = "0018"
down_revision = "0017"

_OF = {"person_id": "people", "alert_id": "alerts"}
_MARKS = ("read_at", "snoozed_until")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "inbox_marks",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in _OF),
        *(sa.Column(name, shared.store.base.UtcDateTime(timezone=True), nullable=True) for name in _MARKS),
        sa.CheckConstraint("num_nonnulls(read_at, snoozed_until) > 0", name=op.f("ck_inbox_marks_says_something")),
        *(
            sa.ForeignKeyConstraint([name], [f"{of}.{name}"], name=op.f(f"fk_inbox_marks_{name}_{of}"))
            for name, of in _OF.items()
        ),
        sa.PrimaryKeyConstraint(*_OF, name=op.f("pk_inbox_marks")),
    )
    op.create_index("ix_deliveries_subscription_id", "deliveries", ["subscription_id"])
    op.create_index("ix_deliveries_address", "deliveries", ["address", "channel"])


def downgrade() -> None:
    """Go back: everything is unread again."""
    op.drop_index("ix_deliveries_address", "deliveries")
    op.drop_index("ix_deliveries_subscription_id", "deliveries")
    op.drop_table("inbox_marks")

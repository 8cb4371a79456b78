"""Deliveries know which member of a team they are for: one who leaves, or has another address, is found by it.

And what waited for a delivery is found by it, and a digest too long for one message says which part of it it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_MEMBERS = """
UPDATE deliveries SET member_id = people.person_id
  FROM subscriptions, team_members, people
 WHERE subscriptions.subscription_id = deliveries.subscription_id AND subscriptions.address = ''
   AND team_members.team_id = subscriptions.team_id AND people.person_id = team_members.person_id
   AND deliveries.channel = 'mailto' AND people.email = deliveries.address
"""


def upgrade() -> None:
    """Go forward: what was written before is for the member who has the address now."""
    op.add_column("deliveries", sa.Column("member_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_deliveries_member_id_people"), "deliveries", "people", ["member_id"], ["person_id"])
    op.execute(_MEMBERS)
    for name in ("part", "parts"):
        op.add_column("deliveries", sa.Column(name, sa.BigInteger(), nullable=False, server_default="1"))
    op.create_index("ix_waiting_alerts_delivery_id", "waiting_alerts", ["delivery_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_waiting_alerts_delivery_id", "waiting_alerts")
    for name in ("parts", "part", "member_id"):
        op.drop_column("deliveries", name)

"""Members of a team who want no mails of one of its subscriptions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shared.store.base

revision = "0014"
down_revision = "0013"

_OF = {"subscription_id": "subscriptions", "person_id": "people"}


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "team_opt_outs",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in _OF),
        sa.Column("since", shared.store.base.UtcDateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{of}.{name}"], name=op.f(f"fk_team_opt_outs_{name}_{of}"))
            for name, of in _OF.items()
        ),
        sa.PrimaryKeyConstraint(*_OF, name=op.f("pk_team_opt_outs")),
    )


def downgrade() -> None:
    """Go back: whoever opted out gets the team's mails again."""
    op.drop_table("team_opt_outs")

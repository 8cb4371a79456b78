"""Sending that can be held: stop switches, disabled channels, rounds of attempts, and answers that are kept."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import shared.store.base

revision = "0009"
down_revision = "0008"

_STATES = "state IN ('pending', 'sending', 'sent', 'retry', {}'failed', 'unknown', 'cancelled')"
_ROUND_OF_OLD = 8  # attempts of a round until now, by the waits that shipped


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, shared.store.base.UtcDateTime(timezone=True), nullable=nullable)


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    """Go forward."""
    op.drop_constraint(op.f("ck_deliveries_state"), "deliveries")
    op.create_check_constraint(op.f("ck_deliveries_state"), "deliveries", _STATES.format("'held', "))
    op.add_column("deliveries", _count("earlier_attempts"))
    op.execute(
        f"UPDATE deliveries SET earlier_attempts = (attempts - 1) / {_ROUND_OF_OLD} * {_ROUND_OF_OLD} "  # noqa: S608
        f"WHERE attempts > {_ROUND_OF_OLD}"
    )
    lane = ["channel", "address", "next_try_at"]
    still_open = sa.text("state IN ('pending', 'sending', 'retry')")
    op.create_index("ix_deliveries_lane", "deliveries", lane, postgresql_where=still_open)
    op.create_index("ix_deliveries_held", "deliveries", lane, postgresql_where=sa.text("state = 'held'"))
    given_up = sa.text("state IN ('failed', 'unknown')")
    op.create_index("ix_deliveries_given_up", "deliveries", ["next_try_at"], postgresql_where=given_up)
    op.add_column("attempts", sa.Column("latency_milliseconds", sa.BigInteger(), nullable=True))
    op.add_column("attempts", _text("answer", nullable=True))
    _create_channel_states()
    _create_holds()


def _create_channel_states() -> None:
    op.create_table(
        "channel_states",
        _text("channel"),
        _text("address"),
        _count("failures"),
        _moment("failing_since"),
        _text("last_error", nullable=True),
        _moment("quiet_until"),
        _moment("disabled_at"),
        _text("disabled_by", default=""),
        _text("disabled_why", default=""),
        _moment("probe_at"),
        _count("probes"),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_channel_states")),
    )


def _create_holds() -> None:
    op.create_table(
        "sending_holds",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        _text("scope"),
        _text("about"),
        _text("label"),
        _text("reason"),
        _text("placed_by"),
        _moment("placed_at", nullable=False),
        _text("ended_by", nullable=True),
        _moment("ended_at"),
        _text("ending", nullable=True),
        sa.CheckConstraint("scope IN ('all', 'rule', 'channel', 'address')", name=op.f("ck_sending_holds_scope")),
        sa.CheckConstraint("ending IS NULL OR ending IN ('resumed', 'dropped')", name=op.f("ck_sending_holds_ending")),
        sa.CheckConstraint("(ending IS NULL) = (ended_at IS NULL)", name=op.f("ck_sending_holds_ended")),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_sending_holds")),
    )
    op.create_index(
        "uq_sending_holds_open",
        "sending_holds",
        ["scope", "about"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Go back: what was held waits again, stop switches and the state of channels are forgotten."""
    op.drop_table("sending_holds")
    op.drop_table("channel_states")
    op.drop_column("attempts", "answer")
    op.drop_column("attempts", "latency_milliseconds")
    for name in ("given_up", "held", "lane"):
        op.drop_index(f"ix_deliveries_{name}", table_name="deliveries")
    op.drop_column("deliveries", "earlier_attempts")
    op.drop_constraint(op.f("ck_deliveries_state"), "deliveries")
    op.execute(
        "UPDATE deliveries SET state = CASE WHEN attempts = 0 THEN 'pending' ELSE 'retry' END WHERE state = 'held'"
    )
    op.create_check_constraint(op.f("ck_deliveries_state"), "deliveries", _STATES.format(""))

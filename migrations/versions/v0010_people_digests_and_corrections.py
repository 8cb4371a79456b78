"""People and teams, alerts that are told later and together, and corrections of what was told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.store.base

revision = "0010"
down_revision = "0009"

_LIVE = sa.text("removed_at IS NULL")
_OPEN = sa.text("ended_at IS NULL")
_OF_A_DELIVERY = ["alert_id", "subscription_id", "channel", "address"]


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, shared.store.base.UtcDateTime(timezone=True), nullable=nullable)


def _points_to(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.{column}"], name=op.f(f"fk_{table}_{column}_{of}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Go forward."""
    _create_people()
    _widen_subscriptions()
    _create_corrections()
    _widen_deliveries()
    _create_waiting_alerts()


def _create_people() -> None:
    op.create_table(
        "people",
        _id("person_id"),
        _text("name"),
        _text("email", default=""),
        _text("time_zone", default="UTC"),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        _moment("muted_until"),
        _moment("away_from"),
        _moment("away_until"),
        _moment("created_at", nullable=False),
        _moment("removed_at"),
        _check("people", "quiet_hours", "(quiet_from IS NULL) = (quiet_until IS NULL)"),
        _check("people", "quiet_part_of_the_day", "quiet_from <> quiet_until"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
    )
    op.create_index("uq_people_live_name", "people", [sa.text("lower(name)")], unique=True, postgresql_where=_LIVE)
    mailable = sa.text("removed_at IS NULL AND email <> ''")
    op.create_index("uq_people_live_email", "people", [sa.text("lower(email)")], unique=True, postgresql_where=mailable)
    op.create_table(
        "teams",
        _id("team_id"),
        _text("name"),
        _text("time_zone", default="UTC"),
        _moment("created_at", nullable=False),
        _moment("removed_at"),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_teams")),
    )
    op.create_index("uq_teams_live_name", "teams", [sa.text("lower(name)")], unique=True, postgresql_where=_LIVE)
    op.create_table(
        "team_members",
        _id("team_id"),
        _id("person_id"),
        _moment("since", nullable=False),
        _points_to("team_members", "team_id", "teams"),
        _points_to("team_members", "person_id", "people"),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_members")),
    )
    op.create_index("ix_team_members_person_id", "team_members", ["person_id"])


def _widen_subscriptions() -> None:
    for column in (
        _id("person_id", nullable=True),
        _id("team_id", nullable=True),
        sa.Column("follows", postgresql.JSONB(), nullable=True),
        _text("min_severity", default="low"),
        sa.Column("languages", postgresql.JSONB(), server_default="[]", nullable=False),
        _text("schedule", default="immediate"),
        sa.Column("at_time", sa.Time(), server_default="08:00", nullable=False),
        sa.Column("weekday", sa.BigInteger(), server_default="1", nullable=False),
        _text("time_zone", default="UTC"),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _moment("muted_until"),
    ):
        op.add_column("subscriptions", column)
    for of, key in (("people", "person_id"), ("teams", "team_id")):
        op.create_foreign_key(op.f(f"fk_subscriptions_{key}_{of}"), "subscriptions", of, [key], [key])
        op.create_index(f"ix_subscriptions_{key}", "subscriptions", [key])
    for name, condition in (
        ("of_one", "num_nonnulls(person_id, team_id) <= 1"),
        ("min_severity", "min_severity IN ('low', 'normal', 'high')"),
        ("schedule", "schedule IN ('immediate', 'hourly', 'daily', 'weekly')"),
        ("weekday", "weekday BETWEEN 1 AND 7"),
    ):
        op.create_check_constraint(op.f(f"ck_subscriptions_{name}"), "subscriptions", condition)
    op.drop_index("uq_subscriptions_live", "subscriptions")
    op.create_index(
        "uq_subscriptions_live",
        "subscriptions",
        ["rule_id", "channel", "address", "person_id", "team_id"],
        unique=True,
        postgresql_where=_LIVE,
        postgresql_nulls_not_distinct=True,
    )


def _create_corrections() -> None:
    op.create_table(
        "alert_corrections",
        _id("correction_id"),
        _id("alert_id"),
        _text("kind"),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        _text("sentence"),
        _text("before"),
        _text("after", nullable=True),
        _moment("corrected_at", nullable=False),
        _id("correlation_id"),
        _check("alert_corrections", "kind", "kind IN ('changed', 'withdrawn')"),
        _points_to("alert_corrections", "alert_id", "alerts"),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_alert_corrections")),
        sa.UniqueConstraint("alert_id", "kind", "revision", name=op.f("uq_alert_corrections_alert_id_kind_revision")),
    )


def _widen_deliveries() -> None:
    op.add_column("deliveries", _text("kind", default="alert"))
    op.add_column("deliveries", _id("correction_id", nullable=True))
    op.create_foreign_key(
        op.f("fk_deliveries_correction_id_alert_corrections"),
        "deliveries",
        "alert_corrections",
        ["correction_id"],
        ["correction_id"],
    )
    op.create_check_constraint(op.f("ck_deliveries_kind"), "deliveries", "kind IN ('alert', 'digest', 'correction')")
    op.create_check_constraint(
        op.f("ck_deliveries_correction"), "deliveries", "(kind = 'correction') = (correction_id IS NOT NULL)"
    )
    op.drop_constraint(op.f("uq_deliveries_alert_id_subscription_id_channel_address"), "deliveries")
    # What operators are told is of no alert: that a trouble begins and that it is over are two deliveries all the same.
    op.create_index(
        "uq_deliveries_alert",
        "deliveries",
        [*_OF_A_DELIVERY, "correction_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("alert_id IS NOT NULL"),
    )
    op.create_table(
        "delivery_alerts",
        _id("delivery_id"),
        _id("alert_id"),
        sa.Column("place", sa.BigInteger(), nullable=False),
        _id("subscription_id"),
        _points_to("delivery_alerts", "delivery_id", "deliveries"),
        _points_to("delivery_alerts", "alert_id", "alerts"),
        _points_to("delivery_alerts", "subscription_id", "subscriptions"),
        sa.PrimaryKeyConstraint("delivery_id", "alert_id", name=op.f("pk_delivery_alerts")),
    )
    op.create_index("ix_delivery_alerts_alert_id", "delivery_alerts", ["alert_id"])


def _create_waiting_alerts() -> None:
    op.create_table(
        "waiting_alerts",
        *(_id("alert_id"), _id("subscription_id"), _text("channel"), _text("address")),
        _id("person_id", nullable=True),
        _text("why"),
        _moment("waits_since", nullable=False),
        _id("delivery_id", nullable=True),
        _moment("ended_at"),
        _check("waiting_alerts", "why", "why IN ('digest', 'quiet', 'muted', 'away', 'burst')"),
        _check("waiting_alerts", "gathered", "delivery_id IS NULL OR ended_at IS NOT NULL"),
        _points_to("waiting_alerts", "alert_id", "alerts"),
        _points_to("waiting_alerts", "subscription_id", "subscriptions"),
        _points_to("waiting_alerts", "person_id", "people"),
        _points_to("waiting_alerts", "delivery_id", "deliveries"),
        sa.PrimaryKeyConstraint(*_OF_A_DELIVERY, name=op.f("pk_waiting_alerts")),
    )
    op.create_index("ix_waiting_alerts_open", "waiting_alerts", ["channel", "address"], postgresql_where=_OPEN)


def downgrade() -> None:
    """Go back: people are forgotten, what waited to be told together is told at once, corrections are told no more."""
    op.execute(
        "INSERT INTO deliveries "
        "(delivery_id, alert_id, subscription_id, channel, address, next_try_at, correlation_id) "
        "SELECT gen_random_uuid(), alert_id, subscription_id, channel, address, now(), correlation_id "
        "FROM waiting_alerts JOIN alerts USING (alert_id) WHERE ended_at IS NULL ON CONFLICT DO NOTHING"
    )
    op.drop_table("waiting_alerts")
    op.drop_table("delivery_alerts")
    op.execute(
        "DELETE FROM attempts USING deliveries d WHERE d.delivery_id = attempts.delivery_id AND d.kind = 'correction'"
    )
    op.execute("DELETE FROM deliveries WHERE kind = 'correction'")
    op.drop_index("uq_deliveries_alert", table_name="deliveries")
    op.create_unique_constraint(
        op.f("uq_deliveries_alert_id_subscription_id_channel_address"), "deliveries", _OF_A_DELIVERY
    )
    op.drop_column("deliveries", "correction_id")
    op.drop_column("deliveries", "kind")
    op.drop_table("alert_corrections")
    _narrow_subscriptions()
    for table in ("team_members", "teams", "people"):
        op.drop_table(table)


def _narrow_subscriptions() -> None:
    """End all but one of the subscriptions that only their person or team told apart."""
    op.drop_index("uq_subscriptions_live", "subscriptions")
    op.execute(
        "UPDATE subscriptions s SET removed_at = now() "
        "WHERE removed_at IS NULL AND EXISTS (SELECT FROM subscriptions o "
        "WHERE o.removed_at IS NULL AND o.rule_id = s.rule_id AND o.channel = s.channel AND o.address = s.address "
        "AND o.subscription_id < s.subscription_id)"
    )
    op.create_index(
        "uq_subscriptions_live", "subscriptions", ["rule_id", "channel", "address"], unique=True, postgresql_where=_LIVE
    )
    for name in (
        *("person_id", "team_id", "follows", "min_severity", "languages", "schedule"),
        *("at_time", "weekday", "time_zone", "urgent", "muted_until"),
    ):
        op.drop_column("subscriptions", name)

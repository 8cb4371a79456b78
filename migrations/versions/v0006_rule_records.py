"""Rules as records: who saved what and why, what waits for a second person, named lists, what alerts carry of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import shared.store.base

revision = "0006"
down_revision = "0005"

_POLICIES = "policy IN ('each_article', 'each_story', 'new_facts')"
_SEVERITIES = "severity IN ('low', 'normal', 'high')"


def _text(name: str, default: str = "") -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _number(name: str, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default=default, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, shared.store.base.UtcDateTime(timezone=True), nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def _what_it_watches() -> list[sa.Column[Any]]:
    return [
        sa.Column("watches", sa.Text(), nullable=True),
        _text("policy", "each_story"),
        _text("severity", "normal"),
        _text("owner"),
        _text("note"),
    ]


def upgrade() -> None:
    """Go forward."""
    for column in (
        *_what_it_watches(),
        _flag("broad_allowed"),
        sa.Column("taken_query", sa.Text(), nullable=True),
        sa.Column("offered_query", sa.Text(), nullable=True),
        _number("revision", "0"),
    ):
        op.add_column("rules", column)
    op.create_check_constraint(op.f("ck_rules_policy"), "rules", _POLICIES)
    op.create_check_constraint(op.f("ck_rules_severity"), "rules", _SEVERITIES)
    op.create_index("ix_rules_revision", "rules", ["revision"])
    for column in (*_what_it_watches(), _flag("paused"), _flag("removed"), _text("author"), _text("reason")):
        op.add_column("rule_versions", column)
    _tell_what_rules_of_the_catalogue_watch()
    _count_what_writers_do_not()
    op.add_column("alerts", _text("policy", "each_story"))
    op.add_column("alerts", _text("severity", "normal"))
    _create_proposals()
    _create_lists()


def _tell_what_rules_of_the_catalogue_watch() -> None:
    """Until now their first query alone said it."""
    op.execute(
        "UPDATE rules SET watches = substr(first.query, length('agreement:') + 1) FROM ("
        " SELECT rules.rule_id, coalesce(rule_versions.query, rules.query) AS query FROM rules"
        " LEFT JOIN rule_versions ON rule_versions.rule_id = rules.rule_id AND rule_versions.version = 1) AS first "
        "WHERE first.rule_id = rules.rule_id AND rules.origin = 'agreement' AND first.query LIKE 'agreement:%'"
    )
    op.execute(
        "UPDATE rule_versions SET watches = rules.watches FROM rules "
        "WHERE rules.rule_id = rule_versions.rule_id AND rules.origin = 'agreement'"
    )


def _count_what_writers_do_not() -> None:
    """Give a change its revision where its writer is of the version before, which runs on during an update.

    Readers ask for what has a revision after theirs. That writer counts its change, and knows of no revision of a rule.
    """
    op.execute(
        "CREATE FUNCTION count_rule_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM rules WHERE rule_id = NEW.rule_id) THEN"
        " RETURN NEW; "  # an upsert that becomes an update, which has its own trigger
        "END IF; "
        "INSERT INTO definitions_revision (one, revision) VALUES (1, 1) "
        "ON CONFLICT (one) DO UPDATE SET revision = definitions_revision.revision + 1 "
        "RETURNING revision INTO NEW.revision; "
        "RETURN NEW; "
        "END $$"
    )
    op.execute(
        "CREATE TRIGGER count_new_rule BEFORE INSERT ON rules FOR EACH ROW "
        "WHEN (NEW.revision = 0) EXECUTE FUNCTION count_rule_change()"
    )
    read = ("name", "query", "version", "paused", "policy", "severity", "removed_at")
    old, new = (", ".join(f"{row}.{name}" for name in read) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER count_changed_rule BEFORE UPDATE ON rules FOR EACH ROW "
        f"WHEN (NEW.revision = OLD.revision AND ROW({old}) IS DISTINCT FROM ROW({new})) "
        "EXECUTE FUNCTION count_rule_change()"
    )


def _create_proposals() -> None:
    op.create_table(
        "rule_proposals",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        _number("from_version"),
        _json("change"),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("created_at"),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        _moment("decided_at", nullable=True),
        _text("answer"),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('approved', 'rejected', 'withdrawn')",
            name=op.f("ck_rule_proposals_decision"),
        ),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_rule_proposals_decided")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_rule_proposals")),
    )
    op.create_index(
        "ix_rule_proposals_open", "rule_proposals", ["created_at"], postgresql_where=sa.text("decided_at IS NULL")
    )


def _create_lists() -> None:
    op.create_table(
        "word_lists",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _json("members"),
        _text("note"),
        _number("version", "1"),
        _number("revision", "0"),
        _moment("created_at"),
        _moment("changed_at"),
        _moment("removed_at", nullable=True),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_word_lists")),
    )
    op.create_index(
        "uq_word_lists_live_name", "word_lists", ["name"], unique=True, postgresql_where=sa.text("removed_at IS NULL")
    )
    op.create_table(
        "word_list_versions",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        _number("version"),
        sa.Column("name", sa.Text(), nullable=False),
        _json("members"),
        _text("note"),
        _flag("removed"),
        _text("author"),
        _text("reason"),
        _moment("saved_at"),
        sa.ForeignKeyConstraint(
            ["list_id"], ["word_lists.list_id"], name=op.f("fk_word_list_versions_list_id_word_lists")
        ),
        sa.PrimaryKeyConstraint("list_id", "version", name=op.f("pk_word_list_versions")),
    )


def downgrade() -> None:
    """Go back: who saved a rule and why, what waited for a second person, and the lists are forgotten."""
    op.drop_table("word_list_versions")
    op.drop_table("word_lists")
    op.drop_table("rule_proposals")
    op.drop_column("alerts", "severity")
    op.drop_column("alerts", "policy")
    for name in ("reason", "author", "removed", "paused", "note", "owner", "severity", "policy", "watches"):
        op.drop_column("rule_versions", name)
    op.execute("DROP TRIGGER count_changed_rule ON rules")
    op.execute("DROP TRIGGER count_new_rule ON rules")
    op.execute("DROP FUNCTION count_rule_change")
    op.drop_index("ix_rules_revision", table_name="rules")
    for name in ("revision", "offered_query", "taken_query", "broad_allowed"):
        op.drop_column("rules", name)
    for name in ("note", "owner", "severity", "policy", "watches"):
        op.drop_column("rules", name)

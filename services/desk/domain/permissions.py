"""Which role may do what: one table, read by every page and call."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.desk.domain.accounts import Role


class Permission(StrEnum):
    """Something that an account may be allowed to do."""

    LOOK = "look"  # read alerts, articles, agreements, and why an alert fired or did not
    CORRECT = "correct"  # say what an article is about, where the classifier said something else
    FOLLOW = "follow"  # one's own alerts and subscriptions: read, put off, follow, end
    OWN_ACCOUNT = "own-account"  # change one's own password, see and end one's own sessions
    KEEP_RULES = "keep-rules"  # rules, lists, catalogue
    KEEP_PEOPLE = "keep-people"  # people, teams, their subscriptions
    READ_TRAIL = "read-trail"  # who changed what
    OPERATE = "operate"  # sources, pipeline, deliveries, quarantine, metrics
    KEEP_ACCOUNTS = "keep-accounts"  # invitations, roles, who may sign in


class Door(StrEnum):
    """What needs no account."""

    ANYBODY = "anybody"
    MACHINES = "machines"  # asked from beside the desk, and not under its public name


Need = Permission | Door

_EVERYBODY = frozenset({Permission.LOOK, Permission.OWN_ACCOUNT, Permission.FOLLOW})

GRANTED: Mapping[Role, frozenset[Permission]] = {
    Role.OFFICER: _EVERYBODY | {Permission.CORRECT},
    Role.ADMIN: _EVERYBODY | {Permission.CORRECT, Permission.KEEP_RULES, Permission.KEEP_PEOPLE, Permission.READ_TRAIL},
    Role.OPERATOR: _EVERYBODY | {Permission.OPERATE},
    Role.OWNER: frozenset(Permission),
}

# What anybody at this machine may do as long as nobody owns the house: what the desk showed before it had accounts.
BEFORE_AN_OWNER = frozenset({Permission.LOOK, Permission.CORRECT})


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """Return the roles that have this permission."""
    return tuple(role for role in Role if permission in GRANTED[role])

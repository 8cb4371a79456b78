"""The versions of a rule: each save makes the next one, and nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.desk.domain.choices import listed
from services.desk.domain.names import in_shell
from services.desk.domain.rules import Rule
from services.desk.domain.signatures import Signature
from shared.contracts.saved_rules import Policy, Severity
from shared.kit.errors import WrongInput

CONTENT = ("name", "query", "paused", "watches", "policy", "severity", "owner", "note")
"""What a version holds of a rule, besides whether it was removed."""


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """What a rule was at one of its versions, who saved it, and why."""

    rule_id: UUID
    version: int
    name: str
    query: str
    paused: bool
    watches: str | None
    policy: Policy
    severity: Severity
    owner: str
    note: str
    removed: bool
    author: str
    reason: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two versions have differently; of a query also the clauses that it gained and lost."""

    field: str
    old: Any
    new: Any
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def content_of(rule: Rule | RuleVersion) -> dict[str, Any]:
    """Return what a version keeps of the rule, `removed` among it."""
    return {field: getattr(rule, field) for field in CONTENT} | {"removed": rule.removed}


def version_of(rule: Rule, by: Signature) -> RuleVersion:
    """Return the version that the rule is at, as it is kept."""
    return RuleVersion(
        rule_id=rule.rule_id,
        version=rule.version,
        author=by.author,
        reason=by.reason,
        saved_at=rule.changed_at,
        **content_of(rule),
    )


def next_version(old: Rule, changed: Rule, now: datetime) -> Rule:
    """Return what `old` becomes when it is saved as `changed`: its next version, whatever differs."""
    return replace(changed, rule_id=old.rule_id, version=old.version + 1, created_at=old.created_at, changed_at=now)


def says_the_same(one: Rule, other: Rule) -> bool:
    """Tell whether saving the one over the other would change nothing."""
    return content_of(one) == content_of(other) and one.broad_allowed == other.broad_allowed


def as_it_was(rule: Rule, version: RuleVersion) -> Rule:
    """Return the rule with what it said at one of its versions. Raises WrongInput for the version of its removal.

    Whether it is paused stays as it is: who wants old words back does not ask for silence. So does the agreement that a
    rule of the catalogue is for.
    """
    if version.removed:
        mend = f"Give the version before it, or end the rule: pactwatch rule remove {in_shell(rule.name)}"
        raise WrongInput("--to", version.version, "is the removal of the rule", mend=mend)
    kept = {"paused", "watches"} if rule.origin == "agreement" else {"paused"}
    return replace(rule, **{field: getattr(version, field) for field in CONTENT if field not in kept}, removed_at=None)


def version_numbered(number: int, versions: Sequence[RuleVersion], *, field: str) -> RuleVersion:
    """Return the version of this number. Raises WrongInput, naming `field` and the numbers that there are."""
    for each in versions:
        if each.version == number:
            return each
    known = f"There are the versions {listed(str(each.version) for each in versions)}."
    raise WrongInput(field, number, "is no version of the rule", mend=known if versions else "It has none yet.")


def differences(old: RuleVersion, new: RuleVersion) -> list[Difference]:
    """Return the fields that differ, in their order."""
    before, after = content_of(old), content_of(new)
    return [Difference(field, before[field], after[field]) for field in before if before[field] != after[field]]


def who_paused(versions: Sequence[RuleVersion]) -> str | None:
    """Return the author of the save since which the rule is paused without a break; None for one that is not."""
    author = None
    for each in sorted(versions, key=lambda one: one.version, reverse=True):
        if not each.paused:
            return author
        author = each.author
    return author

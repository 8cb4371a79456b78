"""A watch rule as it was saved."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.saved_rules import Policy, Severity


@dataclass(frozen=True)
class Rule:
    """A watch rule as it was saved; `version` counts its saves.

    `policy` says how often it speaks of one thing, `severity` how loud it is at least.
    """

    rule_id: UUID
    name: str
    query: str
    version: int
    policy: Policy = "each_story"
    severity: Severity = "normal"

"""A watch rule as it was saved."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Rule:
    """A watch rule as it was saved; `version` counts its saves."""

    rule_id: UUID
    name: str
    query: str
    version: int

"""A watch rule, and the ones that a subscription to an agreement or a sector implies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.kit.ids import id_for

ImpliedOrigin = Literal["agreement", "sector"]
Origin = Literal["custom", "agreement", "sector"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A watch rule as defined.

    A `custom` rule belongs to whoever wrote it. An `agreement` or `sector` rule is implied by a subscription: it is
    kept when its last subscription ends, and raises alerts only while it has a live one.
    """

    rule_id: UUID
    name: str
    query: str
    origin: Origin
    version: int
    paused: bool
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RuleTarget:
    """A subscription to the alerts of one rule, by the rule's name."""

    name: str


@dataclass(frozen=True, slots=True)
class AgreementTarget:
    """A subscription to everything about one agreement of the catalogue, by its id."""

    agreement_id: str


@dataclass(frozen=True, slots=True)
class SectorTarget:
    """A subscription to everything about one sector of the catalogue, by its id."""

    sector_id: str


@dataclass(frozen=True, slots=True)
class OperatorsTarget:
    """A subscription to what operators should know: sources in trouble, languages that fell silent."""


Target = RuleTarget | AgreementTarget | SectorTarget | OperatorsTarget


def implied_rule(origin: ImpliedOrigin, item_id: str, item_name: str, now: datetime) -> Rule:
    """Return the rule that a subscription to this catalogue item implies; the same item has the same rule id."""
    return Rule(
        rule_id=id_for("rule", origin, item_id),
        name=f"{origin.capitalize()}: {item_name}",
        query=f"{origin}:{item_id}",
        origin=origin,
        version=1,
        paused=False,
        created_at=now,
        changed_at=now,
    )

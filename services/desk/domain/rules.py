"""A watch rule: an admin's own, one of the catalogue's, or the one that a subscription to a sector implies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.saved_rules import Policy, Severity
from shared.kit.ids import id_for

ImpliedOrigin = Literal["agreement", "sector"]
Origin = Literal["custom", "agreement", "sector"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A watch rule as it stands: the newest of its versions.

    A `custom` rule belongs to whoever wrote it. An `agreement` rule is one of the catalogue's, live from the first day;
    people may change it as their own. A `sector` rule is implied by a subscription, to a sector or to whatever else
    somebody follows: it is kept when its last subscription ends, and raises alerts only while it has a live one.

    `watches` is the agreement that it is for, None for a free rule. `taken_query` is what the catalogue said when the
    rule last took its words; `offered_query` what it says now, where an admin's own words stand against that.
    `broad_allowed`: an admin wants it although it matches very much.
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
    watches: str | None = None
    policy: Policy = "each_story"
    severity: Severity = "normal"
    owner: str = ""
    note: str = ""
    broad_allowed: bool = False
    taken_query: str | None = None
    offered_query: str | None = None

    @property
    def removed(self) -> bool:
        """Whether it was ended."""
        return self.removed_at is not None


@dataclass(frozen=True, slots=True)
class RuleName:
    """A rule by its name alone: what is read of all of them to find one."""

    rule_id: UUID
    name: str


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


@dataclass(frozen=True, slots=True)
class FollowTarget:
    """A subscription to any combination of agreements, sectors, stages, sources and countries, as people name them."""

    agreements: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


Target = RuleTarget | AgreementTarget | SectorTarget | FollowTarget | OperatorsTarget


def new_rule(name: str, query: str, now: datetime) -> Rule:
    """Return the first version of a rule of people's own."""
    return Rule(
        rule_id=id_for("rule", "custom", name, now),
        name=name,
        query=query,
        origin="custom",
        version=1,
        paused=False,
        created_at=now,
        changed_at=now,
    )


def implied_rule_id(origin: ImpliedOrigin, item_id: str) -> UUID:
    """Return the id of the rule of this catalogue item: the same item has the same rule."""
    return id_for("rule", origin, item_id)


def implied_rule(
    origin: ImpliedOrigin, item_id: str, item_name: str, now: datetime, *, query: str | None = None
) -> Rule:
    """Return the first version of the rule of this catalogue item; `query` is the catalogue's own (default: its id)."""
    asked = query or f"{origin}:{item_id}"
    of_agreement = origin == "agreement"
    return Rule(
        rule_id=implied_rule_id(origin, item_id),
        name=f"{origin.capitalize()}: {item_name}",
        query=asked,
        origin=origin,
        version=1,
        paused=False,
        created_at=now,
        changed_at=now,
        watches=item_id if of_agreement else None,
        taken_query=asked if of_agreement else None,
    )


def name_beside(rule: Rule, item_id: str, taken: set[str]) -> str:
    """Return the rule's name, with the item's id where another has it: two items may share a short name."""
    return f"{rule.name} ({item_id})" if rule.name.casefold() in taken else rule.name

"""What is saved of watch rules and word lists, as those take it up who match articles: all of it, or what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

Policy: TypeAlias = Literal["each_article", "each_story", "new_facts"]
Severity: TypeAlias = Literal["low", "normal", "high"]

ORIGIN_OF_SUBSCRIPTIONS = "sector"  # of the rules that subscriptions imply


@dataclass(frozen=True, slots=True)
class SavedRule:
    """A watch rule at its newest version.

    `live` is false for one that is removed, paused, or implied by subscriptions of which none is left; `implied` rules
    may come and go with subscriptions, without being saved themselves.
    """

    rule_id: UUID
    name: str
    query: str
    version: int
    policy: Policy
    severity: Severity
    live: bool
    implied: bool


@dataclass(frozen=True, slots=True)
class SavedList:
    """A named list of terms at its newest version; `live` is false for one that is removed."""

    list_id: UUID
    name: str
    members: tuple[str, ...]
    live: bool


@dataclass(frozen=True, slots=True)
class SavedRules:
    """Rules and lists of one moment: a rule and the list that it was saved with are never apart."""

    rules: tuple[SavedRule, ...]
    lists: tuple[SavedList, ...]


def lives_by_subscriptions(origin: str) -> bool:
    """Tell whether a rule of this origin counts only while somebody subscribes to it."""
    return origin == ORIGIN_OF_SUBSCRIPTIONS

"""The rules as a page of many: what is asked for, and a line for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from services.desk.domain.rules import Origin, Rule
from shared.contracts.saved_rules import Severity, lives_by_subscriptions

LINES_ON_A_PAGE = 50
LAST_PAGE = 10_000  # more rules than half a million have no page of their own: search
ALERT_DAYS = 30

RuleState = Literal["live", "paused", "conflict", "unheard", "removed"]
STATES: tuple[RuleState, ...] = get_args(RuleState)
ORIGINS: tuple[Origin, ...] = get_args(Origin)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """Which rules are asked for. `words`: in the name, the query, the owner or the agreement; empty texts ask for all.

    Without a state, all that are not removed.
    """

    words: str = ""
    state: str = ""
    origin: str = ""
    severity: str = ""
    page: int = 1

    @classmethod
    def asked(cls, asked: Mapping[str, str]) -> RuleFilter:
        """Return what an address asks for; what is unknown there is not asked for."""
        page = asked.get("page", "1")
        return cls(
            words=" ".join(asked.get("words", "").split())[:200],
            state=asked.get("state", "") if asked.get("state", "") in STATES else "",
            origin=asked.get("origin", "") if asked.get("origin", "") in ORIGINS else "",
            severity=asked.get("severity", "") if asked.get("severity", "") in SEVERITIES else "",
            page=max(1, min(int(page), LAST_PAGE)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        )

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing narrows the rules."""
        return not (self.words or self.state or self.origin or self.severity)

    def at_page(self, page: int) -> RuleFilter:
        """Return the same at another page."""
        return replace(self, page=page)

    def as_asked(self) -> dict[str, str]:
        """Return what an address holds that asks for this."""
        every = {"words": self.words, "state": self.state, "origin": self.origin, "severity": self.severity}
        page = {"page": str(self.page)} if self.page > 1 else {}
        return {name: value for name, value in every.items() if value} | page


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in a list. `alerts` are those of the last days; `broken` says why it matches nothing."""

    rule: Rule
    subscriptions: int = 0
    alerts: int = 0
    broken: str | None = None

    @property
    def state(self) -> str:
        """What becomes of it, in a word."""
        return state_of(self.rule, self.subscriptions, self.broken)

    @property
    def alerts_a_day(self) -> float:
        """How many alerts a day it raised."""
        return self.alerts / ALERT_DAYS


@dataclass(frozen=True, slots=True)
class RuleLines:
    """One page of rules; `count` is how many there are on all pages."""

    lines: tuple[RuleLine, ...]
    count: int
    asked: RuleFilter

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // LINES_ON_A_PAGE))


def state_of(rule: Rule, subscriptions: int, broken: str | None) -> str:
    """Return what becomes of a rule, in a word."""
    if rule.removed:
        return "removed"
    if broken:
        return "broken"
    if rule.paused:
        return "paused"
    if lives_by_subscriptions(rule.origin) and not subscriptions:
        return "unheard"
    return "live" if rule.offered_query is None else "conflict"

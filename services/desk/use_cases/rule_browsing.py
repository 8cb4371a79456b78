"""Rules as pages show them: a page of many without reading each of them, and one with all that is known of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.desk.domain.proposals import Proposal
from services.desk.domain.rule_lines import ALERT_DAYS, RuleFilter, RuleLine, RuleLines
from services.desk.domain.rule_versions import RuleVersion
from services.desk.domain.rules import Rule
from services.desk.domain.word_lists import members_by_name
from services.desk.ports import Members, RuleLanguage
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput


class RulePageWork(Protocol):
    """One transaction that reads pages of rules."""

    async def rules_asked(self, asked: RuleFilter) -> tuple[Sequence[Rule], int]:
        """Return the rules of one page by name, and how many there are on all pages."""

    async def subscriptions_of(self, rule_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how many live subscriptions each of these rules has; a rule without any is left out."""

    async def alerts_of(self, rule_ids: Sequence[UUID], since: datetime) -> Mapping[UUID, int]:
        """Return how many alerts each of these rules raised since then; a rule without any is left out."""

    async def alerts_by_day(self, rule_id: UUID, since: datetime) -> Mapping[date, int]:
        """Return how many alerts a rule raised on each day (UTC) since then; a day without any is left out."""

    async def waiting_proposals(self) -> int:
        """Return how many proposals wait for a decision."""

    async def conflicts(self) -> int:
        """Return how many rules say something else than the catalogue says by now."""

    async def list_names(self, limit: int) -> Sequence[str]:
        """Return the names of the first lists, by name."""

    async def list_name(self, list_id: UUID) -> tuple[str, bool] | None:
        """Return the name of a list, and whether it was removed; None for an unknown one."""


BeginRulePage = Callable[[], AbstractAsyncContextManager[RulePageWork]]


@dataclass(frozen=True, slots=True)
class OpenedRule:
    """One rule with its versions (the newest last), the proposals that wait to change it, and its alerts by day."""

    line: RuleLine
    versions: Sequence[RuleVersion]
    proposals: Sequence[Proposal]
    alert_days: Sequence[tuple[date, int]]

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return self.line.rule

    @property
    def name_to_change(self) -> str:
        """The name by which this very rule is changed. Raises WrongInput for a removed one: it may be another's now."""
        if self.rule.removed:
            raise WrongInput("rule", self.rule.name, "was removed", mend="Have it back first.")
        return self.rule.name


class RuleBrowsing:
    """Shows rules, and changes nothing."""

    def __init__(self, begin: BeginRulePage, writing: Writing, language: RuleLanguage) -> None:
        self._begin = begin
        self._desk = writing
        self._language = language

    async def page(self, asked: RuleFilter) -> RuleLines:
        """Return one page of rules; only those that stand on it are read by the language."""
        since = self._desk.now() - timedelta(days=ALERT_DAYS)
        async with self._begin() as work:
            rules, count = await work.rules_asked(asked)
            ids = [rule.rule_id for rule in rules]
            hearing = await work.subscriptions_of(ids)
            alerts = await work.alerts_of(ids, since)
        broken = await self._broken(rules)
        lines = (
            RuleLine(rule, hearing.get(rule.rule_id, 0), alerts.get(rule.rule_id, 0), complaint)
            for rule, complaint in zip(rules, broken, strict=True)
        )
        return RuleLines(tuple(lines), count, asked)

    async def opened(self, rule_id: UUID) -> OpenedRule | None:
        """Return one rule, also a removed one; None for an unknown one."""
        now = self._desk.now()
        async with self._desk.begin() as work:
            rule = await work.rule(rule_id)
            if rule is None:
                return None
            versions = await work.rule_versions(rule_id)
            waiting = [each for each in await work.open_proposals() if each.rule_id == rule_id]
        first = now - timedelta(days=ALERT_DAYS - 1)
        async with self._begin() as pages:
            hearing = await pages.subscriptions_of([rule_id])
            by_day = await pages.alerts_by_day(rule_id, first)
        (broken,) = await self._broken([rule])
        days = [first.date() + timedelta(days=number) for number in range(ALERT_DAYS)]
        alert_days = [(day, by_day.get(day, 0)) for day in days]
        line = RuleLine(rule, hearing.get(rule_id, 0), sum(by_day.values()), broken)
        return OpenedRule(line, versions, waiting, alert_days)

    async def waiting(self) -> int:
        """Return how many proposals wait for a decision."""
        async with self._begin() as work:
            return await work.waiting_proposals()

    async def conflicts(self) -> int:
        """Return how many rules say something else than the catalogue says by now."""
        async with self._begin() as work:
            return await work.conflicts()

    async def list_names(self, limit: int) -> Sequence[str]:
        """Return the names of the first lists, by name."""
        async with self._begin() as work:
            return await work.list_names(limit)

    async def list_name(self, list_id: UUID) -> tuple[str, bool] | None:
        """Return the name of a list, and whether it was removed; None for an unknown one."""
        async with self._begin() as work:
            return await work.list_name(list_id)

    async def _broken(self, rules: Sequence[Rule]) -> Sequence[str | None]:
        async with self._desk.begin() as work:
            lists = members_by_name(await work.live_lists())
        return await asyncio.to_thread(lambda: [self._complaint(rule, lists) for rule in rules])

    def _complaint(self, rule: Rule, lists: Members) -> str | None:
        if rule.removed:
            return None
        try:
            self._language.check(rule.query, lists)
        except WrongInput as wrong:
            return wrong.why
        return None

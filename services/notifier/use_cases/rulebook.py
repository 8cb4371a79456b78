"""The rules in force, compiled: recompiled only when a definition has changed, and never older than that change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from services.notifier.ports import CompileRules, WatchWork
from shared.kit.by_revision import ByRevision
from shared.rules import Rule, RuleSet

logger = logging.getLogger(__name__)


class Rulebook:
    """Keeps the compiled rules of the newest revision it has seen."""

    def __init__(self, compile_rules: CompileRules) -> None:
        self._compile_rules = compile_rules
        self._compiled_rules: ByRevision[RuleSet] = ByRevision()

    async def current(self, work: WatchWork) -> RuleSet:
        """Return the rules in force now."""

        async def compiled() -> RuleSet:
            return await self._compiled(await work.live_rules())

        return await self._compiled_rules.current(work.definitions_revision, compiled)

    async def _compiled(self, rules: Sequence[Rule]) -> RuleSet:
        # In a thread: thousands of rules take a second, in which sends under way must go on.
        rule_set = await asyncio.to_thread(self._compile_rules, rules)
        for rule, complaint in rule_set.broken:
            logger.error("rule %r matches nothing until it is mended: %s", rule.name, complaint)
        return rule_set

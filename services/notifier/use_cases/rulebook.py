"""The rules in force, compiled: recompiled only when a definition has changed, and never older than that change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from services.notifier.ports import CompileRules, WatchWork
from shared.rules import Rule, RuleSet

logger = logging.getLogger(__name__)


class Rulebook:
    """Keeps the compiled rules of the newest revision it has seen."""

    def __init__(self, compile_rules: CompileRules) -> None:
        self._compile_rules = compile_rules
        self._revision: int | None = None
        self._rule_set: RuleSet | None = None
        self._turn = asyncio.Lock()

    async def current(self, work: WatchWork) -> RuleSet:
        """Return the rules in force now.

        The revision is read before the rules: a change between the two makes the copy newer than its number, and it
        is made anew next time; the other order could keep an old copy for ever. Any other number counts as a change:
        a database restored from a backup goes back.
        """
        async with self._turn:
            revision = await work.definitions_revision()
            if self._rule_set is None or revision is None or revision != self._revision:
                self._rule_set = await self._compiled(await work.live_rules())
                self._revision = revision
            return self._rule_set

    async def _compiled(self, rules: Sequence[Rule]) -> RuleSet:
        # In a thread: thousands of rules take a second, in which sends under way must go on.
        rule_set = await asyncio.to_thread(self._compile_rules, rules)
        for rule, complaint in rule_set.broken:
            logger.error("rule %r matches nothing until it is mended: %s", rule.name, complaint)
        return rule_set

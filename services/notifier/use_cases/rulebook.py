"""The rules in force, compiled: a change is taken up by itself, and the rules are never older than it."""

from __future__ import annotations

import asyncio
import logging

from services.notifier.ports import WatchWork
from shared.kit.by_revision import ByRevision
from shared.rules import CompileRules, LiveRules, RuleSet

logger = logging.getLogger(__name__)


class Rulebook:
    """Keeps the compiled rules of the newest revision it has seen.

    What is promised: an article whose transaction begins after a change was committed is judged by the rules with that
    change, on every notifier. For the revision is read in the article's own transaction, each statement of which sees
    all that was committed before it (READ COMMITTED), and what is used is at least of that revision. An article whose
    transaction is under way during the commit is judged by the rules before or after it, and by one of them alone:
    a set of rules never changes, and holds each rule at one version, or not at all. Articles wait for a change that is
    being taken up; those that are being matched go on with the set that they have.
    """

    def __init__(self, compile_rules: CompileRules) -> None:
        self._compile_rules = compile_rules
        self._kept: ByRevision[LiveRules] = ByRevision()

    async def current(self, work: WatchWork) -> RuleSet:
        """Return the rules in force now."""

        async def compiled() -> LiveRules:
            # In a thread: thousands of rules take a second, in which sends under way must go on.
            return _told(await asyncio.to_thread(LiveRules.first, await work.saved_rules(), self._compile_rules))

        async def changed(kept: LiveRules, since: int) -> LiveRules:
            # In a thread too: one change may be an import of thousands.
            return _told(await asyncio.to_thread(kept.after, await work.saved_rules(since, kept.implied)))

        return (await self._kept.current(work.definitions_revision, compiled, changed)).rules


def _told(live: LiveRules) -> LiveRules:
    for rule, complaint in live.broken:
        logger.error("rule %r matches nothing until it is mended: %s", rule.name, complaint)
    return live

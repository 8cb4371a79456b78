"""The rules in force, compiled: a change is taken up by itself, and the rules are never older than it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.notifier.ports import Begin, WatchWork
from shared.contracts.saved_rules import SavedRules
from shared.kit.by_revision import ByRevision, Stored
from shared.kit.errors import Later
from shared.rules import CompileRules, LiveRules, RuleSet

logger = logging.getLogger(__name__)

MOST_RULES = 200  # read again while an article's transaction waits: a quarter of a second
RENEWING_SECONDS = 30.0  # a handler has 45: one that waits longer gives its message back, uncounted

_Rules = Stored[SavedRules, LiveRules]


class Rulebook:
    """Keeps the compiled rules of the newest revision it has seen.

    What is promised: an article whose transaction begins after a change was committed is judged by the rules with that
    change, on every notifier. For the revision is read in the article's own transaction, each statement of which sees
    all that was committed before it (READ COMMITTED), and what is used is at least of that revision. An article whose
    transaction is under way during the commit is judged by the rules before or after it, and by one of them alone:
    a set of rules never changes, and holds each rule at one version, or not at all. Articles wait for a change that is
    being taken up; those that are being matched go on with the set that they have.
    """

    def __init__(self, begin: Begin, compile_rules: CompileRules) -> None:
        self._begin = begin
        self._compile_rules = compile_rules
        self._kept: ByRevision[SavedRules, LiveRules] = ByRevision(self._built, _effort)

    async def current(self, work: WatchWork) -> RuleSet:
        """Return the rules in force now.

        Raises MuchChanged where they are many to compile (at the start, after an import of thousands): a transaction
        must not be open for so long. Leave it, `renew`, and begin anew.
        """
        return (await self._kept.current(_stored(work), most=MOST_RULES)).rules

    async def renew(self) -> None:
        """Compile what changed. Raises Later when this takes very long; it goes on, and is ready some time."""
        try:
            async with asyncio.timeout(RENEWING_SECONDS):
                await self._kept.renew(self._transaction)
        except TimeoutError:
            raise Later("The rules are still being compiled.") from None

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[_Rules]:
        async with self._begin() as work:
            yield _stored(work)

    def _built(self, kept: LiveRules | None, saved: SavedRules) -> LiveRules:
        live = LiveRules.first(saved, self._compile_rules) if kept is None else kept.after(saved)
        for rule, complaint in live.broken:
            logger.error("rule %r matches nothing until it is mended: %s", rule.name, complaint)
        return live


def _stored(work: WatchWork) -> _Rules:
    async def read(kept: LiveRules | None, since: int | None) -> SavedRules:
        return await work.saved_rules(since, () if kept is None else kept.implied)

    return Stored(work.definitions_revision, read)


def _effort(kept: LiveRules | None, saved: SavedRules) -> int:
    return len(saved.rules) if kept is None else kept.effort(saved)

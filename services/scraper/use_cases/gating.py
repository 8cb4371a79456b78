"""The gate in service: what may concern both sides, or a rule that somebody wrote, is published; the rest is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from services.scraper.domain.gate import Gate
from shared.contracts.saved_rules import SavedRules
from shared.contracts.verdict import Verdict
from shared.kit.by_revision import ByRevision, Stored
from shared.language.script import detect_language
from shared.rules import CompileRules, Document, LiveRules, Origin, RuleSet

_UNJUDGED = Verdict(relevant=False, relevance=0.0, language="en", classifier="")


class RulesWork(Protocol):
    """What the gate reads in a transaction."""

    async def definitions_revision(self) -> int | None:
        """Return the number of the newest change to rules."""
        ...

    async def saved_rules(self, since: int | None = None, implied: Collection[UUID] = ()) -> SavedRules:
        """Return what was saved after a revision, and these implied rules as they stand; with None all that counts."""
        ...


class Gatekeeper:
    """Keeps the gate, and the rules of the newest revision it has seen.

    A rule may look for words in any article, relevant or not; so no article that a rule would match is held back.
    """

    def __init__(self, gate: Gate, compile_rules: CompileRules) -> None:
        self._gate = gate
        self._compile_rules = compile_rules
        self._rules: ByRevision[SavedRules, LiveRules] = ByRevision(self._built, lambda _, saved: len(saved.rules))

    async def reason_to_hold(self, work: RulesWork, title: str, text: str, origin: Origin) -> str | None:
        """Return why the article is held back; None for one that passes."""
        reason = self._gate.judge(title, text, origin.country)
        if reason is None:
            return None
        rules = await self._current(work)
        told = replace(origin, language=origin.language or detect_language(f"{title}\n{text}"))
        return None if rules.matching(Document(title, text, _UNJUDGED, told)) else reason

    async def _current(self, work: RulesWork) -> RuleSet:
        async def read(kept: LiveRules | None, since: int | None) -> SavedRules:
            return await work.saved_rules(since, () if kept is None else kept.implied)

        return (await self._rules.current(Stored(work.definitions_revision, read))).rules

    def _built(self, kept: LiveRules | None, saved: SavedRules) -> LiveRules:
        return LiveRules.first(saved, self._compile_rules) if kept is None else kept.after(saved)

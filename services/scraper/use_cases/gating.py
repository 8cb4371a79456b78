"""The gate in service: what may concern both sides, or a rule that somebody wrote, is published; the rest is kept."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from services.scraper.domain.gate import Gate
from shared.catalogue.edits import overlaid_as_far
from shared.catalogue.entries import Catalogue
from shared.contracts.catalogue_edits import Edit
from shared.contracts.saved_rules import SavedRules
from shared.contracts.verdict import Verdict
from shared.kit.by_revision import ByRevision, Stored
from shared.language.script import detect_language
from shared.rules import CompileRules, Document, LiveRules, Origin, RuleSet

logger = logging.getLogger(__name__)

_UNJUDGED = Verdict(relevant=False, relevance=0.0, language="en", classifier="")


class GateWork(Protocol):
    """What the gate reads in a transaction."""

    async def catalogue_revision(self) -> int | None:
        """Return the number of the newest edit of the catalogue; 0 for none."""
        ...

    async def catalogue_edits(self) -> Sequence[Edit]:
        """Return what people changed of the catalogue."""
        ...

    async def definitions_revision(self) -> int | None:
        """Return the number of the newest change to rules."""
        ...

    async def saved_rules(self, since: int | None = None, implied: Collection[UUID] = ()) -> SavedRules:
        """Return what was saved after a revision, and these implied rules as they stand; with None all that counts."""
        ...


class Gatekeeper:
    """Keeps the gate of the newest edits of the catalogue, and the rules of the newest revision, that it has seen.

    A rule may look for words in any article, relevant or not; so no article that a rule would match is held back. Nor
    is one that names an agreement as people named it a moment ago: who judges it knows that name too.
    """

    def __init__(self, catalogue: Catalogue, compile_rules: CompileRules) -> None:
        self._catalogue = catalogue
        self._as_it_ships = Gate(catalogue)
        self._gates: ByRevision[Sequence[Edit], Gate] = ByRevision(self._gate_of, lambda _, edits: len(edits))
        self._compile_rules = compile_rules
        self._rules: ByRevision[SavedRules, LiveRules] = ByRevision(self._built, lambda _, saved: len(saved.rules))

    async def reason_to_hold(self, work: GateWork, title: str, text: str, origin: Origin) -> str | None:
        """Return why the article is held back; None for one that passes."""
        reason = (await self._gate(work)).judge(title, text, origin.country)
        if reason is None:
            return None
        rules = await self._current(work)
        told = replace(origin, language=origin.language or detect_language(f"{title}\n{text}"))
        return None if rules.matching(Document(title, text, _UNJUDGED, told)) else reason

    async def _gate(self, work: GateWork) -> Gate:
        async def read(_kept: Gate | None, _since: int | None) -> Sequence[Edit]:
            return await work.catalogue_edits()

        return await self._gates.current(Stored(work.catalogue_revision, read))

    def _gate_of(self, _kept: Gate | None, edits: Sequence[Edit]) -> Gate:
        catalogue, wrong = overlaid_as_far(self._catalogue, edits)
        for complaint in wrong:
            logger.error("an edit of the catalogue cannot be taken, and is left out: %s", complaint.sentence)
        return self._as_it_ships if catalogue is self._catalogue else Gate(catalogue)

    async def _current(self, work: GateWork) -> RuleSet:
        async def read(kept: LiveRules | None, since: int | None) -> SavedRules:
            return await work.saved_rules(since, () if kept is None else kept.implied)

        return (await self._rules.current(Stored(work.definitions_revision, read))).rules

    def _built(self, kept: LiveRules | None, saved: SavedRules) -> LiveRules:
        return LiveRules.first(saved, self._compile_rules) if kept is None else kept.after(saved)

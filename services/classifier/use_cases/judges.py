"""Who judges now: compiled from the catalogue and what people changed of it, never older than the newest change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from services.classifier.ports import Judging, Work
from shared.catalogue.edits import overlaid_as_far
from shared.catalogue.entries import Catalogue
from shared.contracts.catalogue_edits import Edit
from shared.kit.by_revision import ByRevision, Stored

logger = logging.getLogger(__name__)


class OneJudge:
    """Always the same."""

    def __init__(self, judging: Judging) -> None:
        self._judging = judging

    async def current(self, work: Work) -> Judging:  # noqa: ARG002 - a catalogue that nobody changes
        """Return who judges."""
        return self._judging


class JudgeBook:
    """Keeps who judges by the newest edits that it has seen.

    An article whose transaction begins after an edit was committed is judged with that edit, in every classifier: the
    number of the newest is read in the article's own transaction. One that is under way meanwhile is judged by the
    catalogue before or after it. Articles wait while a change is compiled: a second or two, once for each.
    """

    def __init__(self, catalogue: Catalogue, compiled: Callable[[Catalogue], Judging]) -> None:
        self._catalogue = catalogue
        self._compiled = compiled
        self._as_it_ships = compiled(catalogue)
        self._kept: ByRevision[Sequence[Edit], Judging] = ByRevision(self._built, lambda _, edits: len(edits))

    async def current(self, work: Work) -> Judging:
        """Return who judges an article of this transaction."""

        async def read(_kept: Judging | None, _since: int | None) -> Sequence[Edit]:
            return await work.catalogue_edits()

        return await self._kept.current(Stored(work.catalogue_revision, read))

    def _built(self, _kept: Judging | None, edits: Sequence[Edit]) -> Judging:
        catalogue, wrong = overlaid_as_far(self._catalogue, edits)
        for complaint in wrong:
            logger.error("an edit of the catalogue cannot be taken, and is left out: %s", complaint.sentence)
        return self._as_it_ships if catalogue is self._catalogue else self._compiled(catalogue)

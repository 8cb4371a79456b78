"""Finds stories by a query of the rule language: what the archive's terms decide is taken, the rest is read."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from services.desk.domain.backtests import Candidate, TookTooLong, Wanted, wanted_by
from services.desk.domain.stories import Hit, Place
from services.desk.use_cases.archive_search import matching
from shared.rules import Query
from shared.rules.archive_query import Condition, Having, some
from shared.rules.archive_reading import Reader
from shared.rules.archive_terms import OVERLONG

STATEMENT_SECONDS = 4.0
MOST_READ = 3_000  # articles of one page whose words are read: what a phrase needs; the reader may go on from there
MOST_SECONDS = 1.5
AT_ONCE = 300


class SearchWork(Protocol):
    """The part of a transaction that finds stories."""

    async def bound(self, statement_seconds: float) -> None:
        """Let no statement of this transaction take longer, and find articles by their terms."""

    async def feeds_of(self) -> Mapping[str, Sequence[str]]:
        """Return the ids of the sources of each country, also of those that were removed."""

    async def hits(
        self,
        condition: Condition,
        *,
        alerted: bool,
        before: Place | None = None,
        of: Collection[UUID] | None = None,
        above: Place | None = None,
        limit: int,
    ) -> Sequence[Hit]:
        """Return the articles that meet the condition, the newest first: below a place, or above it of some stories."""

    async def candidates_among(self, article_ids: Collection[UUID], wanted: Wanted) -> Sequence[Candidate]:
        """Return these articles, as far as they are in the archive."""


class StorySearch:
    """One query on the stories."""

    def __init__(self, work: SearchWork, query: Query, feeds_of: Mapping[str, Sequence[str]], *, alerted: bool) -> None:
        self._work = work
        self._reader = Reader(query, feeds_of)
        self._condition = some((self._reader.bounds.possible, Having(OVERLONG)))
        self._alerted = alerted

    async def places(self, before: Place | None, wanted: int) -> tuple[list[Place], Place | None]:
        """Return the newest places below this one, each story once, and where the looking stopped too early."""
        found: dict[UUID, Place] = {}
        above: set[UUID] = set()
        ends = asyncio.get_running_loop().time() + MOST_SECONDS
        last, read = before, 0
        while len(found) < wanted:
            size = max(AT_ONCE, 2 * wanted)
            try:
                hits = await self._work.hits(self._condition, alerted=self._alerted, before=last, limit=size)
                matched = await self._matching(hits)
                if before is not None:
                    new = {hit.place.story_id for hit in matched} - found.keys() - above
                    above |= await self._above(new, before)
            except TookTooLong:
                return list(found.values())[:wanted], last
            for hit in matched:
                if hit.place.story_id not in above:
                    found.setdefault(hit.place.story_id, hit.place)
            if len(hits) < size:
                break
            last, read = hits[-1].place, read + len(hits)
            if len(found) < wanted and (read >= MOST_READ or asyncio.get_running_loop().time() > ends):
                return list(found.values())[:wanted], last
        return list(found.values())[:wanted], None

    async def _above(self, story_ids: Collection[UUID], above: Place) -> set[UUID]:
        """Return the stories of these that have a copy above which is asked for too."""
        if not story_ids:
            return set()
        hits = await self._work.hits(
            self._condition, alerted=self._alerted, of=story_ids, above=above, limit=10 * len(story_ids)
        )
        return {hit.place.story_id for hit in await self._matching(hits)}

    async def _matching(self, hits: Sequence[Hit]) -> Sequence[Hit]:
        """Return those that are what is asked for: what the terms do not decide is read."""
        exact = self._reader.bounds.is_exact
        asked = [hit.article_id for hit in hits if not exact or hit.is_overlong]
        if not asked:
            return hits
        candidates = await self._work.candidates_among(asked, wanted_by(self._reader))
        read = await asyncio.to_thread(matching, candidates, self._reader, self._reader)
        held = {each.article_id for each in read}
        return [hit for hit in hits if hit.article_id in held or (exact and not hit.is_overlong)]

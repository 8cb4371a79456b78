"""The search of the whole archive: a page of articles, what there is of them in all, and all of them for export."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from services.desk.domain.archive_finds import Found, FoundPage, Hit, Spot, Volume, months_of
from services.desk.domain.backtests import Limits, TookTooLong, WholeArticle, wanted_by
from services.desk.domain.examples import example_of
from services.desk.domain.narrowing import facets_from
from services.desk.use_cases.archive_search import BacktestWork, Search, matching
from shared.rules import Query
from shared.rules.archive_query import Condition, Having, some
from shared.rules.archive_reading import Reader
from shared.rules.archive_terms import OVERLONG

PAGE_ARTICLES = 20
MOST_EXPORTED = 10_000
EXPORTED_AT_ONCE = 200
MOST_FACETS = 40
SAMPLED = 2_000  # the newest articles of which kinds are counted: of more, the counts would take longer than the search
STATEMENT_SECONDS = 4.0
PAGE_SECONDS = 1.5
MOST_READ = 3_000  # articles of one page whose words are read: what a phrase needs; the reader may go on from there
VOLUME = Limits(reads=5_000, texts=300, seconds=0.3, statement_seconds=1.5)
_EVER = datetime.min.replace(tzinfo=UTC)
_AT_ONCE = 300

ReadQuery = Callable[[str, Mapping[str, Collection[str]]], Query]


class FindWork(BacktestWork, Protocol):
    """One transaction that searches the archive."""

    async def found(self, condition: Condition, before: Spot | None, limit: int) -> Sequence[Found]:
        """Return the articles that meet the condition, the newest first, below a spot."""

    async def filed_of(self, article_ids: Collection[UUID]) -> Counter[tuple[str, str]]:
        """Return of how many of these articles each agreement, sector and language is filed."""


BeginFinds = Callable[[], AbstractAsyncContextManager[FindWork]]


class ArchiveFinds:
    """Searches the archive by the rule language."""

    def __init__(self, begin: BeginFinds, read: ReadQuery, names: Mapping[str, Collection[str]]) -> None:
        """`names` are those of the catalogue's agreements, by id, so that they are marked in the articles."""
        self._begin = begin
        self._read = read
        self._names = names

    async def page(self, query: str, before: Spot | None = None, size: int = PAGE_ARTICLES) -> FoundPage:
        """Return a page of articles with their words marked. Raises WrongInput for a query that is none."""
        async with self._begin() as work:
            tree = await self._parsed(work, query)
            looking = _Looking(work, Reader(tree, await work.feeds_of()))
            await work.bound(STATEMENT_SECONDS)
            spots, stopped = await looking.spots(before, size + 1)
        shown = spots[:size]
        hits = await self._hits(tree, shown)
        if len(spots) > size:
            return FoundPage(tuple(hits), shown[-1])
        return FoundPage(tuple(hits), stopped, stopped.moment if stopped is not None else None)

    async def volume(self, query: str) -> Volume:
        """Return how many articles there are in all, by kind and month. Raises WrongInput for a query that is none."""
        try:
            async with self._begin() as work:
                tree = await self._parsed(work, query)
                reader = Reader(tree, await work.feeds_of())
                await work.bound(VOLUME.statement_seconds)
                found = await Search(work, reader, _EVER, VOLUME, lambda _: None).found(SAMPLED)
                newest = [article_id for _, article_id in sorted(found.newest, reverse=True)[:SAMPLED]]
                counted = await work.filed_of(newest) if newest else Counter[tuple[str, str]]()
        except TookTooLong:
            return Volume(0, stopped=True)
        for source, count in found.tally.sources():
            counted["source", source] = count
        return Volume(
            articles=found.tally.hits,
            facets=facets_from(query, counted, MOST_FACETS),
            months=months_of(query, found.tally.days()),
            counted_since=found.exact_since,
            sampled=SAMPLED if found.tally.hits > len(newest) else None,
        )

    async def all_of(self, query: str) -> AsyncIterator[FoundPage]:
        """Yield pages of articles until there are no more, the clock cuts one off, or it is enough for an export.

        Raises WrongInput for a query that is none, before the first page.
        """
        before, told = None, 0
        while told < MOST_EXPORTED:
            page = await self.page(query, before, min(EXPORTED_AT_ONCE, MOST_EXPORTED - told))
            yield page
            told += len(page.hits)
            if page.older is None or page.searched_to is not None:
                return
            before = page.older

    async def _parsed(self, work: FindWork, query: str) -> Query:
        lists = await work.word_lists()
        return await asyncio.to_thread(self._read, query, lists)

    async def _hits(self, tree: Query, spots: Sequence[Spot]) -> Sequence[Hit]:
        if not spots:
            return ()
        async with self._begin() as work:
            whole = {each.article_id: each for each in await work.whole([spot.article_id for spot in spots])}
        in_order = [whole[spot.article_id] for spot in spots if spot.article_id in whole]
        return await asyncio.to_thread(lambda: [_hit(tree, each, self._names) for each in in_order])


class _Looking:
    """Looks for the articles of one query, the newest first."""

    def __init__(self, work: FindWork, reader: Reader) -> None:
        self._work = work
        self._reader = reader
        self._condition = some((reader.bounds.possible, Having(OVERLONG)))

    async def spots(self, before: Spot | None, wanted: int) -> tuple[list[Spot], Spot | None]:
        """Return the newest spots below this one, and where the looking stopped too early."""
        found: list[Spot] = []
        ends = asyncio.get_running_loop().time() + PAGE_SECONDS
        last, read = before, 0
        while True:
            size = max(_AT_ONCE, wanted)
            try:
                batch = await self._work.found(self._condition, last, size)
                found += await self._matching(batch)
            except TookTooLong:
                return found[:wanted], last or Spot(datetime.max.replace(tzinfo=UTC), UUID(int=0))
            if len(found) >= wanted or len(batch) < size:
                return found[:wanted], None
            last, read = batch[-1].spot, read + len(batch)
            if read >= MOST_READ or asyncio.get_running_loop().time() > ends:
                return found, last

    async def _matching(self, batch: Sequence[Found]) -> Sequence[Spot]:
        exact = self._reader.bounds.is_exact
        asked = [each.spot.article_id for each in batch if not exact or each.is_overlong]
        held: set[UUID] = set()
        if asked:
            candidates = await self._work.candidates_among(asked, wanted_by(self._reader))
            held = {
                each.article_id for each in await asyncio.to_thread(matching, candidates, self._reader, self._reader)
            }
        return [each.spot for each in batch if each.spot.article_id in held or (exact and not each.is_overlong)]


def _hit(tree: Query, article: WholeArticle, names: Mapping[str, Collection[str]]) -> Hit:
    verdict = article.document.verdict
    return Hit(
        example=example_of(tree, article, names),
        story_id=article.story_id,
        language=article.document.origin.language or verdict.language,
        sectors=tuple(each.id for each in verdict.sectors),
        agreements=tuple(each.id for each in verdict.agreements),
    )

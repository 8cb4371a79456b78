"""One query on the searchable archive: what the terms decide is counted, the rest is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.desk.domain.backtests import Archive, Candidate, Limits, Tally, Wanted, WholeArticle, wanted_by
from services.desk.domain.corrections import GivenLabels
from shared.rules.archive_query import Condition, Having, every, some, without
from shared.rules.archive_reading import Reader
from shared.rules.archive_terms import OVERLONG

Told = Callable[[int], None]


class BacktestWork(Protocol):
    """One transaction that asks the searchable archive; every question raises TookTooLong where it does."""

    async def bound(self, statement_seconds: float) -> None:
        """Let no statement of this transaction take longer."""

    async def standing(self, since: datetime) -> Archive:
        """Return what there is to search since this moment."""

    async def feeds_of(self) -> Mapping[str, Sequence[str]]:
        """Return the ids of the sources of each country."""

    async def word_lists(self) -> Mapping[str, Sequence[str]]:
        """Return the members of the named lists, by name."""

    async def counted(
        self, condition: Condition, since: datetime, until: datetime | None = None
    ) -> Sequence[tuple[date, str, int]]:
        """Return how many articles meet the condition, by day and source."""

    async def newest(self, condition: Condition, since: datetime, limit: int) -> Sequence[tuple[datetime, UUID]]:
        """Return the newest articles that meet the condition."""

    def candidates(self, condition: Condition, since: datetime, wanted: Wanted) -> AsyncIterator[Sequence[Candidate]]:
        """Yield the articles that meet the condition, the newest first."""

    async def candidates_among(self, article_ids: Collection[UUID], wanted: Wanted) -> Sequence[Candidate]:
        """Return these articles, as far as they are in the archive."""

    async def never_met(self, conditions: Sequence[Condition]) -> Sequence[int]:
        """Return the numbers of the conditions that no article meets."""

    async def whole(self, article_ids: Collection[UUID]) -> Sequence[WholeArticle]:
        """Return these articles with their newest verdict."""

    async def marked(self, limit: int) -> Mapping[UUID, GivenLabels]:
        """Return what people said of the articles that were marked last."""


BeginBacktest = Callable[[], AbstractAsyncContextManager[BacktestWork]]


@dataclass
class Found:
    """What was found so far, and how far the reading went."""

    tally: Tally = field(default_factory=Tally)
    newest: list[tuple[datetime, UUID]] = field(default_factory=list)
    read: int = 0
    unread: int = 0
    exact_since: datetime | None = None


class Search:
    """One query on the archive: what the terms decide is counted, the rest is read, the newest first."""

    def __init__(self, work: BacktestWork, reader: Reader, since: datetime, limits: Limits, told: Told) -> None:
        self._work = work
        self._reader = reader
        self._since = since
        self._limits = limits
        self._told = told

    async def found(self, examples: int) -> Found:
        """Count, and read within the limits. Raises TookTooLong."""
        found = Found()
        overlong = Having(OVERLONG)
        bounds = self._reader.bounds
        sure = every((bounds.sure, without(overlong)))
        for day, source, count in await self._work.counted(sure, self._since):
            found.tally.add(day, source, count)
        if examples and found.tally.hits:
            found.newest = list(await self._work.newest(sure, self._since, examples))
        undecided = every((bounds.possible, without(bounds.sure)))
        await self._read(overlong if bounds.is_exact else some((undecided, overlong)), found, examples)
        return found

    async def _read(self, condition: Condition, found: Found, examples: int) -> None:
        rest = self._reader if self._reader.bounds.is_exact else self._reader.of_the_undecided()
        most = self._limits.texts if rest.needs_text else self._limits.reads
        ends = asyncio.get_running_loop().time() + self._limits.seconds
        batches = _one_ahead(self._work.candidates(condition, self._since, wanted_by(rest)))
        last: Sequence[Candidate] = ()
        async for batch in batches:
            if last and (found.read >= most or asyncio.get_running_loop().time() > ends):
                found.exact_since = last[-1].moment
                found.unread = -sum(each.moment == found.exact_since for each in last)
                await batches.aclose()
                break
            for each in await asyncio.to_thread(matching, batch, rest, self._reader):
                found.tally.add(each.moment.date(), each.source)
                if len(found.newest) < 2 * examples:
                    found.newest.append((each.moment, each.article_id))
            found.read += len(batch)
            self._told(found.read)
            last = batch
        if found.exact_since is not None:
            older = await self._work.counted(condition, self._since, found.exact_since)
            found.unread = max(found.unread + sum(count for _, _, count in older), 0)
            found.exact_since = found.exact_since if found.unread else None


async def _one_ahead(batches: AsyncIterator[Sequence[Candidate]]) -> AsyncGenerator[Sequence[Candidate], None]:
    """Yield the batches, each fetched while the one before it is read."""
    coming = asyncio.ensure_future(anext(batches, None))
    try:
        while (batch := await coming) is not None:
            coming = asyncio.ensure_future(anext(batches, None))
            yield batch
    finally:
        await asyncio.wait((coming,))  # a connection has one question at a time


def matching(batch: Sequence[Candidate], reader: Reader, of_overlong: Reader) -> Sequence[Candidate]:
    """Return those that match; an article whose terms are too many to be kept is asked the whole query."""
    usual = [number for number, each in enumerate(batch) if not each.kept.is_overlong]
    matched = {usual[at] for at in reader.holding([batch[number].kept for number in usual])}
    matched |= {number for number, each in enumerate(batch) if each.kept.is_overlong and of_overlong.holds(each.kept)}
    return [batch[number] for number in sorted(matched)]

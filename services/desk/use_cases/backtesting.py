"""What a query would have matched in the archive, and what a change of a rule would win and lose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.desk.domain.backtests import (
    AT_A_GLANCE,
    Archive,
    Candidate,
    Compared,
    Example,
    Limits,
    Precision,
    Tally,
    Tested,
    TookTooLong,
    Wanted,
    WholeArticle,
    checked_days,
    newest_first,
    precision_of,
    wanted_by,
)
from services.desk.domain.corrections import GivenLabels
from services.desk.domain.lookup import named
from services.desk.domain.rules import Rule
from services.desk.domain.saving import Pace
from shared.kit.clock import Clock
from shared.rules.archive_query import ALWAYS, Condition, Having, every, some, without
from shared.rules.archive_reading import Reader, clauses_of
from shared.rules.archive_terms import OVERLONG
from shared.rules.evidence import reason_for
from shared.rules.query import Near, Not, Query, all_of
from shared.rules.spelling import show

GLANCE_DAYS = 90
MOST_MARKED = 2_000  # articles that people marked, the last ones: thousands are months of work
MOST_UNFILED = 0.01  # the part of the articles that may be missing where it is said that a term never occurred
_EVER = datetime.min.replace(tzinfo=UTC)
_STOPPED = "the database was told to stop after {seconds:g} s: the query asks for too much at once"

Told = Callable[[int], None]
ReadQuery = Callable[[str, Mapping[str, Collection[str]]], Query]
Caution = Callable[[Query], Sequence[str]]


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


class RulesWork(Protocol):
    """One transaction that knows the rules."""

    async def live_rules(self) -> list[Rule]:
        """Return the rules that are not removed, by name."""


BeginBacktest = Callable[[], AbstractAsyncContextManager[BacktestWork]]
BeginRules = Callable[[], AbstractAsyncContextManager[RulesWork]]


@dataclass
class _Found:
    """What was found so far, and how far the reading went."""

    tally: Tally = field(default_factory=Tally)
    newest: list[tuple[datetime, UUID]] = field(default_factory=list)
    read: int = 0
    unread: int = 0
    exact_since: datetime | None = None


class Backtest:
    """Tries queries on the archive."""

    def __init__(
        self, begin: BeginBacktest, begin_rules: BeginRules, clock: Clock, read: ReadQuery, caution: Caution
    ) -> None:
        self._begin = begin
        self._begin_rules = begin_rules
        self._clock = clock
        self._read = read
        self._caution = caution

    async def test(
        self,
        query: str,
        *,
        days: int = GLANCE_DAYS,
        examples: int = 10,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
        told: Told = lambda _: None,
    ) -> Tested:
        """Return what the query would have matched in the last days. Raises WrongInput for a query that is none.

        `told` hears how many articles have been read.
        """
        checked_days(days)
        tree = await self._parsed(query)
        tested = await self._tested(query, tree, days, examples, limits, told)
        never = await self._never_seen(tree, limits)
        return replace(tested, never_seen=never or (), cautions=tuple(self._caution(tree)))

    async def compare(
        self,
        rule: str,
        query: str,
        *,
        days: int = GLANCE_DAYS,
        examples: int = 10,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
        told: Told = lambda _: None,
    ) -> Compared:
        """Return what the rule would win and lose by this query. Raises WrongInput."""
        checked_days(days)
        async with self._begin_rules() as rules:
            live = named(rule, await rules.live_rules(), "rule")
        before, after = await self._parsed(live.query), await self._parsed(query)
        gained = await self._tested(query, all_of((after, Not(before))), days, examples, limits, told)
        lost = await self._tested(live.query, all_of((before, Not(after))), days, examples, limits, told)
        kept = await self._tested(query, all_of((before, after)), days, 0, limits, told)
        precisions = await self._precisions((before, after), limits)
        return Compared(live.name, live.version, live.query, query, gained, lost, kept, *precisions)

    async def hits_per_day(self, query: str) -> float | None:
        """Return how many articles a day the query would have matched, as far as a glance tells; None where it cannot.

        Takes a second at the most. Raises WrongInput for a query that is none.
        """
        return (await self.pace(query)).per_day

    async def pace(self, query: str) -> Pace:
        """Return how many articles a day the query would have matched, and what is sure where that is not known.

        Takes a second at the most. Raises WrongInput for a query that is none.
        """
        tree = await self._parsed(query)
        tested = await self._tested(query, tree, GLANCE_DAYS, 0, AT_A_GLANCE, lambda _: None)
        return Pace(tested.hits_per_day, tested.hits / tested.days, _unchecked(tested))

    async def terms_never_seen(self, query: str) -> tuple[str, ...]:
        """Return the clauses of the query that no article of the whole archive meets, as far as a glance tells.

        Takes a second at the most. An empty archive says nothing of any. Raises WrongInput for a query that is none.
        """
        return await self._never_seen(await self._parsed(query), AT_A_GLANCE) or ()

    async def _parsed(self, query: str) -> Query:
        async with self._begin() as work:
            lists = await work.word_lists()
        return await asyncio.to_thread(self._read, query, lists)

    async def _tested(self, text: str, tree: Query, days: int, examples: int, limits: Limits, told: Told) -> Tested:
        now = self._clock.now()
        since = now - timedelta(days=days)
        began = asyncio.get_running_loop().time()
        archive = Archive(0, None, 0)
        try:
            async with self._begin() as work:
                archive = await work.standing(since)
                reader = Reader(tree, await work.feeds_of())
                await work.bound(limits.statement_seconds)
                found = await _Search(work, reader, since, limits, told).found(examples)
                shown = await _examples(work, tree, found.newest)
        except TookTooLong:
            stopped = _STOPPED.format(seconds=limits.statement_seconds)
            return Tested(text, since, now, archive, stopped=stopped, seconds=_since(began))
        return Tested(
            query=text,
            since=since,
            until=now,
            archive=archive,
            hits=found.tally.hits,
            per_day=found.tally.days(),
            per_source=found.tally.sources(),
            examples=tuple(newest_first(shown, examples)),
            read=found.read,
            unread=found.unread,
            exact_since=found.exact_since,
            seconds=_since(began),
        )

    async def _never_seen(self, tree: Query, limits: Limits) -> tuple[str, ...] | None:
        """Return the clauses that no article meets; None where the database was told to stop.

        None is named while more than a few articles are not filed, since any may be in those.
        """
        clauses = [part for clause in clauses_of(tree) for part in _sides(clause)]
        try:
            async with self._begin() as work:
                feeds_of = await work.feeds_of()
                await work.bound(limits.statement_seconds)
                if not await work.newest(ALWAYS, _EVER, 1):
                    return ()
                readers = [Reader(clause, feeds_of) for clause in clauses]
                never = set(await work.never_met([reader.bounds.possible for reader in readers]))
        except TookTooLong:
            return None
        if not never or not await self._is_filed():
            return ()
        return tuple(dict.fromkeys(show(clause) for number, clause in enumerate(clauses) if number in never))

    async def _is_filed(self) -> bool:
        """Tell whether the archive holds nearly every article: what few wait for a verdict always do."""
        try:
            async with self._begin() as work:
                archive = await work.standing(_EVER)
        except TookTooLong:
            return False
        return archive.not_filed <= MOST_UNFILED * (archive.articles + archive.not_filed)

    async def _precisions(self, trees: Sequence[Query], limits: Limits) -> tuple[Precision, Precision]:
        async with self._begin() as work:
            marked = await work.marked(MOST_MARKED)
            feeds_of = await work.feeds_of()
            await work.bound(limits.statement_seconds)
            counted = []
            for tree in trees:
                reader = Reader(tree, feeds_of)
                try:
                    candidates = await work.candidates_among(list(marked), wanted_by(reader)) if marked else ()
                except TookTooLong:
                    return Precision(0, 0), Precision(0, 0)
                matched = await asyncio.to_thread(_matched, candidates, reader, reader)
                counted.append(precision_of(tree, [marked[each.article_id] for each in matched]))
        return counted[0], counted[1]


class _Search:
    """One query on the archive: what the terms decide is counted, the rest is read, the newest first."""

    def __init__(self, work: BacktestWork, reader: Reader, since: datetime, limits: Limits, told: Told) -> None:
        self._work = work
        self._reader = reader
        self._since = since
        self._limits = limits
        self._told = told

    async def found(self, examples: int) -> _Found:
        """Count, and read within the limits. Raises TookTooLong."""
        found = _Found()
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

    async def _read(self, condition: Condition, found: _Found, examples: int) -> None:
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
            for each in await asyncio.to_thread(_matched, batch, rest, self._reader):
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


def _matched(batch: Sequence[Candidate], reader: Reader, of_overlong: Reader) -> Sequence[Candidate]:
    """Return those that match; an article whose terms are too many to be kept is asked the whole query."""
    usual = [number for number, each in enumerate(batch) if not each.kept.is_overlong]
    matched = {usual[at] for at in reader.holding([batch[number].kept for number in usual])}
    matched |= {number for number, each in enumerate(batch) if each.kept.is_overlong and of_overlong.holds(each.kept)}
    return [batch[number] for number in sorted(matched)]


async def _examples(work: BacktestWork, tree: Query, newest: Sequence[tuple[datetime, UUID]]) -> Sequence[Example]:
    articles = await work.whole([article_id for _, article_id in newest]) if newest else ()
    return await asyncio.to_thread(lambda: [_example(tree, article) for article in articles])


def _example(tree: Query, article: WholeArticle) -> Example:
    reason = reason_for(tree, article.document)
    return Example(
        article_id=article.article_id,
        title=article.document.title,
        source=article.document.origin.source,
        url=article.url,
        moment=article.moment,
        evidence=reason.evidence,
        agreement=reason.agreement,
        stage=reason.stage,
    )


def _unchecked(tested: Tested) -> str:
    if tested.stopped is not None:
        return tested.stopped
    if tested.archive.articles:
        return f"{tested.unread:,} articles may match, too many to be read at once"
    return "no article is in the archive yet (pactwatch reindex)" if tested.archive.not_filed else ""


def _sides(clause: Query) -> Sequence[Query]:
    """The terms of a clause that a writer would want to know of, one by one."""
    match clause:
        case Near(left, _, right):
            return (*left, *right)
        case _:
            return (clause,)


def _since(began: float) -> float:
    return asyncio.get_running_loop().time() - began

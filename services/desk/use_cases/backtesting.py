"""What a query would have matched in the archive, and what a change of a rule would win and lose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.desk.domain.backtests import (
    AT_A_GLANCE,
    Archive,
    Compared,
    Example,
    Limits,
    Precision,
    Tested,
    TookTooLong,
    WholeArticle,
    checked_days,
    newest_first,
    precision_of,
    wanted_by,
)
from services.desk.domain.examples import example_of
from services.desk.domain.lookup import named
from services.desk.domain.rules import Rule
from services.desk.domain.saving import Pace
from services.desk.use_cases.archive_search import BacktestWork, BeginBacktest, Search, Told, matching
from shared.kit.clock import Clock
from shared.rules.archive_query import ALWAYS
from shared.rules.archive_reading import Reader, clauses_of
from shared.rules.explanation import NO_NAMES
from shared.rules.query import Near, Not, Query, all_of
from shared.rules.spelling import show

GLANCE_DAYS = 90
MOST_MARKED = 2_000  # articles that people marked, the last ones: thousands are months of work
MOST_UNFILED = 0.01  # the part of the articles that may be missing where it is said that a term never occurred
_EVER = datetime.min.replace(tzinfo=UTC)
_STOPPED = "the database was told to stop after {seconds:g} s: the query asks for too much at once"

ReadQuery = Callable[[str, Mapping[str, Collection[str]]], Query]
Caution = Callable[[Query], Sequence[str]]


class RulesWork(Protocol):
    """One transaction that knows the rules."""

    async def live_rules(self) -> list[Rule]:
        """Return the rules that are not removed, by name."""


BeginRules = Callable[[], AbstractAsyncContextManager[RulesWork]]


@dataclass(frozen=True)
class Matches:
    """What a query would have matched: the figures, the query as read, and the articles, the newest first."""

    tested: Tested
    query: Query
    articles: tuple[tuple[datetime, UUID], ...]


class Backtest:
    """Tries queries on the archive."""

    def __init__(
        self,
        begin: BeginBacktest,
        begin_rules: BeginRules,
        clock: Clock,
        read: ReadQuery,
        caution: Caution,
        names: Mapping[str, Collection[str]] = NO_NAMES,
    ) -> None:
        """`names` are those of the catalogue's agreements, by id, so that examples can show which stood there."""
        self._begin = begin
        self._begin_rules = begin_rules
        self._clock = clock
        self._read = read
        self._caution = caution
        self._names = names

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

    async def matches(
        self,
        query: str,
        *,
        days: int = GLANCE_DAYS,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
        told: Told = lambda _: None,
    ) -> Matches:
        """Return the articles that the query would have matched in the last days, as far as the limits go.

        Raises WrongInput for a query that is none.
        """
        checked_days(days)
        tree = await self._parsed(query)
        tested, newest = await self._found(query, tree, days, limits.reads, limits, told)
        return Matches(tested, tree, tuple(sorted(newest, reverse=True)))

    async def whole(self, article_ids: Sequence[UUID]) -> Sequence[WholeArticle]:
        """Return these articles with all that an alert on them would need."""
        async with self._begin() as work:
            return await work.whole(article_ids)

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
        marks_before, marks_after = await self._precisions((before, after), limits)
        return Compared(live.name, live.version, live.query, query, gained, lost, kept, marks_before, marks_after)

    async def marks(self, query: str, limits: Limits = AT_A_GLANCE) -> Precision:
        """Return how many of the articles that people marked the query matches, by what they said of them.

        Raises WrongInput for a query that is none.
        """
        (counted,) = await self._precisions((await self._parsed(query),), limits)
        return counted

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
        tested, newest = await self._found(text, tree, days, examples, limits, told)
        if not (examples and newest):
            return tested
        async with self._begin() as work:
            shown = await self._examples(work, tree, newest)
        return replace(tested, examples=tuple(newest_first(shown, examples)))

    async def _found(
        self, text: str, tree: Query, days: int, most: int, limits: Limits, told: Told
    ) -> tuple[Tested, list[tuple[datetime, UUID]]]:
        """Return the figures, and the moments and ids of the newest articles: at least `most` where there are."""
        now = self._clock.now()
        since = now - timedelta(days=days)
        began = asyncio.get_running_loop().time()
        archive = Archive(0, None, 0)
        try:
            async with self._begin() as work:
                archive = await work.standing(since)
                reader = Reader(tree, await work.feeds_of())
                await work.bound(limits.statement_seconds)
                found = await Search(work, reader, since, limits, told).found(most)
        except TookTooLong:
            stopped = _STOPPED.format(seconds=limits.statement_seconds)
            return Tested(text, since, now, archive, stopped=stopped, seconds=_since(began)), []
        tested = Tested(
            query=text,
            since=since,
            until=now,
            archive=archive,
            hits=found.tally.hits,
            per_day=found.tally.days(),
            per_source=found.tally.sources(),
            read=found.read,
            unread=found.unread,
            exact_since=found.exact_since,
            seconds=_since(began),
        )
        return tested, found.newest

    async def _examples(
        self, work: BacktestWork, tree: Query, newest: Sequence[tuple[datetime, UUID]]
    ) -> Sequence[Example]:
        articles = await work.whole([article_id for _, article_id in newest]) if newest else ()
        return await asyncio.to_thread(lambda: [example_of(tree, article, self._names) for article in articles])

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

    async def _precisions(self, trees: Sequence[Query], limits: Limits) -> Sequence[Precision]:
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
                    return [Precision(0, 0)] * len(trees)
                matched = await asyncio.to_thread(matching, candidates, reader, reader)
                counted.append(precision_of(tree, [marked[each.article_id] for each in matched]))
        return counted


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

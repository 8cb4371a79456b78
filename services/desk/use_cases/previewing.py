"""What a subscription would have brought in the last days, before anybody has it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Unpack

from services.desk.domain.backtests import AT_A_GLANCE, Limits, WholeArticle
from services.desk.domain.previews import Foretold, Preview, foretold_by, is_wanted, messages_by_schedule, messages_of
from services.desk.domain.previews import told_once as each_once
from services.desk.domain.receivers import NOBODY, For, Receiver
from services.desk.domain.rules import OperatorsTarget, Rule, Target
from services.desk.domain.wishes import PLAIN, Wishes, WishesGiven, with_wishes
from services.desk.use_cases.backtesting import GLANCE_DAYS, Backtest, Matches
from services.desk.use_cases.subscriptions import receiver_of
from services.desk.use_cases.targets import Targets
from services.desk.use_cases.writing import Writing
from shared.contracts.severity import StageSeverities
from shared.contracts.timing import Timing
from shared.kit.errors import WrongInput
from shared.rules import Query, Told

_READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Patience:
    """How much a preview may read: `search` to find the articles, `seconds` for reading so many of them whole."""

    search: Limits
    articles: int
    seconds: float


UNHURRIED = Patience(Limits(), articles=20_000, seconds=8.0)
GLANCE = Patience(AT_A_GLANCE, articles=1_500, seconds=1.0)  # beside a command that does something else


class Previews:
    """Tells what subscriptions would bring. `stages` tells of each stage how much it is waited for."""

    def __init__(self, writing: Writing, targets: Targets, backtest: Backtest, stages: StageSeverities) -> None:
        self._begin = writing.begin
        self._now = writing.now
        self._targets = targets
        self._backtest = backtest
        self._stages = stages

    async def preview(
        self,
        target: Target,
        receiver: For = NOBODY,
        *,
        days: int = GLANCE_DAYS,
        patience: Patience = UNHURRIED,
        **given: Unpack[WishesGiven],
    ) -> Preview:
        """Return how many alerts and messages a subscription would have had; nothing is saved. Raises WrongInput."""
        if isinstance(target, OperatorsTarget):
            mend = "See what they were told: pactwatch alerts list --operators"
            raise WrongInput("--operators", None, "tells of troubles, which are not foretold", mend=mend)
        wishes = with_wishes(PLAIN, given)
        async with self._begin() as work:
            rule = (await self._targets.wanted(target, work, self._now())).rule
            whom = await receiver_of(receiver, work)
        if rule is None:
            raise LookupError(target)
        matches = await self._backtest.matches(rule.query, days=days, limits=patience.search)
        found, read_since = await self._read(rule, matches, patience)
        return _told(rule, matches, found, read_since, wishes, timing_of(wishes, whom))

    async def _read(
        self, rule: Rule, matches: Matches, patience: Patience
    ) -> tuple[Sequence[tuple[Told, Foretold]], datetime | None]:
        """Return what the articles tell, and since when they were read where that is not all of them."""
        ends = asyncio.get_running_loop().time() + patience.seconds
        found: list[tuple[Told, Foretold]] = []
        for start in range(0, len(matches.articles), _READ_AT_ONCE):
            if start >= patience.articles or (start and asyncio.get_running_loop().time() > ends):
                return found, matches.articles[start - 1][0]
            some = [article_id for _, article_id in matches.articles[start : start + _READ_AT_ONCE]]
            articles = await self._backtest.whole(some)
            found += await asyncio.to_thread(_told_by, rule, matches.query, articles, self._stages)
        return found, None


def timing_of(wishes: Wishes, whom: Receiver) -> Timing:
    """Return when these wishes have it told; that somebody is muted or away just now is not asked."""
    quiet = None
    if whom.person is not None and whom.person.quiet_from is not None and whom.person.quiet_until is not None:
        quiet = (whom.person.quiet_from, whom.person.quiet_until)
    return Timing(
        schedule=wishes.schedule,
        at=wishes.at_time,
        weekday=wishes.weekday,
        zone=whom.zone or wishes.time_zone,
        urgent=wishes.urgent,
        quiet=quiet,
    )


def _told_by(
    rule: Rule, query: Query, articles: Sequence[WholeArticle], stages: StageSeverities
) -> Sequence[tuple[Told, Foretold]]:
    return [told for article in articles for told in foretold_by(rule, query, article, stages)]


def _told(
    rule: Rule,
    matches: Matches,
    found: Sequence[tuple[Told, Foretold]],
    read_since: datetime | None,
    wishes: Wishes,
    timing: Timing,
) -> Preview:
    tested = matches.tested
    starts = [tested.since, tested.archive.first, tested.exact_since, read_since]
    since = min(max(each for each in starts if each is not None), tested.until - timedelta(days=1))
    told = [each for each in each_once(found) if each.moment >= since]
    wanted = [each for each in told if is_wanted(each, wishes)]
    return Preview(
        rule_name=rule.name,
        query=rule.query,
        archive=tested.archive,
        since=since,
        until=tested.until,
        articles=sum(moment >= since for moment, _ in matches.articles),
        alerts=tuple(wanted),
        unwanted=len(told) - len(wanted),
        messages=messages_of(wanted, timing),
        by_schedule=messages_by_schedule(wanted, timing),
        cut=tested.exact_since is not None or read_since is not None,
        stopped=tested.stopped,
    )

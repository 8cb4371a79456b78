"""The board of agreements, and all that is known of one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from services.desk.domain.agreement_board import (
    ALERT_DAYS,
    BoardLine,
    Narrowed,
    Report,
    Step,
    line_of,
    newest_first,
    steps_of,
)
from services.desk.domain.backtests import TookTooLong
from shared.catalogue.entries import Agreement, Catalogue
from shared.kit.clock import Clock

STATEMENT_SECONDS = 4.0
REPORTS_OF_EACH = 8  # on the board: of the newest that speak of a stage
REPORTS_OF_ONE = 200


class AgreementWork(Protocol):
    """One transaction that reads what is said of agreements."""

    async def bound(self, statement_seconds: float) -> None:
        """Let no statement of this transaction take longer, and find articles by their terms."""

    async def reports_on(self, agreements: Collection[str], stages: Collection[str], most: int) -> Sequence[Report]:
        """Return of each agreement the newest article, and so many of those that speak of a stage."""

    async def alerts_by_day(self, agreements: Collection[str], since: datetime) -> Mapping[str, Mapping[date, int]]:
        """Return how many alerts told of each agreement, by day, since this moment."""


BeginAgreements = Callable[[], AbstractAsyncContextManager[AgreementWork]]


@dataclass(frozen=True, slots=True)
class Board:
    """The agreements that were asked for, the one with the last news first; `stages` are those that any is at.

    `in_time` is false where the archive took too long: then only the catalogue speaks.
    """

    lines: tuple[BoardLine, ...]
    stages: tuple[str, ...]
    in_time: bool


@dataclass(frozen=True, slots=True)
class OneAgreement:
    """All that is known of one: its line, its steps and newest articles, the newest first."""

    line: BoardLine
    steps: tuple[Step, ...]
    reports: tuple[Report, ...]
    in_time: bool


class Agreements:
    """Shows what is known of agreements."""

    def __init__(self, begin: BeginAgreements, catalogue: Catalogue, clock: Clock) -> None:
        self._begin = begin
        self.catalogue = catalogue
        self._clock = clock

    async def board(self, narrowed: Narrowed) -> Board:
        """Return the board."""
        items = tuple(self.catalogue.agreements.values())
        lines, _, in_time = await self._known(items, REPORTS_OF_EACH)
        at = {line.stage_id for line in lines}
        stages = tuple(each for each in self.catalogue.stages if each in at)
        return Board(tuple(newest_first(filter(narrowed.takes, lines))), stages, in_time)

    async def one(self, agreement_id: str) -> OneAgreement | None:
        """Return all that is known of one; None where the catalogue has none of this id."""
        item = self.catalogue.agreements.get(agreement_id)
        if item is None:
            return None
        (line,), reports, in_time = await self._known((item,), REPORTS_OF_ONE)
        steps = steps_of(item, reports, self._clock.now().date())
        newest = sorted(reports, key=lambda report: (report.moment, report.article.article_id), reverse=True)
        return OneAgreement(line, tuple(steps), tuple(newest), in_time)

    async def _known(self, items: Sequence[Agreement], most: int) -> tuple[list[BoardLine], list[Report], bool]:
        now, ids = self._clock.now(), [item.id for item in items]
        first = (now - timedelta(days=ALERT_DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._begin() as work:
            alerts = await work.alerts_by_day(ids, first)
        reports: list[Report] = []
        in_time = True
        try:
            async with self._begin() as work:
                await work.bound(STATEMENT_SECONDS)
                reports.extend(await work.reports_on(ids, self.catalogue.stages.keys(), most))
        except TookTooLong:
            in_time = False
        of_each: dict[str, list[Report]] = {item_id: [] for item_id in ids}
        for report in reports:
            of_each[report.agreement].append(report)
        lines = [line_of(item, of_each[item.id], alerts.get(item.id, {}), now.date()) for item in items]
        return lines, reports, in_time

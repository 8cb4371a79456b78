"""A query while it is being written: whether it can be read, and what it would have matched."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from services.desk.domain.backtests import Compared, Limits, Precision, Tested
from services.desk.domain.saving import HouseRules
from services.desk.use_cases.backtesting import Backtest
from services.desk.use_cases.rule_keeping import RuleKeeping

WHILE_TYPING = Limits(reads=200_000, texts=600, seconds=1.0, statement_seconds=2.0)
EXAMPLES_SHOWN = 5
AT_ONCE = 2  # backtests of one desk: each may keep a processor busy for a second


@dataclass(frozen=True, slots=True)
class Tried:
    """What a draft would have matched. `most_a_day`: more articles a day than that are not taken unasked."""

    tested: Tested
    marks: Precision
    most_a_day: int

    @property
    def is_too_broad(self) -> bool:
        """Tell whether it surely matches more than anybody reads."""
        pace = self.tested.hits_per_day
        sure = self.tested.hits / self.tested.days if pace is None else pace
        return sure > self.most_a_day


class Drafting:
    """Reads and tries drafts; saves nothing."""

    def __init__(self, keeping: RuleKeeping, backtest: Backtest, house: HouseRules) -> None:
        self._keeping = keeping
        self._backtest = backtest
        self._room = asyncio.Semaphore(AT_ONCE)
        self.house = house

    async def checked(self, query: str) -> tuple[str, ...]:
        """Return what the query says that its writer may not have meant. Raises WrongInput for one that is none."""
        async with self._keeping.desk.begin() as work:
            lists = await self._keeping.lists(work)
        return await asyncio.to_thread(self._keeping.language.check, query, lists)

    async def tried(self, query: str, days: int) -> Tried:
        """Return what the query would have matched in the last days. Raises WrongInput for a query that is none."""
        async with self._room:
            tested = await self._backtest.test(query, days=days, examples=EXAMPLES_SHOWN, limits=WHILE_TYPING)
            marks = await self._backtest.marks(query, WHILE_TYPING)
        return Tried(tested, marks, self.house.most_hits_per_day)

    async def compared(self, rule: str, query: str, days: int) -> Compared:
        """Return what the rule would win and lose by this query. Raises WrongInput."""
        async with self._room:
            return await self._backtest.compare(rule, query, days=days, examples=EXAMPLES_SHOWN, limits=WHILE_TYPING)

"""How news flows, reckoned from the database's own timestamps; and what its tables weigh. Read-only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnClause, Label, ScalarSelect, Select, func, literal_column, select, text
from sqlalchemy.orm import InstrumentedAttribute

from services.desk.domain.pipeline import HOURS, Latency, Line, Step, Table
from shared.store.alerts import AlertRow, DeliveryRow
from shared.store.harvest import ArticleRow
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Work
from shared.store.verdicts import VerdictRow

_Moment = (
    InstrumentedAttribute[datetime]
    | InstrumentedAttribute[datetime | None]
    | ScalarSelect[datetime]
    | ScalarSelect[datetime | None]
)
_SHARES: ColumnClause[list[float]] = literal_column("ARRAY[0.5, 0.95, 0.99]")
_TABLES = text(
    "SELECT relname, greatest(n_live_tup, 0), pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 3 DESC, 1"
)


class PipelineQueries(Work):
    """Reads, and writes nothing."""

    async def line(self) -> Line:
        """Return what waits in the outbox."""
        waiting = select(func.count(), func.min(OutboxRow.created_at)).where(OutboxRow.sent_at.is_(None))
        count, oldest = (await self.session.execute(waiting)).one()
        return Line(count, oldest)

    async def rates(self, now: datetime) -> Mapping[Step, Mapping[datetime, int]]:
        """Return how many articles, verdicts, alerts and deliveries there were in each hour of the last day."""
        columns = {
            Step.TAKEN: ArticleRow.fetched_at,
            Step.JUDGED: VerdictRow.judged_at,
            Step.ALERTED: AlertRow.raised_at,
            Step.DELIVERED: DeliveryRow.sent_at,
        }
        since = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
        return {step: await self._by_hour(column, since) for step, column in columns.items()}

    async def latencies(self, now: datetime) -> tuple[Latency, ...]:
        """Return how long each step took in the last day, of those steps that anything took."""
        since = now - timedelta(hours=HOURS)
        first_judged = (
            select(func.min(VerdictRow.judged_at))
            .where(VerdictRow.article_id == ArticleRow.article_id)
            .scalar_subquery()
        )
        fresh = ArticleRow.fetched_at > since
        taken = _seconds(ArticleRow.published_at, ArticleRow.fetched_at)
        alerted = _seconds(VerdictRow.judged_at, AlertRow.raised_at)
        delivered = _seconds(AlertRow.raised_at, DeliveryRow.sent_at)
        told_alone = (DeliveryRow.kind == "alert", DeliveryRow.sent_at > since)
        asked = {
            Step.TAKEN: select(taken).where(fresh, ArticleRow.alertable, ArticleRow.published_at.is_not(None)),
            Step.JUDGED: select(_seconds(ArticleRow.fetched_at, first_judged)).where(fresh),
            Step.ALERTED: select(alerted)
            .join(VerdictRow, VerdictRow.verdict_id == AlertRow.verdict_id)
            .where(AlertRow.raised_at > since),
            Step.DELIVERED: select(delivered)
            .join(AlertRow, AlertRow.alert_id == DeliveryRow.alert_id)
            .where(*told_alone),
        }
        found = [await self._latency(step, statement) for step, statement in asked.items()]
        return tuple(each for each in found if each is not None)

    async def tables(self) -> tuple[Table, ...]:
        """Return the tables, the heaviest first."""
        rows = await self.session.execute(_TABLES)
        return tuple(Table(name, rows_there, size) for name, rows_there, size in rows)

    async def database_bytes(self) -> int:
        """Return what the whole database weighs."""
        weighed = select(func.pg_database_size(func.current_database()))
        return int(await self.session.scalar(weighed) or 0)

    async def _by_hour(
        self, column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], since: datetime
    ) -> dict[datetime, int]:
        hour = func.date_trunc("hour", column, "UTC", type_=ArticleRow.fetched_at.type)
        counting = select(hour, func.count()).where(column >= since).group_by(hour)
        return {at: count for at, count in await self.session.execute(counting)}  # noqa: C416  (rows, not pairs)

    async def _latency(self, step: Step, statement: Select[int]) -> Latency | None:
        took = statement.subquery()
        (seconds,) = took.c
        shares = func.percentile_cont(_SHARES).within_group(func.greatest(seconds, 0))
        times, found = (
            await self.session.execute(select(func.count(seconds), shares).where(seconds.is_not(None)))
        ).one()
        return None if not times else Latency(step, times, *(float(each) for each in found))


def _seconds(begin: _Moment, end: _Moment) -> Label[int]:
    return func.extract("epoch", end - begin).label("seconds")  # a number with a fraction, whatever its type is called

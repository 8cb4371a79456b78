"""Rules as pages show them: one page of many, and how often each was heard of. Read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from services.desk.adapters.records import rule_of
from services.desk.domain.rule_lines import LINES_ON_A_PAGE, RuleFilter
from services.desk.domain.rules import Rule
from shared.contracts.saved_rules import ORIGIN_OF_SUBSCRIPTIONS
from shared.store.alerts import AlertRow
from shared.store.definitions import RuleProposalRow, RuleRow, SubscriptionRow, WordListRow
from shared.store.unit_of_work import Work


class RulePageQueries(Work):
    """Reads pages of rules."""

    async def rules_asked(self, asked: RuleFilter) -> tuple[Sequence[Rule], int]:
        """Return the rules of one page by name, and how many there are on all pages."""
        wanted = list(_conditions(asked))
        count = await self.session.scalar(select(func.count()).select_from(RuleRow).where(*wanted)) or 0
        page = select(RuleRow).where(*wanted).order_by(func.lower(RuleRow.name), RuleRow.rule_id)
        page = page.limit(LINES_ON_A_PAGE).offset((asked.page - 1) * LINES_ON_A_PAGE)
        return [rule_of(row) for row in await self.session.scalars(page)], count

    async def subscriptions_of(self, rule_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how many live subscriptions each of these rules has; a rule without any is left out."""
        mine = select(SubscriptionRow.rule_id, func.count()).where(
            SubscriptionRow.removed_at.is_(None), SubscriptionRow.rule_id.in_(rule_ids)
        )
        rows = await self.session.execute(mine.group_by(SubscriptionRow.rule_id))
        return {rule_id: count for rule_id, count in rows if rule_id is not None}

    async def alerts_of(self, rule_ids: Sequence[UUID], since: datetime) -> Mapping[UUID, int]:
        """Return how many alerts each of these rules raised since then; a rule without any is left out."""
        mine = select(AlertRow.rule_id, func.count()).where(AlertRow.rule_id.in_(rule_ids), AlertRow.raised_at >= since)
        rows = await self.session.execute(mine.group_by(AlertRow.rule_id))
        return {row[0]: row[1] for row in rows}

    async def alerts_by_day(self, rule_id: UUID, since: datetime) -> Mapping[date, int]:
        """Return how many alerts a rule raised on each day (UTC) since then; a day without any is left out."""
        day = func.date(func.timezone("UTC", AlertRow.raised_at))
        mine = select(day, func.count()).where(AlertRow.rule_id == rule_id, AlertRow.raised_at >= since).group_by(day)
        return {row[0]: row[1] for row in await self.session.execute(mine)}

    async def waiting_proposals(self) -> int:
        """Return how many proposals wait for a decision."""
        waiting = select(func.count()).select_from(RuleProposalRow).where(RuleProposalRow.decided_at.is_(None))
        return await self.session.scalar(waiting) or 0

    async def conflicts(self) -> int:
        """Return how many rules say something else than the catalogue says by now."""
        standing = RuleRow.removed_at.is_(None), RuleRow.offered_query.is_not(None)
        return await self.session.scalar(select(func.count()).select_from(RuleRow).where(*standing)) or 0

    async def list_names(self, limit: int) -> Sequence[str]:
        """Return the names of the first lists, by name."""
        live = select(WordListRow.name).where(WordListRow.removed_at.is_(None))
        return list(await self.session.scalars(live.order_by(func.lower(WordListRow.name)).limit(limit)))

    async def list_name(self, list_id: UUID) -> tuple[str, bool] | None:
        """Return the name of a list, and whether it was removed; None for an unknown one."""
        row = await self.session.get(WordListRow, list_id)
        return None if row is None else (row.name, row.removed_at is not None)


def _conditions(asked: RuleFilter) -> Iterator[ColumnElement[bool]]:
    heard = exists().where(SubscriptionRow.rule_id == RuleRow.rule_id, SubscriptionRow.removed_at.is_(None))
    unheard = and_(RuleRow.origin == ORIGIN_OF_SUBSCRIPTIONS, ~heard)
    yield RuleRow.removed_at.is_not(None) if asked.state == "removed" else RuleRow.removed_at.is_(None)
    match asked.state:
        case "live":
            yield and_(~RuleRow.paused, ~unheard)
        case "paused":
            yield RuleRow.paused.is_(True)
        case "conflict":
            yield RuleRow.offered_query.is_not(None)
        case "unheard":
            yield and_(~RuleRow.paused, unheard)
    if asked.origin:
        yield RuleRow.origin == asked.origin
    if asked.severity:
        yield RuleRow.severity == asked.severity
    for word in asked.words.split():
        columns = (RuleRow.name, RuleRow.query, RuleRow.owner, RuleRow.watches)
        yield or_(*(func.lower(column).contains(word.lower(), autoescape=True) for column in columns))

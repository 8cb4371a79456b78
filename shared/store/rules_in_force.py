"""Which watch rules count now: read by whoever matches articles."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from shared.store.definitions import DefinitionsRevisionRow, RuleRow, SubscriptionRow
from shared.store.unit_of_work import Work


class RulesInForce(Work):
    """Reads the rules in force, and the number that tells when to read them again."""

    async def definitions_revision(self) -> int | None:
        """Return the number of the newest change to rules and subscriptions, None where changes are not counted."""
        return await self.session.scalar(select(DefinitionsRevisionRow.revision))

    async def live_queries(self) -> tuple[tuple[UUID, str, str, int], ...]:
        """Return id, name, query and version of each; a sector's, which subscriptions imply, only while it has one."""
        rows = await self.session.execute(
            select(RuleRow.rule_id, RuleRow.name, RuleRow.query, RuleRow.version)
            .where(RuleRow.removed_at.is_(None), RuleRow.paused.is_(False), _is_asked_for())
            .order_by(RuleRow.rule_id)
        )
        return tuple((row.rule_id, row.name, row.query, row.version) for row in rows)


def _is_asked_for() -> ColumnElement[bool]:
    listened_to = (
        select(SubscriptionRow.subscription_id)
        .where(SubscriptionRow.rule_id == RuleRow.rule_id, SubscriptionRow.removed_at.is_(None))
        .exists()
    )
    return or_(RuleRow.origin != "sector", listened_to)

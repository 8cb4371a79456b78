"""The query of the audit trail, for who looks for something in it."""

from __future__ import annotations

from sqlalchemy import or_, select

from services.desk.domain.trail import Actor, Deed
from shared.store.accounts import TrailRow
from shared.store.unit_of_work import Work


class TrailQueries(Work):
    """Reads the audit trail."""

    async def deeds(self, actor: str, subject: str, before: int | None, limit: int) -> list[tuple[int, Deed]]:
        """Return entries with their numbers, newest first: of whoever's name holds this, about what holds that."""
        asked = select(TrailRow).order_by(TrailRow.entry_id.desc()).limit(limit)
        if actor:
            asked = asked.where(TrailRow.actor.icontains(actor, autoescape=True))
        if subject:
            about = (TrailRow.subject, TrailRow.action)
            asked = asked.where(or_(*(each.icontains(subject, autoescape=True) for each in about)))
        if before is not None:
            asked = asked.where(TrailRow.entry_id < before)
        return [(row.entry_id, _deed(row)) for row in await self.session.scalars(asked)]


def _deed(row: TrailRow) -> Deed:
    return Deed(Actor(row.actor, row.address), row.action, row.subject, row.at, row.before, row.after)

"""Saved views and last looks on Postgres."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.story_queries import StoryQueries
from services.desk.domain.reading import Look, SavedView
from services.desk.domain.stories import Asked
from shared.store.reading import LookRow, SavedViewRow


class ReadingWork(StoryQueries):
    """One transaction of reading."""

    async def views_of(self, account_id: UUID) -> list[SavedView]:
        """Return the saved views of an account, by name."""
        asked = select(SavedViewRow).where(SavedViewRow.account_id == account_id)
        rows = await self.session.scalars(asked.order_by(func.lower(SavedViewRow.name), SavedViewRow.view_id))
        return [
            SavedView(
                row.view_id, row.account_id, row.name, Asked(row.query, row.alerted, row.everything), row.created_at
            )
            for row in rows
        ]

    async def save_view(self, view: SavedView) -> None:
        """Insert the view, or let the one of this id ask for something else."""
        values = asdict(view)
        asked = values.pop("asked")
        saving = insert(SavedViewRow).values(**values, **asked)
        await self.session.execute(
            saving.on_conflict_do_update(index_elements=[SavedViewRow.view_id], set_={"name": view.name, **asked})
        )

    async def forget_view(self, account_id: UUID, view_id: UUID) -> None:
        """Delete the view, if it is of this account."""
        mine = (SavedViewRow.account_id == account_id, SavedViewRow.view_id == view_id)
        await self.session.execute(delete(SavedViewRow).where(*mine))

    async def last_look(self, account_id: UUID) -> Look | None:
        """Return the last look of the account."""
        row = await self.session.get(LookRow, account_id)
        return None if row is None else Look(row.looked_at, row.before_at)

    async def note_look(self, account_id: UUID, look: Look) -> None:
        """Write down the last look of the account."""
        values = asdict(look)
        noting = insert(LookRow).values(account_id=account_id, **values)
        await self.session.execute(noting.on_conflict_do_update(index_elements=[LookRow.account_id], set_=values))

"""What a look changes: the source's state, its next look, and the entries it found."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.parsing.results import Entry
from services.scraper.ports import SourceAfter, SourceInHand
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.text import storable
from shared.kit.urls import canonical_url
from shared.store.harvest import EntryRow, SourceStateRow
from shared.store.unit_of_work import Work

logger = logging.getLogger(__name__)

RECENT_ENTRIES = 12


class LookQueries(Work):
    """Keeps what a look found."""

    async def add_entries(self, source: SourceInHand, entries: Sequence[Entry], now: datetime) -> int:
        """Keep entries that were never seen at any source; return how many those were."""
        rows: dict[UUID, dict[str, object]] = {}
        for entry in entries:
            try:
                canonical = canonical_url(entry.url)
            except WrongInput as wrong:
                logger.warning("source %s: an entry was left out: %s", source.name, wrong)
                continue
            entry_id = id_for("entry", canonical)
            rows.setdefault(
                entry_id,
                {
                    "entry_id": entry_id,
                    "source_id": source.source_id,
                    "url": entry.url,
                    "canonical_url": canonical,
                    "title": storable(entry.title),
                    "summary": storable(entry.summary),
                    "content": storable(entry.content),
                    "published_at": entry.published,
                    "found_at": now,
                    "next_try_at": func.clock_timestamp(),
                    "correlation_id": id_for("correlation", canonical),
                },
            )
        if not rows:
            return 0
        in_order = [rows[entry_id] for entry_id in sorted(rows)]  # two looks at once would else wait for each other
        statement = insert(EntryRow).values(in_order).on_conflict_do_nothing()
        return len((await self.session.execute(statement.returning(EntryRow.entry_id))).all())

    async def recent_times(self, source_id: UUID) -> Sequence[datetime]:
        """Return when the source's latest entries were published, newest first; undated ones are left out."""
        found = await self.session.scalars(
            select(EntryRow.published_at)
            .where(EntryRow.source_id == source_id, EntryRow.published_at.is_not(None))
            .order_by(EntryRow.published_at.desc())
            .limit(RECENT_ENTRIES)
        )
        return [moment for moment in found if moment is not None]

    async def reschedule(self, source_id: UUID, after: SourceAfter, *, now: datetime, wait: timedelta) -> None:
        """Write down what the look found, and give the source back; it is due again after the wait.

        The wait is reckoned by the database's clock, as the claims are, so that a machine whose clock is wrong neither
        hurries nor sleeps.
        """
        changed = {
            "state": after.state,
            "next_look_at": func.clock_timestamp() + wait,
            "failures": after.failures,
            "last_error": after.last_error,
            "last_look_at": now,
            "leased_until": None,
            "etag": after.etag,
            "last_modified": after.last_modified,
            "found_kind": after.found_kind,
            "moved_to": after.moved_to,
        }
        if after.succeeded:
            changed["last_success_at"] = now
        await self.session.execute(
            update(SourceStateRow).where(SourceStateRow.source_id == source_id).values(**changed)
        )

"""What a look changes: the source's state, its next look, and the entries it found."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from services.scraper.domain.article import content_fingerprint
from services.scraper.domain.entry import mark_of
from services.scraper.domain.revision import MOST_REREADS, REREAD_AT_THE_EARLIEST
from services.scraper.parsing.results import Entry
from services.scraper.ports import SourceAfter, SourceInHand
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.text import storable
from shared.kit.urls import canonical_url, host_of
from shared.store.harvest import EntryRow, SourceStateRow
from shared.store.unit_of_work import Work
from shared.telemetry import metrics

logger = logging.getLogger(__name__)

RECENT_ENTRIES = 12
_WRITTEN = tuple(name for name in SourceAfter.__dataclass_fields__ if name != "succeeded")
_ROWS_PER_STATEMENT = 1000  # a statement of Postgres takes at most 32,767 parameters; an entry has 16


class LookQueries(Work):
    """Keeps what a look found."""

    async def add_entries(self, source: SourceInHand, entries: Sequence[Entry], now: datetime) -> int:
        """Keep entries that were never seen at any source; return how many those were.

        An entry whose words this source has changed is to be read again, but not sooner than ten minutes after it was
        last, nor for ever.
        """
        rows: dict[UUID, dict[str, object]] = {}
        for entry in entries:
            try:
                row = entry_row(source, entry, now)
            except WrongInput as wrong:
                logger.warning("source %s: an entry was left out: %s", source.name, wrong)
                metrics.ENTRIES_LEFT_OUT.inc()
                continue
            rows.setdefault(row["entry_id"], row)
        if not rows:
            return 0
        in_order = [rows[entry_id] for entry_id in sorted(rows)]  # two looks at once would else wait for each other
        new = 0
        for start in range(0, len(in_order), _ROWS_PER_STATEMENT):
            states = await self.session.scalars(_added_or_changed(in_order[start : start + _ROWS_PER_STATEMENT]))
            new += sum(state == "waiting" for state in states)
        return new

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
        changed: dict[str, Any] = {name: getattr(after, name) for name in _WRITTEN}
        changed |= {"next_look_at": func.clock_timestamp() + wait, "last_look_at": now, "leased_until": None}
        changed["interval_seconds"] = round(wait.total_seconds())
        if after.succeeded:
            changed["last_success_at"] = now
        await self.session.execute(
            update(SourceStateRow).where(SourceStateRow.source_id == source_id).values(**changed)
        )

    async def note_hub(self, source_id: UUID, *, hub: str | None, self_url: str | None) -> None:
        """Write down the WebSub hub and topic that a whole answer declared."""
        await self.session.execute(
            update(SourceStateRow).where(SourceStateRow.source_id == source_id).values(hub=hub, self_url=self_url)
        )

    async def look_later(self, source_id: UUID, wait: timedelta) -> None:
        """Give back a source that was not asked, as it stood; it is due again after the wait."""
        await self.session.execute(
            update(SourceStateRow)
            .where(SourceStateRow.source_id == source_id)
            .values(next_look_at=func.clock_timestamp() + wait, leased_until=None)
        )


def entry_row(source: SourceInHand, entry: Entry, now: datetime) -> dict[str, Any]:
    """Return the entry as it is stored. Raises WrongInput for an address that is none."""
    canonical = canonical_url(entry.url)
    if source.kind == "watch":  # every version of a watched page is an article of its own
        canonical = f"{canonical}#{content_fingerprint(entry.content)[:16]}"
    return {
        "entry_id": id_for("entry", canonical),
        "source_id": source.source_id,
        "url": entry.url,
        "canonical_url": canonical,
        "host": host_of(entry.url),
        "title": storable(entry.title),
        "summary": storable(entry.summary),
        "content": storable(entry.content),
        "author": storable(entry.author),
        "image_url": storable(entry.image_url),
        "whole": entry.whole,
        "mark": mark_of(entry.title, entry.summary, entry.content, entry.updated),
        "published_at": entry.published,
        "found_at": now,
        "next_try_at": func.clock_timestamp(),
        "correlation_id": id_for("correlation", canonical),
    }


def _added_or_changed(rows: Sequence[dict[str, Any]]) -> ReturningInsert[str]:
    adding = insert(EntryRow).values(rows)
    told, now, rest = adding.excluded, func.clock_timestamp(), literal(REREAD_AT_THE_EARLIEST, Interval())
    soon = case(
        (EntryRow.state == "done", func.greatest(now, EntryRow.next_try_at + rest)),
        else_=func.least(EntryRow.next_try_at, now + rest),
    )
    changed = {name: getattr(told, name) for name in ("mark", "title", "summary", "content", "author", "image_url")}
    return adding.on_conflict_do_update(
        index_elements=[EntryRow.entry_id],
        set_={**changed, "state": "again", "next_try_at": soon},
        where=(EntryRow.state != "waiting")
        & (EntryRow.source_id == told.source_id)
        & (EntryRow.mark != told.mark)
        & (EntryRow.mark != "")
        & (EntryRow.rereads < MOST_REREADS),
    ).returning(EntryRow.state)

"""Who may work on what, and when: sources and entries are claimed here, each by one scraper until a lease ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import CTE, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.ports import SourceInHand, WaitingEntry
from shared.store.definitions import SourceRow
from shared.store.harvest import EntryRow, SourceStateRow
from shared.store.unit_of_work import Work

MOST_OF_A_SOURCE = 3  # entries in hand at a time: a host that never answers keeps so many hands and no more
# News older than this stands in the line as if it had come so much later: an archive lets the day's news pass, and is
# still not passed for ever.
LONGEST_HANDICAP = timedelta(minutes=6)


class Claims(Work):
    """Claims sources and entries, and gives them back."""

    async def claim_sources(self, *, limit: int, lease_seconds: float) -> Sequence[SourceInHand]:
        """Take the sources that are due, each for one scraper at a time, until the lease ends."""
        now = func.clock_timestamp()
        due = await self.session.execute(
            select(SourceRow, SourceStateRow)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
            .where(
                SourceRow.removed_at.is_(None),
                SourceRow.paused.is_(False),
                or_(SourceStateRow.next_look_at.is_(None), SourceStateRow.next_look_at <= now),
                or_(SourceStateRow.leased_until.is_(None), SourceStateRow.leased_until <= now),
            )
            .order_by(SourceStateRow.next_look_at.nulls_first(), SourceRow.created_at)
            .limit(limit)
            .with_for_update(of=SourceRow, skip_locked=True)
        )
        claimed: list[SourceInHand] = []
        for source, state in due:
            if await self._lease_source(source.source_id, lease_seconds):
                claimed.append(_in_hand(source, state))
        return claimed

    async def _lease_source(self, source_id: UUID, lease_seconds: float) -> bool:
        """Write the lease; False when another scraper wrote one since we read (its row version was not ours)."""
        now = func.clock_timestamp()
        until = now + timedelta(seconds=lease_seconds)
        leased = await self.session.execute(
            insert(SourceStateRow)
            .values(source_id=source_id, next_look_at=now, leased_until=until)
            .on_conflict_do_update(
                index_elements=[SourceStateRow.source_id],
                set_={"leased_until": until},
                where=or_(SourceStateRow.leased_until.is_(None), SourceStateRow.leased_until <= now)
                & (SourceStateRow.next_look_at <= now),
            )
            .returning(SourceStateRow.source_id)
        )
        return leased.scalar_one_or_none() is not None

    async def give_back_sources(self, source_ids: Sequence[UUID]) -> None:
        """End the leases of sources that were claimed and not looked at."""
        await self.session.execute(
            update(SourceStateRow).where(SourceStateRow.source_id.in_(source_ids)).values(leased_until=None)
        )

    async def claim_entries(self, *, limit: int, lease_seconds: float) -> Sequence[WaitingEntry]:
        """Take entries whose page is to be read, each for one scraper at a time, until the lease ends.

        At most `MOST_OF_A_SOURCE` of a source are taken at a time, its latest news first. Every source is served once
        before one is served twice; among those that stand equal, the one that waits longest. Claims wait for each
        other (an advisory lock), or two at once would each count only their own.

        Entries of a source that was paused or removed meanwhile are taken too: they were found while it was live.
        """
        await self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("scraper.entries", 0))))
        due = _due_entries()
        found = await self.session.execute(
            select(EntryRow, SourceRow)
            .join(due, due.c.entry_id == EntryRow.entry_id)
            .join(SourceRow, SourceRow.source_id == EntryRow.source_id)
            .where(due.c.turn <= MOST_OF_A_SOURCE, EntryRow.state == "waiting")
            .order_by(due.c.turn, due.c.place)
            .limit(limit)
            .with_for_update(of=EntryRow, skip_locked=True)
        )
        claimed = [_waiting(entry, source) for entry, source in found]
        if claimed:
            await self.session.execute(
                update(EntryRow)
                .where(EntryRow.entry_id.in_([entry.entry_id for entry in claimed]))
                .values(leased_until=func.clock_timestamp() + timedelta(seconds=lease_seconds))
                .execution_options(synchronize_session=False)
            )
        return claimed

    async def give_back_entries(self, entry_ids: Sequence[UUID]) -> None:
        """End the leases of entries that were claimed and not read."""
        await self.session.execute(update(EntryRow).where(EntryRow.entry_id.in_(entry_ids)).values(leased_until=None))

    async def make_due(self, name: str) -> None:
        """Let the live source of this name be looked at now, whatever its last look had decided."""
        named = select(SourceRow.source_id).where(SourceRow.name == name, SourceRow.removed_at.is_(None))
        await self.session.execute(
            update(SourceStateRow)
            .where(SourceStateRow.source_id.in_(named.scalar_subquery()))
            .values(next_look_at=func.clock_timestamp(), failures=0)
        )

    async def forget_leases(self) -> None:
        """Give every source and entry back at once: whoever held them is known to be dead, and a repeat is harmless."""
        for row in (SourceStateRow, EntryRow):
            await self.session.execute(update(row).where(row.leased_until.is_not(None)).values(leased_until=None))


def _due_entries() -> CTE:
    """Return the entries that may be claimed, each with its `turn` at its source and its `place` among the sources.

    `turn` counts what is in hand of the source already. `place` is a moment: since when the source waits, and later for
    old news.
    """
    now = func.statement_timestamp()  # begins after the lock was had, and does not move within the statement
    held = (
        select(EntryRow.source_id, func.count().label("entries"))
        .where(EntryRow.state == "waiting", EntryRow.leased_until > now)
        .group_by(EntryRow.source_id)
        .cte("held")
    )
    believed = func.least(func.coalesce(EntryRow.published_at, EntryRow.found_at), EntryRow.found_at)
    latest_first = func.row_number().over(
        partition_by=EntryRow.source_id, order_by=(believed.desc(), EntryRow.next_try_at, EntryRow.entry_id)
    )
    waits_since = func.min(EntryRow.next_try_at).over(partition_by=EntryRow.source_id)
    age = func.greatest(EntryRow.next_try_at - believed, timedelta(0))
    return (
        select(
            EntryRow.entry_id,
            (func.coalesce(held.c.entries, 0) + latest_first).label("turn"),
            (waits_since + func.least(age, LONGEST_HANDICAP)).label("place"),
        )
        .outerjoin(held, held.c.source_id == EntryRow.source_id)
        .where(
            EntryRow.state == "waiting",
            EntryRow.next_try_at <= now,
            or_(EntryRow.leased_until.is_(None), EntryRow.leased_until <= now),
        )
        .cte("due")
    )


def _in_hand(source: SourceRow, state: SourceStateRow | None) -> SourceInHand:
    return SourceInHand(
        source_id=source.source_id,
        name=source.name,
        url=source.url,
        kind=source.kind,
        found_kind=state.found_kind if state else None,
        every_seconds=source.every_seconds,
        etag=state.etag if state else None,
        last_modified=state.last_modified if state else None,
        moved_to=state.moved_to if state else None,
        failures=state.failures if state else 0,
    )


def _waiting(entry: EntryRow, source: SourceRow) -> WaitingEntry:
    return WaitingEntry(
        entry_id=entry.entry_id,
        source_id=entry.source_id,
        source_name=source.name,
        alert_since=source.alert_since,
        url=entry.url,
        canonical_url=entry.canonical_url,
        title=entry.title,
        summary=entry.summary,
        content=entry.content,
        published_at=entry.published_at,
        failures=entry.failures,
        correlation_id=entry.correlation_id,
    )

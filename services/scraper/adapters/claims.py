"""Who may look at which source, and when: sources are claimed here, each by one scraper until a lease ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.adapters.entry_claims import EntryClaims
from services.scraper.parsing.results import Selectors
from services.scraper.ports import SourceInHand
from shared.store.definitions import SourceRow
from shared.store.harvest import EntryRow, SourceStateRow

# Where there are not hands enough, the source goes first that is latest by its own pace. A new one has no pace yet: a
# thousand that are imported at once must not keep the known ones waiting.
PATIENCE_OF_A_NEW_SOURCE_SECONDS = 900
MOST_SOURCES_OF_A_HOST = 4  # in hand at a time: as many as the door lets through to one host at once


class Claims(EntryClaims):
    """Claims sources and entries, and gives them back."""

    async def claim_sources(self, *, limit: int, lease_seconds: float) -> Sequence[SourceInHand]:
        """Take the sources that are due, each for one scraper at a time, until the lease ends.

        At most `MOST_SOURCES_OF_A_HOST` of a host are taken at a time, whoever holds them, so that hundreds at a dead
        host do not keep every hand. Claims wait for each other (an advisory lock), or two at once would each count only
        their own.
        """
        await self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("scraper.sources", 0))))
        due = list(await self.session.scalars(_due_sources(limit)))
        if not due:
            return []
        leased = await self._lease_sources(due, lease_seconds)
        found = await self.session.execute(
            select(SourceRow, SourceStateRow)
            .join(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
            .where(SourceRow.source_id.in_(leased))
        )
        in_hand = {source.source_id: _in_hand(source, state) for source, state in found}
        return [in_hand[source_id] for source_id in due if source_id in in_hand]

    async def _lease_sources(self, due: Sequence[UUID], lease_seconds: float) -> Sequence[UUID]:
        """Write the leases, and return the sources that got one: not those that somebody else has changed since."""
        now = func.clock_timestamp()
        until = now + timedelta(seconds=lease_seconds)
        leasing = insert(SourceStateRow).values(
            [{"source_id": source_id, "next_look_at": now, "leased_until": until} for source_id in sorted(due)]
        )
        leased = await self.session.scalars(
            leasing.on_conflict_do_update(
                index_elements=[SourceStateRow.source_id],
                set_={"leased_until": until},
                where=_is_free(now) & (SourceStateRow.next_look_at <= now),
            ).returning(SourceStateRow.source_id)
        )
        return leased.all()

    async def renew_sources(self, source_ids: Sequence[UUID], *, lease_seconds: float) -> None:
        """Make the leases of sources that are in hand last so long from now on; one that was given back stays free."""
        until = func.clock_timestamp() + timedelta(seconds=lease_seconds)
        await self.session.execute(
            update(SourceStateRow)
            .where(SourceStateRow.source_id.in_(source_ids), SourceStateRow.leased_until.is_not(None))
            .values(leased_until=until)
            .execution_options(synchronize_session=False)
        )

    async def give_back_sources(self, source_ids: Sequence[UUID]) -> None:
        """End the leases of sources that were claimed and not looked at."""
        await self.session.execute(
            update(SourceStateRow).where(SourceStateRow.source_id.in_(source_ids)).values(leased_until=None)
        )

    async def make_due(self, name: str) -> None:
        """Let the live source of this name be looked at now, and as a whole, whatever its last look had decided."""
        named = select(SourceRow.source_id).where(SourceRow.name == name, SourceRow.removed_at.is_(None))
        await self.session.execute(
            update(SourceStateRow)
            .where(SourceStateRow.source_id.in_(named.scalar_subquery()))
            .values(next_look_at=func.clock_timestamp(), failures=0, etag=None, last_modified=None)
        )

    async def forget_leases(self) -> None:
        """Give every source and entry back at once: whoever held them is known to be dead, and a repeat is harmless."""
        for row in (SourceStateRow, EntryRow):
            await self.session.execute(update(row).where(row.leased_until.is_not(None)).values(leased_until=None))


def _due_sources(limit: int) -> Select[UUID]:
    """Return the sources to be claimed, the one that waits longest first."""
    now = func.statement_timestamp()  # begins after the lock was had, and does not move within the statement
    asked = func.coalesce(SourceStateRow.moved_to, SourceRow.url)
    host = func.lower(func.split_part(asked, "/", 3)).label("host")  # as good as any parser at putting them together
    state_of_it = SourceStateRow.source_id == SourceRow.source_id
    held = (
        select(host, func.count().label("sources"))
        .select_from(SourceRow)
        .join(SourceStateRow, state_of_it)
        .where(SourceStateRow.leased_until > now)
        .group_by(host)
        .cte("held")
    )
    waited = func.extract("epoch", now - func.coalesce(SourceStateRow.next_look_at, SourceRow.created_at))
    late = (waited / func.coalesce(SourceStateRow.interval_seconds, PATIENCE_OF_A_NEW_SOURCE_SECONDS)).label("late")
    longest_first = (late.desc(), SourceRow.created_at)
    due = (
        select(
            SourceRow.source_id,
            SourceRow.created_at,
            late,
            host,
            func.row_number().over(partition_by=host, order_by=longest_first).label("nth"),
        )
        .select_from(SourceRow)
        .outerjoin(SourceStateRow, state_of_it)
        .where(
            SourceRow.removed_at.is_(None),
            SourceRow.paused.is_(False),
            or_(SourceStateRow.next_look_at.is_(None), SourceStateRow.next_look_at <= now),
            _is_free(now),
        )
        .cte("due")
    )
    return (
        select(due.c.source_id)
        .outerjoin(held, held.c.host == due.c.host)
        .where(func.coalesce(held.c.sources, 0) + due.c.nth <= MOST_SOURCES_OF_A_HOST)
        .order_by(due.c.late.desc(), due.c.created_at)
        .limit(limit)
    )


def _is_free(now: ColumnElement[object]) -> ColumnElement[bool]:
    return or_(SourceStateRow.leased_until.is_(None), SourceStateRow.leased_until <= now)


def _in_hand(source: SourceRow, state: SourceStateRow) -> SourceInHand:
    return SourceInHand(
        source_id=source.source_id,
        name=source.name,
        url=source.url,
        kind=source.kind,
        found_kind=state.found_kind,
        every_seconds=source.every_seconds,
        etag=state.etag,
        last_modified=state.last_modified,
        moved_to=state.moved_to,
        failures=state.failures,
        language=source.language,
        country=source.country,
        alert_since=source.alert_since,
        selectors=_selectors(source.selectors or {}),
        state=state.state,
        state_since=state.state_since,
        told_state=state.told_state,
        told_since=state.told_since,
        told_name=state.told_name,
        whole_at=state.whole_at,
        last_new_at=state.last_new_at,
        watched_text=state.watched_text,
        hub=state.hub,
        self_url=state.self_url,
    )


def _selectors(stored: dict[str, str]) -> Selectors:
    return Selectors(**{field.name: stored[field.name] for field in fields(Selectors) if field.name in stored})
